import { COMMUNITY_ACTIONS, select } from "../columns.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, queryViews } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { type Key, type Keyset, pageIds } from "../keyset.ts";
import {
  isModOrAdmin,
  requireActiveUser,
  requireReadable,
  standing,
} from "../permissions.ts";
import { type TextMatch, textMatch } from "../text_match.ts";
import type { CommunityActions, PersonSortType, PersonView } from "../views.ts";
import { readPersonViews } from "./view.ts";

/** Filters of the list of people (content §8). */
export interface PersonFilter {
  type_?: "all" | "local";
  sort?: PersonSortType;
  search_term?: string;
  search_title_only?: boolean;
  /** Only its followers, and those who are banned there; for its moderators. */
  community_id?: number;
  page_cursor?: string;
  limit?: number;
}

const PUBLISHED: Key = { expression: "u.published_at", type: "timestamptz" };

const SORTS: Record<PersonSortType, { key: Key; direction: "asc" | "desc" }> = {
  new: { key: PUBLISHED, direction: "desc" },
  old: { key: PUBLISHED, direction: "asc" },
  post_score: {
    key: { expression: "u.post_score", type: "int4" },
    direction: "desc",
  },
  comment_score: {
    key: { expression: "u.comment_score", type: "int4" },
    direction: "desc",
  },
};

const DEFAULT_LIMIT = 20;

/**
 * A page of people; deleted accounts and the hidden system account never appear. With a community
 * each view carries that person's own relation to it.
 * @throws LemmyError `instance_is_private`, `not_found`, `not_a_mod_or_admin`, cursor errors
 */
export async function listPersons(
  ctx: Ctx,
  filter: PersonFilter,
): Promise<PagedResponse<PersonView>> {
  requireReadable(ctx);
  const community = filter.community_id;
  if (community !== undefined) await requireModOrAdmin(ctx, community);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("u", filter.page_cursor);
  const { key, direction } = SORTS[filter.sort ?? "new"];
  const where = conditions(ctx, filter);
  const keyset: Keyset = {
    from: "person u",
    alias: "u",
    table: "person",
    segments: [{
      where: "true",
      keys: [key, { expression: "u.id", type: "int4" }],
      direction,
    }],
    match: searchMatch(filter),
  };
  const ids = await pageIds(ctx, keyset, where, cursor, limit);
  const items = await readPersonViews(ctx, ids);
  if (community !== undefined) await addRelations(ctx, items, community);
  return { items, ...pageCursors("u", cursor, ids, limit) };
}

async function requireModOrAdmin(ctx: Ctx, communityId: number): Promise<void> {
  if (ctx.viewer) requireActiveUser(ctx);
  const s = await standing(ctx, communityId);
  if (!s || !isModOrAdmin(ctx, s)) throw new LemmyError("not_a_mod_or_admin");
}

function conditions(ctx: Ctx, filter: PersonFilter): Conditions {
  const where = new Conditions();
  where.add("not u.deleted");
  where.add(`u.id <> ${where.value(ctx.site.systemAccountId, "int4")}`);
  if (filter.type_ === "local") where.add("u.local");
  if (filter.community_id !== undefined) {
    where.add(
      `u.id in (select person_id from community_actions where community_id = ${
        where.value(filter.community_id, "int4")
      } and (follow_state = 'accepted' or received_ban_at is not null))`,
    );
  }
  return where;
}

function searchMatch(
  { search_term, search_title_only }: PersonFilter,
): TextMatch | undefined {
  if (!search_term?.trim()) return undefined;
  return textMatch(
    search_term,
    {
      names: ["name", "display_name"],
      texts: search_title_only ? ["ap_id"] : ["ap_id", "bio"],
    },
    { table: "person_search", key: "person_id" },
  );
}

async function addRelations(
  ctx: Ctx,
  views: PersonView[],
  communityId: number,
): Promise<void> {
  const rows = await queryViews<
    { person_id: number; community_actions: CommunityActions }
  >(
    ctx,
    `select a.person_id, ${select("a", "community_actions", COMMUNITY_ACTIONS)}
     from community_actions a where a.community_id = $1::int4 and a.person_id = any($2::int4[])`,
    [communityId, views.map((view) => view.person.id)],
  );
  const found = new Map(
    rows
      .map((row) => [row.person_id, row.community_actions]),
  );
  for (const view of views) {
    const actions = found.get(view.person.id);
    if (actions) view.community_actions = actions;
  }
}
