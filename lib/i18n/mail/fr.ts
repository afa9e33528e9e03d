/** French texts of e-mails. */
export const frMail = {
  "mail.greeting": "Bonjour {name},",
  "mail.link": "À voir ici :",
  "mail.inbox": "Votre boîte de réception :",
  "mail.subject.verify": "Veuillez confirmer votre adresse e-mail pour {host}",
  "mail.verify":
    "Quelqu’un, sans doute vous, a indiqué cette adresse e-mail pour le compte {account}. Ouvrez ce lien pour la confirmer :",
  "mail.verify_application":
    "Une fois l’adresse confirmée, l’administration examinera votre demande. Vous apprendrez la décision par e-mail.",
  "mail.unrequested":
    "Si vous n’avez rien demandé, vous n’avez rien à faire : ignorez simplement cet e-mail.",
  "mail.subject.verified": "{name}, votre adresse e-mail est confirmée",
  "mail.verified": "L’adresse e-mail de votre compte {account} est confirmée.",
  "mail.subject.reset": "Un nouveau mot de passe pour {name}",
  "mail.reset":
    "Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour {account}. Ce lien permet d’en choisir un dans les 24 heures :",
  "mail.subject.approved": "{name}, votre demande est acceptée",
  "mail.approved":
    "Bienvenue sur {host} ! Vous pouvez maintenant vous connecter.",
  "mail.subject.denied": "{name}, votre demande est refusée",
  "mail.denied": "L’administration de {host} a refusé votre demande.",
  "mail.reason": "La raison donnée :",
  "mail.other_instances":
    "Beaucoup d’autres sites pourraient vous accueillir. En voici une liste :",
  "mail.subject.applicant": "{name} demande un compte sur {host}",
  "mail.applicant": "{name} souhaite rejoindre {host}. Toutes les demandes :",
  "mail.subject.report": "{reporter} a signalé {reported} sur {host}",
  "mail.report":
    "{reporter} a signalé {reported}. Tous les signalements en attente :",
  "mail.subject.mention": "{author} vous a mentionné",
  "mail.mention": "{author} vous a mentionné :",
  "mail.subject.post_reply": "{author} a répondu à votre publication",
  "mail.post_reply": "{author} a répondu à votre publication « {title} » :",
  "mail.subject.comment_reply": "{author} a répondu à votre commentaire",
  "mail.comment_reply":
    "Sous « {title} », {author} a répondu à votre commentaire",
  "mail.comment_reply_with": "en ces termes :",
  "mail.subject.subscribed_comment": "Nouveau commentaire : {title}",
  "mail.subscribed_comment": "{author} a commenté « {title} » :",
  "mail.subject.subscribed_post":
    "Nouvelle publication dans {community} : {title}",
  "mail.subscribed_post": "{author} a publié « {title} » dans {community} :",
  "mail.subject.private_message": "{author} vous a envoyé un message",
  "mail.private_message": "{author} vous a écrit :",
  "mail.subject.mod_action": "Action de modération : {action}",
  "mail.mod_action":
    "La modération ou l’administration de {host} a fait ceci :",
  "mail.subject.mod_revert": "Action de modération annulée : {action}",
  "mail.mod_revert":
    "La modération ou l’administration de {host} est revenue sur une décision :",
} as const;
