/**
 * Column lists of the objects that views embed (content §15.4). A query selects them as
 * `"post.id"`, `"creator.name"` …, and `queryViews` folds such a flat row into the view's shape,
 * leaving out what is null. Private columns (keys, inboxes, ranks, hidden scores) are absent here, so no
 * view can leak them.
 */
export const POST =
  `id name url body creator_id community_id removed locked published_at
  updated_at deleted nsfw embed_title embed_description thumbnail_url ap_id local embed_video_url
  language_id featured_community featured_local url_content_type alt_text
  scheduled_publish_time_at newest_comment_time_at comments score upvotes downvotes report_count
  unresolved_report_count federation_pending embed_video_width embed_video_height`
    .split(/\s+/);

export const COMMENT =
  `id creator_id post_id content removed published_at updated_at deleted ap_id
  local path distinguished language_id score upvotes downvotes child_count report_count
  unresolved_report_count federation_pending locked`.split(/\s+/);

export const PERSON =
  `id name display_name avatar published_at updated_at ap_id bio local
  last_refreshed_at banner deleted matrix_user_id bot_account instance_id post_count comment_count`
    .split(/\s+/);

/** Columns of a community that its row alone gives. */
const COMMUNITY_PLAIN =
  `id name sidebar removed published_at updated_at deleted nsfw ap_id
  local last_refreshed_at icon banner posting_restricted_to_mods instance_id visibility summary
  users_active_day users_active_week users_active_month users_active_half_year report_count
  unresolved_report_count local_removed`.split(/\s+/);

export const IMAGE_DETAILS = "link width height content_type blurhash".split(
  " ",
);
export const POST_ACTIONS =
  `read_at read_comments_at read_comments_amount saved_at voted_at
  vote_is_upvote hidden_at notifications`.split(/\s+/);
export const COMMENT_ACTIONS = ["voted_at", "vote_is_upvote", "saved_at"];
export const COMMUNITY_ACTIONS =
  `followed_at follow_state blocked_at became_moderator_at
  received_ban_at ban_expires_at notifications`.split(/\s+/);
export const PERSON_ACTIONS =
  `blocked_at noted_at note voted_at upvotes downvotes`.split(" ");

export const SITE =
  `id name sidebar published_at updated_at icon banner summary ap_id last_refreshed_at
  inbox_url instance_id content_warning`.split(/\s+/);
/** Columns of the site's settings; their totals are selected with what is not folded in yet. */
export const LOCAL_SITE =
  `id site_id site_setup community_creation_admin_only email_verification_required
  application_question private_instance default_theme default_post_listing_type legal_information
  application_email_admins slur_filter_regex federation_enabled published_at updated_at
  registration_mode reports_email_admins federation_signed_fetch default_post_listing_mode
  default_post_sort_type default_comment_sort_type oauth_registration post_upvotes post_downvotes
  comment_upvotes comment_downvotes default_post_time_range_seconds nsfw_content_disallowed users
  posts comments communities users_active_day users_active_week users_active_month
  users_active_half_year email_notifications_disabled suggested_multi_community_id
  default_items_per_page image_mode image_proxy_bypass_domains image_upload_timeout_seconds
  image_max_thumbnail_size image_max_avatar_size image_max_banner_size image_max_upload_size
  image_allow_video_uploads image_upload_disabled max_invites_per_user_allowed captcha_enabled
  captcha_difficulty`.split(/\s+/);
export const LOCAL_SITE_RATE_LIMIT =
  `local_site_id message_max_requests message_interval_seconds post_max_requests
  post_interval_seconds register_max_requests register_interval_seconds image_max_requests
  image_interval_seconds comment_max_requests comment_interval_seconds search_max_requests
  search_interval_seconds published_at updated_at import_user_settings_max_requests
  import_user_settings_interval_seconds`.split(/\s+/);
export const INSTANCE = `id domain published_at updated_at software version`
  .split(" ");
export const LOCAL_USER =
  `id person_id email show_nsfw theme default_post_sort_type default_listing_type
  interface_language show_avatars send_notifications_to_email show_bot_accounts show_read_posts
  email_verified accepted_application open_links_in_new_tab blur_nsfw infinite_scroll_enabled admin
  post_listing_mode totp_2fa_enabled animated_images_enabled collapse_bot_comments
  last_donation_notification_at private_messages_enabled default_comment_sort_type
  auto_mark_fetched_posts_as_read hide_posts_with_media default_post_time_range_seconds show_score
  show_upvotes show_downvotes show_upvote_percentage show_person_votes default_items_per_page
  invited_by_local_user_id show_media`.split(/\s+/);

/**
 * The elements of array parameters side by side as rows, with their number. Each parameter stands in
 * a subquery so that the planner cannot count its elements: else a plan for one always looks cheaper
 * than the kept plan for any number, and every view is planned anew, which takes ten times as long
 * as reading it.
 * @param arrays such as `$1::int4[]`
 * @param row name of the row and its columns, such as `list (id, position)`
 */
export function rowsOf(arrays: readonly string[], row: string): string {
  const hidden = arrays.map((array) => `(select ${array})`).join(", ");
  return `unnest(${hidden}) with ordinality as ${row}`;
}

/** The ids of `$1` as rows `list (id, position)`. */
export const ID_LIST = idList("$1::int4[]");

/** The ids of an array, which SQL gives, as rows `list (id, position)`. */
export function idList(array: string): string {
  return rowsOf([array], "list (id, position)");
}

/** `select` items that give `columns` of `alias` under the view member `member`. */
export function select(
  alias: string,
  member: string,
  columns: readonly string[],
): string {
  return columns.map((c) => `${alias}.${c} as "${member}.${c}"`).join(", ");
}

/**
 * `select` items of a community with its totals: those of the row plus the deltas that are not
 * folded in yet (design §4). Needs the join of `communityTotals`. A community without title goes by
 * its name: apps made for earlier servers refuse a whole page over one community without title.
 */
export function selectCommunity(alias: string, member = "community"): string {
  const totals = ["subscribers", "posts", "comments", "subscribers_local"].map((
    c,
  ) => `${alias}.${c} + coalesce(${alias}_delta.${c}, 0) as "${member}.${c}"`);
  const title = `coalesce(${alias}.title, ${alias}.name) as "${member}.title"`;
  return [select(alias, member, COMMUNITY_PLAIN), title, ...totals].join(", ");
}

/**
 * A left join of the only row of a table that meets a condition, which names its whole key. Each
 * row is looked up by that key: a plan for everybody would rather take all rows of a person for
 * each row of a page, as most people have few, and some have thousands.
 */
export function joinOnly(
  table: string,
  alias: string,
  condition: string,
): string {
  return `left join lateral (
    select * from ${table} where ${condition} limit 1) ${alias} on true`;
}

/** The join that `selectCommunity` needs. */
export function communityTotals(alias: string): string {
  return `left join lateral (
    select sum(posts)::int4 as posts, sum(comments)::int4 as comments,
      sum(subscribers)::int4 as subscribers, sum(subscribers_local)::int4 as subscribers_local
    from community_delta where community_id = ${alias}.id) ${alias}_delta on true`;
}
