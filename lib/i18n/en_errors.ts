/**
 * English sentence for every error code of the API (content §15.2, accounts-and-site §7.4).
 * `{message}` is the detail an error carries, where its code has one.
 */
export const enErrors = {
  "error.already_exists": "This already exists.",
  "error.alt_text_length_overflow":
    "The image description is too long (at most 1,500 characters).",
  "error.application_question_required":
    "Registration by application needs a question.",
  "error.ban_expiration_in_past": "The end of the ban lies in the past.",
  "error.bio_length_overflow":
    "The text about you is too long (at most 1,000 characters).",
  "error.block_keyword_too_long":
    "A hidden word or phrase can have at most 50 characters.",
  "error.block_keyword_too_short":
    "A hidden word or phrase needs at least 3 characters.",
  "error.blocked_url": "It contains a link that this site does not allow.",
  "error.cannot_combine_community_id_and_multi_community_id":
    "Choose a community or a multi-community, not both.",
  "error.cannot_combine_federation_blocklist_and_allowlist":
    "Blocked and allowed instances cannot be used at the same time.",
  "error.cannot_leave_admin": "You are the only admin, so you cannot leave.",
  "error.cannot_leave_mod": "You are the only moderator, so you cannot leave.",
  "error.cant_block_admin": "You cannot block an admin.",
  "error.cant_block_local_instance": "You cannot block this site.",
  "error.cant_block_yourself": "You cannot block yourself.",
  "error.cant_note_yourself": "You cannot write a note on yourself.",
  "error.community_is_blocked": "You have blocked this community.",
  "error.contradicting_filters": "These filters exclude each other.",
  "error.couldnt_create": "This could not be created.",
  "error.couldnt_generate_totp": "Two-factor login could not be set up.",
  "error.couldnt_parse_pagination_token": "This page link is not valid.",
  "error.couldnt_parse_totp_secret": "The two-factor secret is not usable.",
  "error.couldnt_update": "This could not be saved.",
  "error.deleted": "This was deleted.",
  "error.edit_private_message_not_allowed":
    "Only the sender can change this message.",
  "error.email_already_taken": "This e-mail address is already in use.",
  "error.email_not_verified": "Please confirm your e-mail address first.",
  "error.email_notifications_disabled":
    "This site does not send notifications by e-mail.",
  "error.email_required": "Please give an e-mail address.",
  "error.email_send_failed": "The e-mail could not be sent.",
  "error.honeypot_failed": "The form was filled in like by a robot.",
  "error.image_upload_disabled": "Uploads are switched off on this site.",
  "error.incorrect_login": "Name or password is wrong, or you are logged out.",
  "error.incorrect_totp_token":
    "The six-digit code is wrong or was used before. Please enter the next one.",
  "error.instance_is_blocked": "This instance is blocked.",
  "error.instance_is_private": "This site is private. Please log in.",
  "error.invalid_body_field":
    "The text is too long or contains invalid characters.",
  "error.invalid_bot_action": "Bot accounts cannot do this.",
  "error.invalid_code_verifier": "The login request is not valid.",
  "error.invalid_default_post_listing_type":
    "This start page cannot be the default.",
  "error.invalid_display_name":
    "A display name has 3 visible characters or more, at most 50 in all, and does not start with @.",
  "error.invalid_email_address": "This is not an e-mail address.",
  "error.invalid_fetch_limit": "Choose 1 to 50 items per page.",
  "error.invalid_invite_token": "This invitation is not valid.",
  "error.invalid_matrix_id": "This is not a Matrix address (@user:host).",
  "error.invalid_name":
    "A name has 2 to 20 letters, digits or underscores of one script.",
  "error.invalid_password": "A password has 10 to 60 characters.",
  "error.invalid_post_title":
    "A title has 3 to 200 characters on one line, at least 3 of them visible.",
  "error.invalid_regex": "The regular expression is not valid.",
  "error.invalid_unix_time": "This is not a valid time.",
  "error.invalid_url": "This is not a valid URL.",
  "error.invalid_url_scheme": "The URL must start with http, https or magnet.",
  "error.language_not_allowed": "This language is not allowed here.",
  "error.local_site_not_setup": "This site is not set up yet.",
  "error.locked": "This is locked, so you cannot reply.",
  "error.max_comment_depth_reached": "This thread cannot get any deeper.",
  "error.missing_invite_token": "You need an invitation to sign up.",
  "error.missing_totp_secret": "Two-factor login was not set up.",
  "error.missing_totp_token": "Please enter the six-digit code.",
  "error.multi_community_entry_limit_reached":
    "A multi-community can hold at most 50 communities.",
  "error.multi_community_update_wrong_user":
    "Only its owner can change this multi-community.",
  "error.no_comment_edit_allowed": "Only the author can edit this comment.",
  "error.no_content_type_header":
    "The server of this address does not say what it sends.",
  "error.no_email_setup": "This site cannot send e-mails.",
  "error.no_id_given": "It is not clear what is meant: no name or id given.",
  "error.no_post_edit_allowed": "Only the author can edit this post.",
  "error.not_a_mod_or_admin": "Only moderators and admins can do this.",
  "error.not_a_moderator": "Only moderators can do this.",
  "error.not_an_admin": "Only admins can do this.",
  "error.not_an_image_type": "This is not a picture.",
  "error.not_found": "This could not be found.",
  "error.not_higher_admin":
    "You can only do this to admins appointed after you.",
  "error.not_higher_mod":
    "You can only do this to moderators appointed after you.",
  "error.not_logged_in": "You are not logged in.",
  "error.not_top_mod": "Only the first moderator can do this.",
  "error.nsfw_not_allowed": "This site does not allow NSFW content.",
  "error.oauth_authorization_invalid":
    "The login provider's answer is not valid.",
  "error.oauth_login_failed": "Logging in through the provider failed.",
  "error.oauth_registration_closed":
    "You cannot sign up through a login provider here.",
  "error.only_admins_can_create_communities":
    "Only admins can create communities here.",
  "error.passwords_do_not_match": "The two passwords differ.",
  "error.permissive_regex":
    "The regular expression matches far too much, for example “1”.",
  "error.person_is_banned_from_community":
    "You are banned from this community.",
  "error.person_is_blocked": "One of you has blocked the other.",
  "error.pictrs_api_key_not_provided":
    "The image store is not set up for deleting.",
  "error.pictrs_invalid_image_upload": "The upload was refused: {message}",
  "error.pictrs_purge_response_error":
    "The image store did not delete the file.",
  "error.pictrs_response_error": "The image store did not answer as expected.",
  "error.plugin_error": "Refused: {message}",
  "error.post_schedule_time_must_be_in_future":
    "The time of publication must lie in the future.",
  "error.registration_application_answer_required":
    "Please answer the question.",
  "error.registration_application_is_pending":
    "Your application has not been decided yet.",
  "error.registration_closed": "Registration is closed.",
  "error.registration_denied": "Your application was denied. {message}",
  "error.registration_username_required": "Please choose a username.",
  "error.report_reason_required": "Please give a reason.",
  "error.report_too_long": "The reason is too long (at most 1,000 characters).",
  "error.resolve_object_failed": "This could not be fetched from its server.",
  "error.site_ban": "You are banned from this site.",
  "error.site_description_length_overflow":
    "The summary is too long (at most 150 characters).",
  "error.site_name_length_overflow":
    "The site name is too long (at most 20 characters).",
  "error.site_name_required": "Please give the site a name.",
  "error.slurs": "It contains words that this site does not allow.",
  "error.tag_not_in_community": "This tag belongs to another community.",
  "error.too_many_invites": "You have no invitations left.",
  "error.too_many_items": "Too many items at once.",
  "error.too_many_requests":
    "You are too fast. Please wait a moment and try again.",
  "error.too_many_scheduled_posts": "You can have at most 10 scheduled posts.",
  "error.totp_already_enabled": "Two-factor login is already on.",
  "error.unknown": "Something went wrong: {message}",
  "error.url_length_overflow":
    "The URL is too long (at most 2,000 characters).",
  "error.username_already_taken": "This username is already taken.",
} as const;
