/** German texts of e-mails. */
export const deMail = {
  "mail.greeting": "Hallo {name},",
  "mail.link": "Hier ist es zu sehen:",
  "mail.inbox": "Dein Posteingang:",
  "mail.subject.verify": "Bitte bestätige deine E-Mail-Adresse für {host}",
  "mail.verify":
    "Jemand, wahrscheinlich du, hat diese E-Mail-Adresse für das Konto {account} angegeben. Bitte öffne diesen Link, um sie zu bestätigen:",
  "mail.verify_application":
    "Sobald die Adresse bestätigt ist, sieht sich ein Admin deinen Antrag an. Die Entscheidung erfährst du per E-Mail.",
  "mail.unrequested":
    "Falls du das nicht gewünscht hast, brauchst du nichts zu tun: Ignoriere diese E-Mail einfach.",
  "mail.subject.verified": "{name}, deine E-Mail-Adresse ist bestätigt",
  "mail.verified": "Die E-Mail-Adresse deines Kontos {account} ist bestätigt.",
  "mail.subject.reset": "Ein neues Passwort für {name}",
  "mail.reset":
    "Jemand, wahrscheinlich du, hat ein neues Passwort für {account} angefordert. Mit diesem Link kannst du in den nächsten 24 Stunden eines wählen:",
  "mail.subject.approved": "{name}, dein Antrag wurde angenommen",
  "mail.approved": "Willkommen bei {host}! Du kannst dich jetzt anmelden.",
  "mail.subject.denied": "{name}, dein Antrag wurde abgelehnt",
  "mail.denied": "Die Admins von {host} haben deinen Antrag abgelehnt.",
  "mail.reason": "Ihre Begründung:",
  "mail.other_instances":
    "Es gibt viele andere Seiten, auf denen du vielleicht willkommen bist. Hier ist eine Liste:",
  "mail.subject.applicant": "{name} möchte ein Konto auf {host}",
  "mail.applicant": "{name} möchte {host} beitreten. Alle Anträge:",
  "mail.subject.report": "{reporter} hat {reported} auf {host} gemeldet",
  "mail.report": "{reporter} hat {reported} gemeldet. Alle offenen Meldungen:",
  "mail.subject.mention": "{author} hat dich erwähnt",
  "mail.mention": "{author} hat dich erwähnt:",
  "mail.subject.post_reply": "{author} hat auf deinen Beitrag geantwortet",
  "mail.post_reply": "{author} hat auf deinen Beitrag „{title}“ geantwortet:",
  "mail.subject.comment_reply": "{author} hat auf deinen Kommentar geantwortet",
  "mail.comment_reply":
    "Unter „{title}“ hat {author} auf deinen Kommentar geantwortet",
  "mail.comment_reply_with": "und zwar so:",
  "mail.subject.subscribed_comment": "Neuer Kommentar: {title}",
  "mail.subscribed_comment": "{author} hat „{title}“ kommentiert:",
  "mail.subject.subscribed_post": "Neuer Beitrag in {community}: {title}",
  "mail.subscribed_post":
    "{author} hat „{title}“ in {community} veröffentlicht:",
  "mail.subject.private_message": "{author} hat dir eine Nachricht geschickt",
  "mail.private_message": "{author} hat dir geschrieben:",
  "mail.subject.mod_action": "Moderation: {action}",
  "mail.mod_action": "Moderation oder Verwaltung von {host} hat gehandelt:",
  "mail.subject.mod_revert": "Moderation zurückgenommen: {action}",
  "mail.mod_revert":
    "Moderation oder Verwaltung von {host} hat etwas zurückgenommen:",
} as const;
