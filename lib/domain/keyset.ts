import { type Ctx, query } from "./context.ts";
import type { Conditions } from "./conditions.ts";
import type { Cursor } from "./cursor.ts";
import { LemmyError } from "./errors.ts";
import { readIds, type Stretch, within } from "./stretch.ts";
import type { TextMatch } from "./text_match.ts";
import { TextSearch } from "./text_search.ts";

/** One key of an order: an SQL expression and the type its values are compared as. */
export interface Key {
  expression: string;
  type: string;
}

/**
 * A stretch of a listing that one index gives in order. A listing is its segments one after the
 * other, for example pinned posts, ranked posts, and the long tail whose rank is zero.
 */
export interface Segment {
  /** Which rows belong to the segment; segments exclude each other. */
  where: string;
  keys: readonly Key[];
  direction: "asc" | "desc";
  /** Known to hold nothing now, so that it need not be read. */
  empty?: boolean;
  /** So few rows that whoever looks for a text in them looks at each. */
  few?: boolean;
  /** None of its rows was published before this. */
  since?: string;
  /** Adds a condition that all of its rows of the listing meet, by which an index finds them. */
  narrow?: (where: Conditions) => void;
}

export interface Keyset {
  /** `from` part with the aliases that the conditions use. */
  from: string;
  /** Alias of the table whose `id` names a row, and that table. */
  alias: string;
  table: string;
  segments: readonly Segment[];
  /**
   * No parameter narrows the listing by much, so that one kept plan serves everybody; else each
   * page is planned for its actual parameters.
   */
  onePlan?: boolean;
  /** Leaves only rows that contain a text. */
  match?: TextMatch;
  /** Only rows published after this are in the listing; its conditions say so as well. */
  since?: string;
  /** Conditions of the listing on its own table that an index in its order has, for a walk. */
  scope?: string;
}

/** Ids are 32-bit integers. */
const MAX_ID = 0x7fffffff;

/**
 * Ids of one page in list order. The anchor's position is taken from its current sort key, so
 * rows may move between two pages, but none is skipped because another one vanished.
 * @throws LemmyError `not_found` when the anchor's row does not exist any more
 */
export async function pageIds(
  ctx: Ctx,
  keyset: Keyset,
  conditions: Conditions,
  cursor: Cursor | null,
  limit: number,
): Promise<number[]> {
  const read = keyset.match ? new TextSearch(keyset.match).read : readStretch;
  return await readPage(ctx, keyset, conditions, cursor, limit, read);
}

/**
 * As `pageIds`, with a way of its own to read the rows of a stretch; of a listing with one plan, also
 * of a stretch and the one `then`.
 */
export async function readPage<Item>(
  ctx: Ctx,
  keyset: Keyset,
  conditions: Conditions,
  cursor: Cursor | null,
  limit: number,
  read: (ctx: Ctx, stretch: Stretch) => Promise<Item[]>,
): Promise<Item[]> {
  const back = cursor?.direction === "back";
  const anchor = cursor ? await readAnchor(ctx, keyset, cursor.anchor) : null;
  const order = keyset.segments.map((_, index) => index);
  if (back) order.reverse();
  const start = anchor ? order.indexOf(anchor.segment) : 0;
  const items: Item[] = [];
  const left = order.slice(start)
    .filter((index) => !keyset.segments[index].empty);
  for (let index; (index = left.shift()) !== undefined;) {
    const segment = keyset.segments[index];
    const position = anchor?.segment === index ? anchor.values : null;
    const stretchIn = (segment: Segment) =>
      stretchOf(
        keyset,
        segment,
        conditions,
        position,
        back,
        cursor?.inclusive ?? false,
        limit - items.length,
      );
    const stretch = stretchIn(segment);
    // A few rows before all others come with those: what is read once costs half.
    if (keyset.onePlan && segment.few && !position && left.length > 0) {
      stretch.then = stretchIn(keyset.segments[left.shift()!]);
    }
    items.push(...await read(ctx, stretch));
    if (items.length >= limit) break;
  }
  return back ? items.reverse() : items;
}

function stretchOf(
  keyset: Keyset,
  segment: Segment,
  shared: Conditions,
  position: unknown[] | null,
  back: boolean,
  inclusive: boolean,
  limit: number,
): Stretch {
  const conditions = shared.fork();
  segment.narrow?.(conditions);
  let after = "true";
  const direction = (segment.direction === "desc") === back ? "asc" : "desc";
  if (position) {
    const left = segment.keys.map((key) => key.expression).join(", ");
    const right = segment.keys.map((key, i) =>
      conditions.value(position[i], key.type)
    ).join(", ");
    const operator = (direction === "desc" ? "<" : ">") +
      (inclusive ? "=" : "");
    after = `(${left}) ${operator} (${right})`;
  }
  const orderBy = segment.keys.map((key) => `${key.expression} ${direction}`)
    .join(", ");
  return {
    keyset,
    segment,
    conditions,
    position,
    direction,
    after,
    orderBy,
    limit,
  };
}

/** Which rows make the stretch. */
export function stretchConditions(stretch: Stretch): Conditions {
  const { conditions } = stretch;
  conditions.add(within(stretch));
  return conditions;
}

async function readStretch(ctx: Ctx, stretch: Stretch): Promise<number[]> {
  return await readIds(ctx, stretch, stretchConditions(stretch));
}

async function readAnchor(
  ctx: Ctx,
  { table, alias, segments }: Keyset,
  id: number,
): Promise<{ segment: number; values: unknown[] }> {
  if (id > MAX_ID) throw new LemmyError("not_found");
  const columns = segments.flatMap((segment, s) => [
    `(${segment.where}) as s${s}`,
    ...segment.keys.map((key, k) => `${key.expression} as s${s}k${k}`),
  ]);
  const rows = await query<Record<string, unknown>>(
    ctx,
    `select ${
      columns.join(", ")
    } from ${table} ${alias} where ${alias}.id = $1::int4`,
    [id],
  );
  if (rows.length === 0) throw new LemmyError("not_found");
  const segment = segments.findIndex((_, s) => rows[0][`s${s}`] === true);
  if (segment < 0) throw new LemmyError("not_found");
  return {
    segment,
    values: segments[segment].keys.map((_, k) => rows[0][`s${segment}k${k}`]),
  };
}
