/** English texts of e-mails (accounts-and-site §6); `mail.subject.*` are their subjects. */
export const enMail = {
  "mail.greeting": "Hello {name},",
  "mail.link": "See it here:",
  "mail.inbox": "Your inbox:",
  "mail.subject.verify": "Please confirm your e-mail address for {host}",
  "mail.verify":
    "Somebody, probably you, has given this e-mail address for the account {account}. Please open this link to confirm it:",
  "mail.verify_application":
    "An admin looks at your application once the address is confirmed. You will hear of the decision by e-mail.",
  "mail.unrequested":
    "If you did not ask for this, you need not do anything: just ignore this e-mail.",
  "mail.subject.verified": "{name}, your e-mail address is confirmed",
  "mail.verified": "The e-mail address of your account {account} is confirmed.",
  "mail.subject.reset": "A new password for {name}",
  "mail.reset":
    "Somebody, probably you, has asked for a new password for {account}. This link lets you choose one within the next 24 hours:",
  "mail.subject.approved": "{name}, your application was approved",
  "mail.approved": "Welcome to {host}! You can log in now.",
  "mail.subject.denied": "{name}, your application was denied",
  "mail.denied": "The admins of {host} have denied your application.",
  "mail.reason": "The reason they give:",
  "mail.other_instances":
    "There are many other sites where you may be welcome. Here is a list of them:",
  "mail.subject.applicant": "{name} applies for an account on {host}",
  "mail.applicant": "{name} would like to join {host}. All applications:",
  "mail.subject.report": "{reporter} has reported {reported} on {host}",
  "mail.report":
    "{reporter} has reported {reported}. All reports that wait for a decision:",
  "mail.subject.mention": "{author} has mentioned you",
  "mail.mention": "{author} has mentioned you:",
  "mail.subject.post_reply": "{author} has answered your post",
  "mail.post_reply": "{author} has answered your post “{title}”:",
  "mail.subject.comment_reply": "{author} has answered your comment",
  "mail.comment_reply": "Below “{title}”, {author} has answered your comment",
  "mail.comment_reply_with": "with these words:",
  "mail.subject.subscribed_comment": "New comment: {title}",
  "mail.subscribed_comment": "{author} has commented on “{title}”:",
  "mail.subject.subscribed_post": "New post in {community}: {title}",
  "mail.subscribed_post": "{author} has posted “{title}” in {community}:",
  "mail.subject.private_message": "{author} has sent you a message",
  "mail.private_message": "{author} has written to you:",
  "mail.subject.mod_action": "Moderator action: {action}",
  "mail.mod_action": "A moderator or admin of {host} has done this:",
  "mail.subject.mod_revert": "Moderator action taken back: {action}",
  "mail.mod_revert": "A moderator or admin of {host} has taken something back:",
} as const;
