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
export const MODLOG_KINDS = [
  "mod_remove_post",
  "mod_lock_post",
  "mod_warn_post",
  "mod_feature_post_community",
  "admin_feature_post_site",
  "mod_remove_comment",
  "mod_lock_comment",
  "mod_warn_comment",
  "mod_ban_from_community",
  "mod_add_to_community",
  "mod_transfer_community",
  "mod_change_community_visibility",
  "admin_remove_community",
  "admin_ban",
  "admin_add",
  "admin_allow_instance",
  "admin_block_instance",
  "admin_purge_person",
  "admin_purge_community",
  "admin_purge_post",
  "admin_purge_comment",
] as const;
export const POST_FEATURE_TYPES = ["community", "local"] as const;
export const SEARCH_TYPES = [
  "all",
  "posts",
  "comments",
  "communities",
  "users",
  "multi_communities",
] as const;
export const PERSON_LISTING_TYPES = ["all", "local"] as const;
export const PERSON_SORTS = [
  "new",
  "old",
  "post_score",
  "comment_score",
] as const;
export const LOCAL_USER_SORTS = ["new", "old"] as const;
export const REPORT_TYPES = [
  "all",
  "posts",
  "comments",
  "private_messages",
  "communities",
] as const;
export const REPORT_SORTS = ["default", "new", "old"] as const;
export const TAG_COLORS = [
  "color01",
  "color02",
  "color03",
  "color04",
  "color05",
  "color06",
  "color07",
  "color08",
  "color09",
  "color10",
] as const;
export const MULTI_COMMUNITY_LISTING_TYPES = [
  "all",
  "local",
  "subscribed",
] as const;
export const MULTI_COMMUNITY_SORTS = [
  "subscribers",
  "subscribers_local",
  "communities",
  "new",
  "old",
  "name_asc",
  "name_desc",
] as const;
export const FEDERATED_INSTANCES_KINDS = [
  "all",
  "linked",
  "allowed",
  "blocked",
] as const;
export const CAPTCHA_DIFFICULTIES = ["easy", "medium", "hard"] as const;
