/** Spanish texts of e-mails. */
export const esMail = {
  "mail.greeting": "Hola, {name}:",
  "mail.link": "Míralo aquí:",
  "mail.inbox": "Tu bandeja de entrada:",
  "mail.subject.verify":
    "Confirma tu dirección de correo electrónico para {host}",
  "mail.verify":
    "Alguien, probablemente tú, ha indicado esta dirección de correo para la cuenta {account}. Abre este enlace para confirmarla:",
  "mail.verify_application":
    "Cuando la dirección esté confirmada, la administración revisará tu solicitud. Sabrás la decisión por correo electrónico.",
  "mail.unrequested":
    "Si no has pedido esto, no hace falta que hagas nada: ignora este correo.",
  "mail.subject.verified":
    "{name}, tu dirección de correo electrónico está confirmada",
  "mail.verified":
    "La dirección de correo de tu cuenta {account} está confirmada.",
  "mail.subject.reset": "Una contraseña nueva para {name}",
  "mail.reset":
    "Alguien, probablemente tú, ha pedido una contraseña nueva para {account}. Con este enlace puedes elegirla durante las próximas 24 horas:",
  "mail.subject.approved": "{name}, tu solicitud ha sido aprobada",
  "mail.approved":
    "¡Te damos la bienvenida a {host}! Ya puedes iniciar sesión.",
  "mail.subject.denied": "{name}, tu solicitud ha sido rechazada",
  "mail.denied": "La administración de {host} ha rechazado tu solicitud.",
  "mail.reason": "El motivo que dan:",
  "mail.other_instances":
    "Hay muchos otros sitios donde quizá te reciban bien. Aquí hay una lista:",
  "mail.subject.applicant": "{name} solicita una cuenta en {host}",
  "mail.applicant": "{name} quiere unirse a {host}. Todas las solicitudes:",
  "mail.subject.report": "{reporter} ha denunciado {reported} en {host}",
  "mail.report":
    "{reporter} ha denunciado {reported}. Todas las denuncias pendientes:",
  "mail.subject.mention": "{author} te ha mencionado",
  "mail.mention": "{author} te ha mencionado:",
  "mail.subject.post_reply": "{author} ha respondido a tu publicación",
  "mail.post_reply": "{author} ha respondido a tu publicación «{title}»:",
  "mail.subject.comment_reply": "{author} ha respondido a tu comentario",
  "mail.comment_reply":
    "Debajo de «{title}», {author} ha respondido a tu comentario",
  "mail.comment_reply_with": "con estas palabras:",
  "mail.subject.subscribed_comment": "Comentario nuevo: {title}",
  "mail.subscribed_comment": "{author} ha comentado «{title}»:",
  "mail.subject.subscribed_post": "Publicación nueva en {community}: {title}",
  "mail.subscribed_post": "{author} ha publicado «{title}» en {community}:",
  "mail.subject.private_message": "{author} te ha enviado un mensaje",
  "mail.private_message": "{author} te ha escrito:",
  "mail.subject.mod_action": "Acción de moderación: {action}",
  "mail.mod_action":
    "La moderación o la administración de {host} ha hecho lo siguiente:",
  "mail.subject.mod_revert": "Acción de moderación revertida: {action}",
  "mail.mod_revert":
    "La moderación o la administración de {host} ha dado marcha atrás:",
} as const;
