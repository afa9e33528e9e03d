import { followed, followedArray, relations } from "../account/relations.ts";
import {
  ACCEPTED,
  addVisibility,
  hasActions,
} from "../community/visibility.ts";
import { Conditions, escapeLike } from "../conditions.ts";
import { type Ctx, query } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import {
  type Key,
  type Keyset,
  pageIds,
  readPage,
  type Segment,
  stretchConditions,
} from "../keyset.ts";
import {
  addBlocks,
  addBots,
  addSuggested,
  addTimeRange,
  showsNsfw,
  timeRange,
  timeRangeStart,
} from "../listing_filters.ts";
import { requireReadable } from "../permissions.ts";
import { idsText, type Stretch } from "../stretch.ts";
import { scopeOf, type TextMatch, textMatch } from "../text_match.ts";
import { cleanUrl } from "../text/urls.ts";
import type { ListingType, PostSortType, PostView } from "../views.ts";
import { hasPinned, isOfSite, resolveScope, type Scope } from "./scope.ts";
import { markPostsRead } from "./state.ts";
import { foundParameters, readFoundPostViews, readPostViews } from "./view.ts";

/** Filters of a post listing; what is left out takes the defaults of content §6.1. */
export interface PostFilter {
  type_?: ListingType;
  sort?: PostSortType;
  /** 0 = no limit, overriding the defaults. */
  time_range_seconds?: number;
  community_id?: number;
  community_name?: string;
  creator_id?: number;
  creator_username?: string;
  multi_community_id?: number;
  multi_community_name?: string;
  show_hidden?: boolean;
  show_read?: boolean;
  show_nsfw?: boolean;
  hide_posts_with_media?: boolean;
  mark_as_read?: boolean;
  /** Whether the viewer's keyword blocks count; they do unless told. */
  keyword_blocks?: boolean;
  no_comments_only?: boolean;
  search_term?: string;
  search_title_only?: boolean;
  search_url_only?: boolean;
  tag_id?: number;
  page_cursor?: string;
  limit?: number;
}

const PUBLISHED: Key = { expression: "p.published_at", type: "timestamptz" };
const ID: Key = { expression: "p.id", type: "int4" };
const ACTIVITY: Key = {
  expression: "coalesce(p.newest_comment_time_at, p.published_at)",
  type: "timestamptz",
};

/** Sorts by a rank; those that reach zero for good go on by date (content §6.3). */
const RANKS: Partial<
  Record<PostSortType, { column: string; type: string; tail: boolean }>
> = {
  active: { column: "p.hot_rank_active", type: "real", tail: true },
  hot: { column: "p.hot_rank", type: "real", tail: true },
  scaled: { column: "p.scaled_rank", type: "real", tail: true },
  controversial: { column: "p.controversy_rank", type: "real", tail: true },
  most_comments: { column: "p.comments", type: "int4", tail: true },
  top: { column: "p.score", type: "int4", tail: false },
};

/**
 * The stretches of a listing (content §6.3): pinned posts, those with a rank, and the tail whose
 * rank has come to zero.
 * @param pins whether there is any pinned post to look for, and what an index finds them by
 * @param since when the oldest ranked post was published, where known
 */
function segments(
  sort: PostSortType,
  featured: string,
  pins: Pick<Segment, "empty" | "narrow">,
  since?: string,
): Segment[] {
  if (sort === "new" || sort === "old") {
    return [{
      where: "true",
      keys: [PUBLISHED, ID],
      direction: sort === "new" ? "desc" : "asc",
    }];
  }
  const direction = "desc";
  const rank = RANKS[sort];
  const keys = rank
    ? [{ expression: rank.column, type: rank.type }, PUBLISHED, ID]
    : [ACTIVITY, ID];
  const first: Segment = {
    where: featured,
    keys,
    direction,
    few: true,
    ...pins,
  };
  if (!rank?.tail) {
    return [first, { where: `not ${featured}`, keys, direction }];
  }
  return [
    first,
    { where: `not ${featured} and ${rank.column} > 0`, keys, direction, since },
    {
      where: `not ${featured} and ${rank.column} = 0`,
      keys: [PUBLISHED, ID],
      direction,
    },
  ];
}

/**
 * A page of posts (content §6.2, §6.3).
 * @throws LemmyError `instance_is_private`, `invalid_fetch_limit`,
 * `cannot_combine_community_id_and_multi_community_id`, cursor errors, `not_found` for an unknown
 * name
 */
export async function listPosts(
  ctx: Ctx,
  filter: PostFilter,
): Promise<PagedResponse<PostView>> {
  requireReadable(ctx);
  if (ctx.viewer) return await listPage(ctx, filter);
  const name = `posts ${JSON.stringify(filter)}`;
  return await ctx.shareContent(name, () => listPage(ctx, filter));
}

async function listPage(
  ctx: Ctx,
  filter: PostFilter,
): Promise<PagedResponse<PostView>> {
  const user = ctx.viewer?.local_user;
  const limit = checkLimit(
    filter.limit,
    user?.default_items_per_page ?? ctx.site.local_site.default_items_per_page,
  );
  const sort = filter.sort ?? user?.default_post_sort_type ??
    ctx.site.local_site.default_post_sort_type;
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("p", filter.page_cursor);
  const scope = await resolveScope(ctx, filter);
  const bySite = isOfSite(scope);
  const featured = bySite ? "p.featured_local" : "p.featured_community";
  const pinned = await hasPinned(ctx, scope);
  const onePlan = (bySite || scope.widely) &&
    isUnfiltered(ctx, filter, scope);
  const conditions = await postConditions(ctx, filter, scope, onePlan);
  const match = searchMatch(filter, scope);
  const keyset: Keyset = {
    from: "post p join community c on c.id = p.community_id",
    alias: "p",
    table: "post",
    segments: segments(
      sort,
      featured,
      { empty: !pinned, narrow: scope.widely ? byFollows(ctx) : undefined },
      match?.chunks && sort === "hot" ? await oldestRanked(ctx) : undefined,
    ),
    onePlan,
    match,
    since: timeRangeStart(ctx, filter.time_range_seconds),
    scope: scopeOf("p", scope),
  };
  const items = onePlan
    ? await readPage(ctx, keyset, conditions, cursor, limit, readStretch)
    : await readPostViews(
      ctx,
      await pageIds(ctx, keyset, conditions, cursor, limit),
    );
  const ids = items.map((item) => item.post.id);
  const marks = filter.mark_as_read ?? user?.auto_mark_fetched_posts_as_read;
  if (marks && ctx.viewer) await markPostsRead(ctx, ids);
  return { items, ...pageCursors("p", cursor, ids, limit) };
}

/** Pinned posts of all communities are many more than those of the followed ones. */
function byFollows(ctx: Ctx): Segment["narrow"] {
  const me = ctx.viewer!.person.id;
  return (where) =>
    where.add(
      `p.community_id = any(${followedArray(where.value(me, "int4"))})`,
    );
}

/** When the oldest post was published whose hot rank is not zero; undefined when there is none. */
async function oldestRanked(ctx: Ctx): Promise<string | undefined> {
  const [{ oldest }] = await query<{ oldest: string | null }>(
    ctx,
    "select min(published_at) as oldest from post where hot_rank > 0",
  );
  return oldest ?? undefined;
}

/** The posts of a stretch with their ids at once, where a plan that is kept does for both. */
async function readStretch(ctx: Ctx, stretch: Stretch): Promise<PostView[]> {
  const ids = (stretch: Stretch) =>
    `array(${idsText(stretch, stretchConditions(stretch))})`;
  const { then, limit, conditions } = stretch;
  return await readFoundPostViews(
    ctx,
    then ? `(${ids(stretch)} || ${ids(then)})[1:${limit}]` : ids(stretch),
    conditions.parameters,
  );
}

/** Whether only rules that nearly every post meets stand between the index and the page. */
function isUnfiltered(ctx: Ctx, filter: PostFilter, scope: Scope): boolean {
  return scope.creator_id === undefined && filter.tag_id === undefined &&
    !filter.search_term && !filter.no_comments_only &&
    timeRange(ctx, filter.time_range_seconds) === 0;
}

/** @param withViews whether the statement gives the views at once */
async function postConditions(
  ctx: Ctx,
  filter: PostFilter,
  scope: Scope,
  withViews: boolean,
): Promise<Conditions> {
  const { viewer } = ctx;
  const user = viewer?.local_user;
  const related = await relations(ctx);
  const where = new Conditions(withViews ? foundParameters(ctx) : []);
  const own = viewer
    ? `p.creator_id = ${where.value(viewer.person.id, "int4")}`
    : "false";
  where.add("not c.deleted");
  where.add(`not p.deleted or ${own}`);
  where.add(`p.scheduled_publish_time_at is null or ${own}`);
  where.add(`not p.federation_pending or ${own}`);
  if (!user?.admin) {
    where.add("not c.removed and not c.local_removed and not p.removed");
  }
  await addScope(where, ctx, scope, related);
  addVisibility(where, ctx, {
    hideUnlisted: isOfSite(scope),
  });
  if (scope.creator_id !== undefined) {
    where.add(`p.creator_id = ${where.value(scope.creator_id, "int4")}`);
  }
  if (filter.tag_id !== undefined) {
    where.add(
      `exists (select from post_tag t where t.post_id = p.id and t.community_tag_id = ${
        where.value(filter.tag_id, "int4")
      })`,
    );
  }
  addUrlSearch(where, filter);
  if (!showsNsfw(ctx, filter.show_nsfw)) where.add("not p.nsfw and not c.nsfw");
  addBots(where, ctx, "p");
  if (filter.no_comments_only) where.add("p.comments = 0");
  if (filter.hide_posts_with_media ?? user?.hide_posts_with_media) {
    where.add(
      "p.url_content_type is null or p.url_content_type !~ '^(image|video)/'",
    );
  }
  addTimeRange(where, ctx, "p", filter.time_range_seconds);
  if (viewer) {
    // A parameter that no clause uses would be an error.
    const action = (column: string) =>
      `not exists (select from post_actions a where a.post_id = p.id
        and a.person_id = ${where.value(viewer.person.id, "int4")}
        and a.${column} is not null)`;
    if (!(filter.show_read ?? user!.show_read_posts)) {
      where.add(action("read_at"));
    }
    if (!filter.show_hidden) where.add(action("hidden_at"));
  }
  if (scope.type !== "moderator_view") {
    addViewerFilters(where, ctx, related, filter.keyword_blocks ?? true);
  }
  return where;
}

type Related = Awaited<ReturnType<typeof relations>>;

async function addScope(
  where: Conditions,
  ctx: Ctx,
  scope: Scope,
  related: Related,
): Promise<void> {
  if (scope.community_id !== undefined) {
    where.add(`p.community_id = ${where.value(scope.community_id, "int4")}`);
  }
  const within = (ids: number[]) =>
    where.add(`p.community_id = any(${where.value(ids, "int4[]")})`);
  if (scope.communities) within(scope.communities);
  switch (scope.type) {
    case "local":
      where.add("c.local");
      break;
    case "subscribed":
      if (scope.widely) where.add(hasActions(where, ctx.viewer!, ACCEPTED));
      else within(await followed(ctx));
      break;
    case "moderator_view":
      within(related.moderated);
      break;
    case "suggested":
      addSuggested(where, ctx);
  }
}

/** Looks for a link (content §6.2). */
function addUrlSearch(where: Conditions, filter: PostFilter): void {
  if (filter.search_term && filter.search_url_only) {
    if (!URL.canParse(filter.search_term)) {
      throw new LemmyError("unknown", { detail: "search_term is no URL" });
    }
    const url = cleanUrl(new URL(filter.search_term).href);
    where.add(`p.url = ${where.value(url, "text")}`);
  }
}

function searchMatch(
  { search_term, search_title_only, search_url_only }: PostFilter,
  { community_id, creator_id }: Scope,
): TextMatch | undefined {
  if (!search_term?.trim() || search_url_only) return undefined;
  return textMatch(
    search_term,
    { names: ["name"], texts: search_title_only ? [] : ["body"] },
    {
      table: "post_search",
      key: "post_id",
      dated: true,
      chunks: true,
      scope: { community_id, creator_id },
    },
  );
}

/** Blocks, languages and keywords of the viewer (content §6.2, §6.8) for posts `p` in `c`. */
function addViewerFilters(
  where: Conditions,
  ctx: Ctx,
  related: Related,
  keywordBlocks: boolean,
): void {
  addBlocks(where, ctx, related, "p");
  if (related.languages) {
    where.add(
      `p.language_id = any(${where.value(related.languages, "int4[]")})`,
    );
  }
  for (const keyword of keywordBlocks ? related.keywords : []) {
    const pattern = where.value(`%${escapeLike(keyword)}%`, "text");
    where.add(
      `p.name not ilike ${pattern} and coalesce(p.url, '') not ilike ${pattern}
       and coalesce(p.body, '') not ilike ${pattern}`,
    );
  }
}
