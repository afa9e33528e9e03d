import { Conditions } from "../conditions.ts";
import { ID_LIST } from "../columns.ts";
import { type Ctx, queryViews } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { pageIds } from "../keyset.ts";
import type { Tagline } from "../views.ts";

const DEFAULT_LIMIT = 20;

/** The site's taglines, newest first; for everybody (accounts-and-site §4.13). */
export async function listTaglines(
  ctx: Ctx,
  filter: { page_cursor?: string; limit?: number },
): Promise<PagedResponse<Tagline>> {
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("tl", filter.page_cursor);
  const keyset = {
    from: "tagline t",
    alias: "t",
    table: "tagline",
    segments: [{
      where: "true",
      keys: [
        { expression: "t.published_at", type: "timestamptz" },
        { expression: "t.id", type: "int4" },
      ],
      direction: "desc" as const,
    }],
  };
  const ids = await pageIds(ctx, keyset, new Conditions(), cursor, limit);
  const items = await readTaglines(ctx, ids);
  return { items, ...pageCursors("tl", cursor, ids, limit) };
}

/** The taglines with these ids, in the order of the ids. */
export async function readTaglines(
  ctx: Ctx,
  ids: readonly number[],
): Promise<Tagline[]> {
  return await queryViews<Tagline>(
    ctx,
    `select t.id, t.content, t.published_at, t.updated_at
     from ${ID_LIST} join tagline t on t.id = list.id order by list.position`,
    [ids],
  );
}
