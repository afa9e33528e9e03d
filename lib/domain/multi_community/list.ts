import { Conditions } from "../conditions.ts";
import type { Ctx } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { type Key, pageIds } from "../keyset.ts";
import { requireReadable } from "../permissions.ts";
import { textCondition } from "../text_match.ts";
import type { MultiCommunitySortType, MultiCommunityView } from "../views.ts";
import { readMultiCommunityViews } from "./view.ts";

/** Filters of the list (content §6.6). */
export interface MultiCommunityFilter {
  type_?: "all" | "local" | "subscribed";
  sort?: MultiCommunitySortType;
  creator_id?: number;
  /** 0 means no limit. */
  time_range_seconds?: number;
  search_term?: string;
  search_title_only?: boolean;
  page_cursor?: string;
  limit?: number;
}

interface Order {
  key: Key;
  direction: "asc" | "desc";
}

const count = (column: string): Order => ({
  key: { expression: `m.${column}`, type: "int4" },
  direction: "desc",
});
const date = (direction: "asc" | "desc"): Order => ({
  key: { expression: "m.published_at", type: "timestamptz" },
  direction,
});
const name = (direction: "asc" | "desc"): Order => ({
  key: { expression: "lower(m.name)", type: "text" },
  direction,
});

const SORTS: Record<MultiCommunitySortType, Order> = {
  new: date("desc"),
  old: date("asc"),
  name_asc: name("asc"),
  name_desc: name("desc"),
  communities: count("communities"),
  subscribers: count("subscribers"),
  subscribers_local: count("subscribers_local"),
};

const DEFAULT_LIMIT = 20;

/**
 * A page of multi-communities; deleted ones are their owner's alone.
 * @throws LemmyError `instance_is_private`, cursor errors
 */
export async function listMultiCommunities(
  ctx: Ctx,
  filter: MultiCommunityFilter,
): Promise<PagedResponse<MultiCommunityView>> {
  requireReadable(ctx);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("mc", filter.page_cursor);
  const { key, direction } = SORTS[filter.sort ?? "subscribers"];
  const keyset = {
    from: "multi_community m",
    alias: "m",
    table: "multi_community",
    segments: [{
      where: "true",
      keys: [key, { expression: "m.id", type: "int4" }],
      direction,
    }],
  };
  const where = conditions(ctx, filter);
  const ids = await pageIds(ctx, keyset, where, cursor, limit);
  const items = await readMultiCommunityViews(ctx, ids);
  return { items, ...pageCursors("mc", cursor, ids, limit) };
}

function conditions(ctx: Ctx, filter: MultiCommunityFilter): Conditions {
  const where = new Conditions();
  const me = where.value(ctx.viewer?.person.id ?? 0, "int4");
  where.add(`not m.deleted or m.creator_id = ${me}`);
  if (filter.type_ === "local") where.add("m.local");
  if (filter.type_ === "subscribed") {
    where.add(
      `m.id in (select multi_community_id from multi_community_follow where person_id = ${me})`,
    );
  }
  if (filter.creator_id !== undefined) {
    where.add(`m.creator_id = ${where.value(filter.creator_id, "int4")}`);
  }
  if (filter.time_range_seconds) {
    const since = new Date(
      ctx.now.getTime() - filter.time_range_seconds * 1000,
    );
    where.add(
      `m.published_at > ${where.value(since.toISOString(), "timestamptz")}`,
    );
  }
  if (filter.search_term?.trim()) {
    const texts = filter.search_title_only ? [] : ["summary", "sidebar"];
    const columns = { names: ["name", "title"], texts };
    where.add(textCondition(where, "m", filter.search_term, columns));
  }
  return where;
}
