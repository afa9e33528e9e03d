import { followed, relations } from "../account/relations.ts";
import { findCommunityId } from "../community/find.ts";
import { addVisibility } from "../community/visibility.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, query } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { type Key, type Keyset, pageIds, type Segment } from "../keyset.ts";
import {
  addBlocks,
  addBots,
  addSuggested,
  addTimeRange,
  showsNsfw,
  timeRangeStart,
} from "../listing_filters.ts";
import { requireReadable } from "../permissions.ts";
import { findPersonId } from "../person/find.ts";
import {
  scopeOf,
  textCondition,
  type TextMatch,
  textMatch,
} from "../text_match.ts";
import type { CommentSortType, CommentView, ListingType } from "../views.ts";
import { readCommentViews } from "./view.ts";

/** Filters of a comment listing (content §6.4). */
export interface CommentFilter {
  type_?: ListingType;
  sort?: CommentSortType;
  time_range_seconds?: number;
  /** A tree fetch: up to 300 comments, this many levels deep. */
  max_depth?: number;
  page_cursor?: string;
  limit?: number;
  community_id?: number;
  community_name?: string;
  creator_id?: number;
  creator_username?: string;
  post_id?: number;
  parent_id?: number;
  search_term?: string;
}

/** Rows of a tree fetch, which ignores `limit`. */
const TREE_LIMIT = 300;

/** Beyond any level that exists (content §2.1). */
const DEEPEST = 1000;

const ID: Key = { expression: "m.id", type: "int4" };
const PUBLISHED: Key = { expression: "m.published_at", type: "timestamptz" };
/**
 * The same within one post: written so that no index has it, for the planner would rather walk the
 * dates of the whole site than sort the comments of a post.
 */
export const PUBLISHED_WITHIN_POST: Key = {
  expression: "m.published_at + interval '0'",
  type: "timestamptz",
};
const SCORE: Key = { expression: "m.score", type: "int4" };
const HOT: Key = { expression: "m.hot_rank", type: "real" };
const CONTROVERSY: Key = { expression: "m.controversy_rank", type: "real" };
const DISTINGUISHED: Key = { expression: "m.distinguished", type: "bool" };
const PARENT_PATH: Key = {
  expression: `regexp_replace(m.path, '\\.[0-9]+$', '') collate "C"`,
  type: "text",
};

function sortKeys(sort: CommentSortType): Key[] {
  switch (sort) {
    case "hot":
      return [HOT, SCORE];
    case "top":
      return [SCORE];
    case "controversial":
      return [CONTROVERSY];
    default:
      return [PUBLISHED];
  }
}

/** Over a whole site the tail of a rank that is zero has an index of its own. */
function siteSegments(sort: CommentSortType): Segment[] {
  const direction = sort === "old" ? "asc" : "desc";
  if (sort === "hot") {
    return [
      { where: "m.hot_rank > 0", keys: [HOT, SCORE, ID], direction },
      { where: "m.hot_rank = 0", keys: [SCORE, ID], direction },
    ];
  }
  if (sort === "controversial") {
    return [
      { where: "m.controversy_rank > 0", keys: [CONTROVERSY, ID], direction },
      { where: "m.controversy_rank = 0", keys: [ID], direction },
    ];
  }
  return [{ where: "true", keys: [...sortKeys(sort), ID], direction }];
}

function segments(filter: CommentFilter, sort: CommentSortType): Segment[] {
  const within = filter.post_id !== undefined || filter.parent_id !== undefined;
  if (!within) return siteSegments(sort);
  const keys: Key[] = [];
  if (filter.max_depth !== undefined) keys.push(PARENT_PATH);
  if (sort === "new" || sort === "old") keys.push(PUBLISHED_WITHIN_POST);
  else keys.push(DISTINGUISHED, ...sortKeys(sort));
  keys.push(ID);
  return [{ where: "true", keys, direction: sort === "old" ? "asc" : "desc" }];
}

/**
 * A page of comments (content §6.4); deleted and removed ones stay in as placeholders.
 * @throws LemmyError `instance_is_private`, `invalid_fetch_limit`, cursor errors, `not_found` for an
 * unknown parent or name
 */
export async function listComments(
  ctx: Ctx,
  filter: CommentFilter,
): Promise<PagedResponse<CommentView>> {
  requireReadable(ctx);
  const user = ctx.viewer?.local_user;
  const limit = filter.max_depth !== undefined ? TREE_LIMIT : checkLimit(
    filter.limit,
    user?.default_items_per_page ??
      ctx.site.local_site.default_items_per_page,
  );
  const sort = filter.sort ?? user?.default_comment_sort_type ??
    ctx.site.local_site.default_comment_sort_type;
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("c", filter.page_cursor);
  const scope = await resolveScope(ctx, filter);
  const conditions = await commentConditions(ctx, filter, scope);
  const keyset: Keyset = {
    from: `comment m join post p on p.id = m.post_id
      join community c on c.id = m.community_id`,
    alias: "m",
    table: "comment",
    segments: segments(filter, sort),
    match: scope.inThread ? undefined : searchMatch(filter, scope),
    since: timeRangeStart(ctx, filter.time_range_seconds),
    scope: scopeOf("m", scope),
  };
  const ids = await pageIds(ctx, keyset, conditions, cursor, limit);
  const items = await readCommentViews(ctx, ids);
  return { items, ...pageCursors("c", cursor, ids, limit) };
}

/** What the listing is limited to, with names resolved. */
interface Scope {
  community_id?: number;
  creator_id?: number;
  /** Within one post or below one comment: few enough rows for whatever order. */
  inThread: boolean;
}

async function resolveScope(ctx: Ctx, filter: CommentFilter): Promise<Scope> {
  return {
    community_id: filter.community_name
      ? await findCommunityId(ctx, filter.community_name)
      : filter.community_id,
    creator_id: filter.creator_username
      ? await findPersonId(ctx, filter.creator_username)
      : filter.creator_id,
    inThread: filter.post_id !== undefined || filter.parent_id !== undefined,
  };
}

const SEARCHED = { names: [], texts: ["content"] };

function searchMatch(
  { search_term }: CommentFilter,
  { community_id, creator_id }: Scope,
): TextMatch | undefined {
  if (!search_term?.trim()) return undefined;
  return textMatch(search_term, SEARCHED, {
    table: "comment_search",
    key: "comment_id",
    dated: true,
    chunks: true,
    scope: { community_id, creator_id },
  });
}

async function commentConditions(
  ctx: Ctx,
  filter: CommentFilter,
  { community_id: community, creator_id: creator, inThread }: Scope,
): Promise<Conditions> {
  const user = ctx.viewer?.local_user;
  const related = await relations(ctx);
  const where = new Conditions();
  const scoped = inThread || community !== undefined;
  const type = community !== undefined
    ? "all"
    : filter.type_ ?? user?.default_listing_type ??
      ctx.site.local_site.default_post_listing_type;

  await addTree(where, ctx, filter);
  if (community !== undefined) {
    where.add(`m.community_id = ${where.value(community, "int4")}`);
  }
  if (creator !== undefined) {
    where.add(`m.creator_id = ${where.value(creator, "int4")}`);
  }
  if (type === "local" && !scoped) where.add("c.local");
  if (type === "subscribed" || type === "moderator_view") {
    const ids = type === "subscribed" ? await followed(ctx) : related.moderated;
    where.add(`m.community_id = any(${where.value(ids, "int4[]")})`);
  }
  if (type === "suggested") {
    addSuggested(where, ctx);
  }
  addReadable(where, ctx, {
    hideUnlisted: (type === "all" || type === "local") && !scoped,
  });
  if (filter.search_term?.trim()) {
    where.add("not (m.deleted or m.removed)");
    if (inThread) {
      where.add(textCondition(where, "m", filter.search_term, SEARCHED));
    }
  }
  if (!showsNsfw(ctx)) where.add("not p.nsfw and not c.nsfw");
  addBots(where, ctx, "m");
  addTimeRange(where, ctx, "m", filter.time_range_seconds);
  if (related.languages) {
    where.add(
      `m.language_id = any(${where.value(related.languages, "int4[]")})`,
    );
  }
  if (type !== "moderator_view") addBlocks(where, ctx, related, "m");
  return where;
}

/**
 * Limits comments `m` of posts `p` in communities `c` to what the viewer may read: communities that
 * are open to them, pending comments and what is said below a scheduled post to its author.
 */
export function addReadable(
  where: Conditions,
  ctx: Ctx,
  options: { hideUnlisted: boolean } = { hideUnlisted: false },
): void {
  const { viewer } = ctx;
  addVisibility(where, ctx, options);
  if (!viewer?.local_user.admin) where.add("not c.local_removed");
  if (!viewer) {
    where.add("not m.federation_pending");
    where.add("p.scheduled_publish_time_at is null");
    return;
  }
  const me = where.value(viewer.person.id, "int4");
  where.add(`not m.federation_pending or m.creator_id = ${me}`);
  where.add(`p.scheduled_publish_time_at is null or p.creator_id = ${me}`);
}

async function addTree(
  where: Conditions,
  ctx: Ctx,
  filter: CommentFilter,
): Promise<void> {
  if (filter.post_id !== undefined) {
    where.add(`m.post_id = ${where.value(filter.post_id, "int4")}`);
  }
  let base = 0;
  if (filter.parent_id !== undefined) {
    const [parent] = await query<
      { post_id: number; path: string; level: number }
    >(
      ctx,
      "select post_id, path, level from comment where id = $1::int4",
      [filter.parent_id],
    );
    if (!parent) throw new LemmyError("not_found");
    base = parent.level;
    addSubtree(where, parent);
  }
  if (filter.max_depth !== undefined) {
    const depth = Math.min(filter.max_depth, DEEPEST);
    where.add(`m.level <= ${where.value(base + depth, "int4")}`);
  }
}

/** Limits comments `m` to a comment and everything below it. */
export function addSubtree(
  where: Conditions,
  root: { post_id: number; path: string },
): void {
  where.add(`m.post_id = ${where.value(root.post_id, "int4")}`);
  const path = where.value(root.path, "text");
  where.add(
    `m.path = ${path} or (m.path > ${path} || '.' and m.path < ${path} || '/')`,
  );
}
