import type { Conditions } from "./conditions.ts";
import { type Ctx, query, queryListing } from "./context.ts";
import type { Keyset, Segment } from "./keyset.ts";

/** Part of a segment: from a position on, in list order or against it, so many rows. */
export interface Stretch {
  keyset: Keyset;
  segment: Segment;
  /** Of the listing, to which a statement may add its own. */
  conditions: Conditions;
  /** Values of the segment's keys that the stretch begins after; null for its beginning. */
  position: unknown[] | null;
  direction: "asc" | "desc";
  /** Which rows of the segment come after the position. */
  after: string;
  orderBy: string;
  limit: number;
  /** To be read as well, with as many rows together; its conditions have no parameters of their own. */
  then?: Stretch;
}

/** Which rows of the listing's own table may belong to the stretch. */
export function within({ segment, after }: Stretch): string {
  return `(${segment.where}) and ${after}`;
}

/** SQL text of the ids of a stretch's rows that meet the conditions, in order. */
export function idsText(
  { keyset, orderBy, limit }: Stretch,
  where: Conditions,
): string {
  return `select ${keyset.alias}.id from ${keyset.from} where ${where}
     order by ${orderBy} limit ${limit}`;
}

/** Ids of a stretch's rows that meet the conditions, in order. */
export async function readIds(
  ctx: Ctx,
  stretch: Stretch,
  where: Conditions,
): Promise<number[]> {
  const { keyset } = stretch;
  const run = keyset.onePlan && !keyset.match ? query : queryListing;
  const rows = await run<{ id: number }>(
    ctx,
    idsText(stretch, where),
    where.parameters,
  );
  return rows.map((row) => row.id);
}
