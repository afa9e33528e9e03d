import { listComments } from "../comment/list.ts";
import { listCommunities } from "../community/list.ts";
import type { Ctx } from "../context.ts";
import { checkLimit, type PagedResponse } from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { listMultiCommunities } from "../multi_community/list.ts";
import { requireReadable } from "../permissions.ts";
import { listPersons } from "../person/list.ts";
import { listPosts } from "../post/list.ts";
import type {
  ResolveObjectView,
  SearchResponse,
  SearchType,
} from "../views.ts";
import { resolveObject } from "./resolve.ts";

/** What is searched for, and where (content §9.1). */
export interface SearchFilter {
  search_term: string;
  type_?: SearchType;
  community_id?: number;
  community_name?: string;
  creator_id?: number;
  creator_username?: string;
  time_range_seconds?: number;
  title_only?: boolean;
  post_url_only?: boolean;
  show_nsfw?: boolean;
  page_cursor?: string;
  limit?: number;
}

/** The lists of an answer, in the order of the parts of its cursors. */
const LISTS = [
  "posts",
  "comments",
  "persons",
  "communities",
  "multi_communities",
] as const;
type List = typeof LISTS[number];

/** Which list a search of one type is about. */
const LIST_OF: Record<Exclude<SearchType, "all">, List> = {
  posts: "posts",
  comments: "comments",
  users: "persons",
  communities: "communities",
  multi_communities: "multi_communities",
};

const DEFAULT_LIMIT = 20;
const NO_PART = "-";

/**
 * Searches posts, comments, people and communities, each kind as its own list would and with the
 * same rights; `resolve` is the object that the term names, if it names one.
 * @throws LemmyError `instance_is_private`, `invalid_fetch_limit`, and those of the one list
 * that is asked for
 */
export async function search(
  ctx: Ctx,
  filter: SearchFilter,
): Promise<SearchResponse> {
  requireReadable(ctx);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const answer: SearchResponse = {
    resolve: null,
    posts: [],
    comments: [],
    persons: [],
    communities: [],
    multi_communities: [],
    next_page: null,
    prev_page: null,
  };
  if (filter.search_term.trim() === "") return answer;
  answer.resolve = await resolved(ctx, filter.search_term);
  const type = filter.type_ ?? "all";
  if (type !== "all") {
    const list = LIST_OF[type];
    const page = list === "posts" && isUnfinishedUrl(filter)
      ? { items: [] }
      : await READERS[list](ctx, filter, limit, filter.page_cursor);
    put(answer, list, page);
    answer.next_page = page.next_page ?? null;
    answer.prev_page = page.prev_page ?? null;
    return answer;
  }
  const lists = listsOf(filter);
  const cursors = parts(filter.page_cursor);
  const pages = await Promise.all(LISTS.map(async (list) => {
    const cursor = cursors?.get(list);
    const skipped = cursors !== null && cursor === undefined;
    if (!lists.includes(list) || skipped) return null;
    return await quiet(READERS[list](ctx, filter, limit, cursor));
  }));
  for (const [index, list] of LISTS.entries()) {
    if (pages[index]) put(answer, list, pages[index]);
  }
  answer.next_page = join(pages.map((page) => page?.next_page));
  answer.prev_page = join(pages.map((page) => page?.prev_page));
  return answer;
}

/** Whether a link is looked for that is none: people type addresses letter by letter. */
function isUnfinishedUrl(filter: SearchFilter): boolean {
  return filter.post_url_only === true && !URL.canParse(filter.search_term);
}

/** Persons and communities have neither community nor creator (Q21: nor has a name of either). */
function listsOf(filter: SearchFilter): readonly List[] {
  const narrowed = filter.community_id !== undefined ||
    filter.community_name !== undefined || filter.creator_id !== undefined ||
    filter.creator_username !== undefined;
  return narrowed ? ["posts", "comments"] : LISTS;
}

type Page = PagedResponse<unknown>;

const READERS: Record<
  List,
  (
    ctx: Ctx,
    filter: SearchFilter,
    limit: number,
    page_cursor: string | undefined,
  ) => Promise<Page>
> = {
  posts: (ctx, filter, limit, page_cursor) =>
    listPosts(ctx, {
      type_: "all",
      sort: "hot",
      search_term: filter.search_term,
      search_title_only: filter.title_only,
      search_url_only: filter.post_url_only,
      community_id: filter.community_id,
      community_name: filter.community_name,
      creator_id: filter.creator_id,
      creator_username: filter.creator_username,
      time_range_seconds: filter.time_range_seconds ?? 0,
      show_nsfw: filter.show_nsfw,
      keyword_blocks: false,
      mark_as_read: false,
      limit,
      page_cursor,
    }),
  comments: (ctx, filter, limit, page_cursor) =>
    listComments(ctx, {
      type_: "all",
      sort: "new",
      search_term: filter.search_term,
      community_id: filter.community_id,
      community_name: filter.community_name,
      creator_id: filter.creator_id,
      creator_username: filter.creator_username,
      time_range_seconds: filter.time_range_seconds ?? 0,
      limit,
      page_cursor,
    }),
  persons: (ctx, filter, limit, page_cursor) =>
    listPersons(ctx, {
      type_: "all",
      sort: "new",
      search_term: filter.search_term,
      search_title_only: filter.title_only,
      limit,
      page_cursor,
    }),
  communities: (ctx, filter, limit, page_cursor) =>
    listCommunities(ctx, {
      type_: "all",
      sort: "new",
      search_term: filter.search_term,
      search_title_only: filter.title_only,
      time_range_seconds: filter.time_range_seconds,
      show_nsfw: filter.show_nsfw ?? false,
      limit,
      page_cursor,
    }),
  multi_communities: (ctx, filter, limit, page_cursor) =>
    listMultiCommunities(ctx, {
      type_: "all",
      sort: "new",
      search_term: filter.search_term,
      search_title_only: filter.title_only,
      creator_id: filter.creator_id,
      time_range_seconds: filter.time_range_seconds,
      limit,
      page_cursor,
    }),
};

function put(answer: SearchResponse, list: List, page: Page): void {
  Object.assign(answer, { [list]: page.items });
}

/** In a search of everything a list that cannot be had is empty (content §9.1). */
async function quiet(page: Promise<Page>): Promise<Page> {
  try {
    return await page;
  } catch (error) {
    if (error instanceof LemmyError) return { items: [] };
    throw error;
  }
}

/** Five cursors in one; what no list can be read on from is marked. */
function join(cursors: readonly (string | undefined)[]): string {
  return cursors.map((cursor) => cursor ?? NO_PART).join(".");
}

/** The cursors of a composite; none when it has not five parts, null without one. */
function parts(text: string | undefined): Map<List, string> | null {
  if (text === undefined) return null;
  const cursors = new Map<List, string>();
  const all = text.split(".");
  if (all.length !== LISTS.length) return cursors;
  for (const [index, list] of LISTS.entries()) {
    if (all[index] !== NO_PART) cursors.set(list, all[index]);
  }
  return cursors;
}

/** What the term names; most terms name nothing. */
async function resolved(
  ctx: Ctx,
  term: string,
): Promise<ResolveObjectView | null> {
  try {
    return await resolveObject(ctx, term);
  } catch (error) {
    if (error instanceof LemmyError) return null;
    throw error;
  }
}
