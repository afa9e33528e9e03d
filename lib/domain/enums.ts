/** Wire values of the API's enumerations (content §15.1, accounts-and-site §11), in menu order. */
export const LISTING_TYPES = [
  "all",
  "local",
  "subscribed",
  "moderator_view",
  "suggested",
] as const;
export const POST_SORTS = [
  "active",
  "hot",
  "scaled",
  "new",
  "old",
  "most_comments",
  "new_comments",
  "controversial",
  "top",
] as const;
export const COMMENT_SORTS = [
  "hot",
  "new",
  "old",
  "controversial",
  "top",
] as const;
export const COMMUNITY_SORTS = [
  "hot",
  "new",
  "old",
  "comments",
  "posts",
  "subscribers",
  "subscribers_local",
  "active_daily",
  "active_weekly",
  "active_monthly",
  "active_six_months",
  "name_asc",
  "name_desc",
] as const;
export const COMMUNITY_VISIBILITIES = [
  "public",
  "unlisted",
  "local_only_public",
  "local_only_private",
  "private",
] as const;
export const POST_LISTING_MODES = ["list", "card", "small_card"] as const;
export const REGISTRATION_MODES = [
  "require_application",
  "open",
  "closed",
  "require_invitation",
] as const;
export const FEDERATION_MODES = ["all", "local", "disable"] as const;
export const VOTE_SHOWS = ["show", "show_for_others", "hide"] as const;
export const IMAGE_MODES = [
  "none",
  "store_link_previews",
  "proxy_all_images",
] as const;
export const PERSON_CONTENT_TYPES = ["all", "comments", "posts"] as const;
export const LIKE_TYPES = ["all", "liked_only", "disliked_only"] as const;
export const NOTIFICATION_TYPES = [
  "all",
  "reply",
  "mention",
  "subscribed",
  "private_message",
  "mod_action",
] as const;
