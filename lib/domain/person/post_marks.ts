import { relations } from "../account/relations.ts";
import { requireViewer } from "../account/session.ts";
import { addVisibility } from "../community/visibility.ts";
import { Conditions } from "../conditions.ts";
import type { Ctx } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { pageIds } from "../keyset.ts";
import { addBlocks } from "../listing_filters.ts";
import { readPostViews } from "../post/view.ts";
import type { PostView } from "../views.ts";

const DEFAULT_LIMIT = 20;

/** The two marks whose posts a user may list, with the tags of their cursors. */
const LISTS = { read_at: "r", hidden_at: "h" } as const;

interface Page {
  page_cursor?: string;
  limit?: number;
}

/** Posts the caller has read, the latest first (content §8). */
export async function listRead(
  ctx: Ctx,
  input: Page,
): Promise<PagedResponse<PostView>> {
  return await listMarked(ctx, input, "read_at");
}

/** Posts the caller has hidden, the latest first. */
export async function listHidden(
  ctx: Ctx,
  input: Page,
): Promise<PagedResponse<PostView>> {
  return await listMarked(ctx, input, "hidden_at");
}

/** Deleted and removed posts stay in, with blank texts; blocks and private communities count. */
async function listMarked(
  ctx: Ctx,
  input: Page,
  mark: keyof typeof LISTS,
): Promise<PagedResponse<PostView>> {
  const viewer = requireViewer(ctx);
  const list = LISTS[mark];
  const limit = checkLimit(input.limit, DEFAULT_LIMIT);
  const cursor = input.page_cursor === undefined
    ? null
    : decodeCursor(list, input.page_cursor);
  const related = await relations(ctx);
  const where = new Conditions();
  addVisibility(where, ctx, { hideUnlisted: false });
  addBlocks(where, ctx, related, "p");
  if (!viewer.local_user.admin) where.add("not c.local_removed");
  // The caller's rows under the names that a keyset scan uses.
  const marks = `(select post_id as id, ${mark} as marked_at from post_actions
    where person_id = ${viewer.person.id} and ${mark} is not null)`;
  const keyset = {
    from: `${marks} a join post p on p.id = a.id
      join community c on c.id = p.community_id`,
    alias: "a",
    table: marks,
    segments: [{
      where: "true",
      keys: [
        { expression: "a.marked_at", type: "timestamptz" },
        { expression: "a.id", type: "int4" },
      ],
      direction: "desc" as const,
    }],
  };
  const ids = await pageIds(ctx, keyset, where, cursor, limit);
  const items = await readPostViews(ctx, ids);
  return { items, ...pageCursors(list, cursor, ids, limit) };
}
