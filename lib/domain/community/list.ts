import { followed, relations } from "../account/relations.ts";
import { hasActions, MEMBER } from "./visibility.ts";
import { Conditions } from "../conditions.ts";
import type { Ctx } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { type Key, type Keyset, pageIds } from "../keyset.ts";
import { addMultiCommunity, addSuggested } from "../listing_filters.ts";
import { requireReadable } from "../permissions.ts";
import { type TextMatch, textMatch } from "../text_match.ts";
import type {
  CommunitySortType,
  CommunityView,
  ListingType,
} from "../views.ts";
import { readCommunityViews } from "./view.ts";

/** Filters of the community list (content §6.5). */
export interface CommunityFilter {
  type_?: ListingType;
  sort?: CommunitySortType;
  time_range_seconds?: number;
  show_nsfw?: boolean;
  multi_community_id?: number;
  search_term?: string;
  search_title_only?: boolean;
  page_cursor?: string;
  limit?: number;
}

const SORTS: Record<
  CommunitySortType,
  { key: Key; direction: "asc" | "desc" }
> = {
  active_six_months: desc("c.users_active_half_year"),
  active_monthly: desc("c.users_active_month"),
  active_weekly: desc("c.users_active_week"),
  active_daily: desc("c.users_active_day"),
  hot: desc("c.hot_rank", "real"),
  new: desc("c.published_at", "timestamptz"),
  old: {
    key: { expression: "c.published_at", type: "timestamptz" },
    direction: "asc",
  },
  name_asc: {
    key: { expression: "lower(c.name)", type: "text" },
    direction: "asc",
  },
  name_desc: desc("lower(c.name)", "text"),
  comments: desc("c.comments"),
  posts: desc("c.posts"),
  subscribers: desc("c.subscribers"),
  subscribers_local: desc("c.subscribers_local"),
};

function desc(expression: string, type = "int4") {
  return { key: { expression, type }, direction: "desc" as const };
}

const DEFAULT_LIMIT = 20;

/** A page of communities. */
export async function listCommunities(
  ctx: Ctx,
  filter: CommunityFilter,
): Promise<PagedResponse<CommunityView>> {
  requireReadable(ctx);
  return await readPage(ctx, filter);
}

/**
 * The first communities of a list as everybody sees them: a private site, whose list is closed to
 * anonymous callers, shows them to its members.
 */
export async function publicCommunities(
  ctx: Ctx,
  filter: CommunityFilter & { limit: number },
): Promise<CommunityView[]> {
  const { items } = await readPage({ ...ctx, viewer: null }, filter);
  return items;
}

async function readPage(
  ctx: Ctx,
  filter: CommunityFilter,
): Promise<PagedResponse<CommunityView>> {
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const sort = SORTS[filter.sort ?? "active_monthly"];
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("m", filter.page_cursor);
  const keyset: Keyset = {
    from: "community c",
    alias: "c",
    table: "community",
    segments: [{
      where: "true",
      keys: [sort.key, { expression: "c.id", type: "int4" }],
      direction: sort.direction,
    }],
    match: searchMatch(filter),
  };
  const where = await communityConditions(ctx, filter);
  const ids = await pageIds(ctx, keyset, where, cursor, limit);
  const items = await readCommunityViews(ctx, ids);
  return { items, ...pageCursors("m", cursor, ids, limit) };
}

async function communityConditions(
  ctx: Ctx,
  filter: CommunityFilter,
): Promise<Conditions> {
  const { viewer } = ctx;
  const related = await relations(ctx);
  const where = new Conditions();
  const list = (ids: number[]) => where.value(ids, "int4[]");
  if (!viewer?.local_user.admin) {
    where.add("not c.deleted and not c.removed and not c.local_removed");
    const known = ["c.visibility <> 'unlisted'"];
    if (viewer) known.push(hasActions(where, viewer, MEMBER));
    // Who knows its name may look it up (content Q8).
    if (filter.search_term) {
      const name = where.value(filter.search_term.trim(), "text");
      known.push(`lower(c.name) = lower(${name})`);
    }
    where.add(known.join(" or "));
  }
  if (!viewer) where.add("c.visibility <> 'local_only_private'");
  switch (filter.type_) {
    case "local":
      where.add("c.local");
      break;
    case "subscribed":
      where.add(`c.id = any(${list(await followed(ctx))})`);
      break;
    case "moderator_view":
      where.add(`c.id = any(${list(related.moderated)})`);
      break;
    case "suggested":
      addSuggested(where, ctx);
  }
  if (filter.multi_community_id !== undefined) {
    addMultiCommunity(where, filter.multi_community_id);
  }
  if (related.blockedCommunities.length > 0) {
    where.add(`c.id <> all(${list(related.blockedCommunities)})`);
  }
  if (related.blockedInstanceCommunities.length > 0) {
    where.add(
      `c.instance_id <> all(${list(related.blockedInstanceCommunities)})`,
    );
  }
  const warned = ctx.site.site.content_warning !== undefined;
  const showNsfw = (viewer?.local_user.show_nsfw ?? warned) ||
    (filter.show_nsfw ?? warned);
  if (!showNsfw) where.add("not c.nsfw");
  if (filter.time_range_seconds) {
    const since = new Date(
      ctx.now.getTime() - filter.time_range_seconds * 1000,
    );
    where.add(
      `c.published_at > ${where.value(since.toISOString(), "timestamptz")}`,
    );
  }
  return where;
}

function searchMatch(
  { search_term, search_title_only }: CommunityFilter,
): TextMatch | undefined {
  if (!search_term?.trim()) return undefined;
  const texts = search_title_only ? ["ap_id"] : ["ap_id", "summary", "sidebar"];
  return textMatch(
    search_term,
    { names: ["name", "title"], texts },
    { table: "community_search", key: "community_id" },
  );
}
