import { type Ctx, query, queryListing } from "./context.ts";
import { Conditions } from "./conditions.ts";
import type { Cursor } from "./cursor.ts";
import { LemmyError } from "./errors.ts";
import type { TextMatch } from "./text_match.ts";

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
  const back = cursor?.direction === "back";
  const anchor = cursor ? await readAnchor(ctx, keyset, cursor.anchor) : null;
  const order = keyset.segments.map((_, index) => index);
  if (back) order.reverse();
  const start = anchor ? order.indexOf(anchor.segment) : 0;
  const read = keyset.match ? new TextSearch(keyset.match).read : readStretch;
  const ids: number[] = [];
  for (const index of order.slice(start)) {
    const segment = keyset.segments[index];
    if (segment.empty) continue;
    const position = anchor?.segment === index ? anchor.values : null;
    const stretch = stretchOf(
      keyset,
      segment,
      conditions,
      position,
      back,
      cursor?.inclusive ?? false,
      limit - ids.length,
    );
    ids.push(...await read(ctx, stretch));
    if (ids.length >= limit) break;
  }
  return back ? ids.reverse() : ids;
}

/** Part of a segment: from a position on, in list order or against it, so many rows. */
interface Stretch {
  keyset: Keyset;
  /** Of the listing, to which a statement may add its own. */
  conditions: Conditions;
  /** Which rows of the listing's own table may belong to it. */
  within: string;
  orderBy: string;
  limit: number;
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
  const within = [`(${segment.where})`];
  const direction = (segment.direction === "desc") === back ? "asc" : "desc";
  if (position) {
    const left = segment.keys.map((key) => key.expression).join(", ");
    const right = segment.keys.map((key, i) =>
      conditions.value(position[i], key.type)
    ).join(", ");
    const operator = (direction === "desc" ? "<" : ">") +
      (inclusive ? "=" : "");
    within.push(`(${left}) ${operator} (${right})`);
  }
  const orderBy = segment.keys.map((key) => `${key.expression} ${direction}`)
    .join(", ");
  return { keyset, conditions, within: within.join(" and "), orderBy, limit };
}

async function readStretch(ctx: Ctx, stretch: Stretch): Promise<number[]> {
  const { keyset, conditions, within } = stretch;
  conditions.add(within);
  return await readIds(ctx, stretch, keyset.from, conditions);
}

async function readIds(
  ctx: Ctx,
  { keyset, orderBy, limit }: Stretch,
  from: string,
  where: Conditions,
): Promise<number[]> {
  const run = keyset.onePlan && !keyset.match ? query : queryListing;
  const rows = await run<{ id: number }>(
    ctx,
    `select ${keyset.alias}.id from ${from} where ${where}
     order by ${orderBy} limit ${limit}`,
    where.parameters,
  );
  return rows.map((row) => row.id);
}

/** Rows that a search looks at in list order before it asks the index of trigrams. */
const WALK = 2000;
/** Rows it goes on to look at when it has found `PROMISING` in the first ones. */
const LONG_WALK = 20_000;
const PROMISING = 3;
/** Matching rows up to which their ids are fetched once for all stretches. */
const MAX_CANDIDATES = 5000;

/**
 * Reads a listing of rows that contain a text. Frequent terms are found by walking the listing for
 * a while, where the index would give half of the table; rare ones by the index, where a walk would
 * never end. Which they are is seen on the way.
 */
class TextSearch {
  #match: TextMatch;
  #rare = false;
  /** Ids of all matching rows; null when they are too many. */
  #candidates: Promise<number[] | null> | null = null;

  constructor(match: TextMatch) {
    this.#match = match;
  }

  read = async (ctx: Ctx, stretch: Stretch): Promise<number[]> => {
    if (this.#match.impossible) return [];
    if (!this.#rare) {
      let walk = await this.#walk(ctx, stretch, WALK);
      if (walk.ids.length >= PROMISING && !walk.complete) {
        walk = await this.#walk(ctx, stretch, LONG_WALK);
      }
      if (walk.complete) return walk.ids;
      this.#rare = true;
    }
    const candidates = await (this.#candidates ??= this.#readCandidates(ctx));
    if (candidates?.length === 0) return [];
    const { keyset, conditions: where, within } = stretch;
    where.add(within);
    where.add(
      `${keyset.alias}.id ` +
        (candidates === null
          ? `in (${this.#match.ids(where)})`
          : `= any(${where.value(candidates, "int4[]")})`),
    );
    return await readIds(ctx, stretch, keyset.from, where);
  };

  /**
   * Looks at so many rows in list order.
   * @returns what it found; complete when that is enough, or when there were no more rows
   */
  async #walk(
    ctx: Ctx,
    { keyset, conditions, within, orderBy, limit }: Stretch,
    rows: number,
  ): Promise<{ ids: number[]; complete: boolean }> {
    const { table, alias, from, scope } = keyset;
    const where = conditions.fork();
    where.add(this.#match.test(where));
    const [{ walked, ids }] = await queryListing<
      { walked: number; ids: number[] }
    >(
      ctx,
      `with walk as materialized (
         select * from ${table} ${alias} where ${within}${
        scope ? ` and ${scope}` : ""
      } order by ${orderBy} limit ${rows}
       )
       select (select count(*)::int4 from walk) as walked, array(
         select ${alias}.id from ${
        from.replace(`${table} ${alias}`, `walk ${alias}`)
      } where ${where} order by ${orderBy} limit ${limit}) as ids`,
      where.parameters,
    );
    return { ids, complete: ids.length >= limit || walked < rows };
  }

  async #readCandidates(ctx: Ctx): Promise<number[] | null> {
    const where = new Conditions();
    const rows = await queryListing<{ id: number }>(
      ctx,
      `${this.#match.ids(where)} limit ${MAX_CANDIDATES + 1}`,
      where.parameters,
    );
    return rows.length > MAX_CANDIDATES ? null : rows.map((row) => row.id);
  }
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
