/**
 * Column lists of the objects that views embed (content §15.4). A query selects them as
 * `"post.id"`, `"creator.name"` …, and `nest` folds such a flat row into the view's shape, leaving
 * out what is null. Private columns (keys, inboxes, ranks, hidden scores) are absent here, so no
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
 * The ids of `$1` as rows `list (id, position)`. The parameter stands in a subquery so that the
 * planner cannot count it: else a plan for one id always looks cheaper than the kept plan for any
 * number, and every view is planned anew, which takes longer than reading it.
 */
export const ID_LIST =
  "unnest((select $1::int4[])) with ordinality as list (id, position)";

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

/** The join that `selectCommunity` needs. */
export function communityTotals(alias: string): string {
  return `left join lateral (
    select sum(posts)::int4 as posts, sum(comments)::int4 as comments,
      sum(subscribers)::int4 as subscribers, sum(subscribers_local)::int4 as subscribers_local
    from community_delta where community_id = ${alias}.id) ${alias}_delta on true`;
}

/** The columns of a row that make one object of the view. */
interface Group {
  object: string;
  /** From a left join that may have found nothing. */
  relation: boolean;
  keys: string[];
  fields: string[];
}

/**
 * Folds rows with dotted column names into objects. Null columns are left out. Members named in
 * `relations` come from a left join: they are left out as a whole unless the row has
 * `"member.exists"` true, and stay `{}` when the joined row has nothing to show (content §0.5).
 */
export function nest<View>(
  rows: readonly Record<string, unknown>[],
  relations: readonly string[] = [],
): View[] {
  if (rows.length === 0) return [];
  const plain: string[] = [];
  const groups = new Map<string, Group>();
  for (const key of Object.keys(rows[0])) {
    const dot = key.indexOf(".");
    if (dot < 0) {
      plain.push(key);
      continue;
    }
    const object = key.slice(0, dot);
    const field = key.slice(dot + 1);
    let group = groups.get(object);
    if (!group) {
      const relation = relations.includes(object);
      groups.set(object, group = { object, relation, keys: [], fields: [] });
    }
    if (group.relation && field === "exists") continue;
    group.keys.push(key);
    group.fields.push(field);
  }
  return rows.map((row) => {
    const view: Record<string, unknown> = {};
    for (const { object, relation, keys, fields } of groups.values()) {
      if (relation && row[`${object}.exists`] !== true) continue;
      const target: Record<string, unknown> = view[object] = {};
      for (let i = 0; i < keys.length; i++) {
        const value = row[keys[i]];
        if (value !== null) target[fields[i]] = value;
      }
    }
    for (const key of plain) {
      const value = row[key];
      if (value !== null) view[key] = value;
    }
    return view as View;
  });
}
