import { Conditions } from "./conditions.ts";
import { type Ctx, queryListing } from "./context.ts";
import { readIds, type Stretch, within } from "./stretch.ts";
import type { TextMatch } from "./text_match.ts";

/** Rows that a search looks at in list order before it asks the index of trigrams. */
const WALK = 2000;
/** Rows it goes on to look at when it has found `PROMISING` in the first ones. */
const LONG_WALK = 20_000;
/** The same along texts that lie in list order, where a row takes a microsecond. */
const LONG_WALK_OF_TEXTS = 30_000;
const PROMISING = 3;
/** Matching rows up to which their ids are fetched once for all stretches. */
const MAX_CANDIDATES = 5000;

/** A way through the rows of a listing, in SQL. */
interface Walk {
  from: string;
  orderBy: string;
  /** Gives a row for each that is walked. */
  walked: string;
}

/**
 * Reads a listing of rows that contain a text. Frequent terms are found by walking the listing for
 * a while, where the index would give half of the table; rare ones by the index, where a walk would
 * never end. Which they are is seen on the way. Of several words each may be frequent and all of
 * them together rare: then the index has the most to do, and is asked last.
 */
export class TextSearch {
  #match: TextMatch;
  #rare = false;
  /** Ids of all matching rows; null when they are too many. */
  #candidates: Promise<number[] | null> | null = null;

  constructor(match: TextMatch) {
    this.#match = match;
  }

  /** Ids of the stretch's rows that contain the text, in order. */
  read = async (ctx: Ctx, stretch: Stretch): Promise<number[]> => {
    if (this.#match.impossible) return [];
    const quick = this.#liesInOrder(stretch);
    const long = quick ? LONG_WALK_OF_TEXTS : LONG_WALK;
    if (!this.#rare) {
      let walk = await this.#walk(ctx, stretch, WALK);
      const promising = walk.ids.length >= PROMISING ||
        (quick && this.#match.words > 1);
      if (promising && !walk.complete) {
        walk = await this.#walk(ctx, stretch, long);
      }
      if (walk.complete) return walk.ids;
      this.#rare = true;
    }
    const candidates = await (this.#candidates ??= this.#readCandidates(ctx));
    if (candidates?.length === 0) return [];
    const { keyset, conditions: where } = stretch;
    where.add(within(stretch));
    where.add(
      `${keyset.alias}.id ` +
        (candidates === null
          ? `in (${this.#match.ids(where)})`
          : `= any(${where.value(candidates, "int4[]")})`),
    );
    return await readIds(ctx, stretch, where);
  };

  /** Whether the index of the texts by time gives them in the order of the stretch. */
  #liesInOrder({ keyset, segment }: Stretch): boolean {
    const [first, second, ...more] = segment.keys;
    return this.#match.dated === true && keyset.scope === undefined &&
      first.expression === `${keyset.alias}.published_at` &&
      second?.expression === `${keyset.alias}.id` && more.length === 0;
  }

  /**
   * Looks at so many rows in list order.
   * @returns what it found; complete when that is enough, or when there were no more rows
   */
  async #walk(
    ctx: Ctx,
    stretch: Stretch,
    rows: number,
  ): Promise<{ ids: number[]; complete: boolean }> {
    const where = stretch.conditions.fork();
    const { from, orderBy, walked } = this.#liesInOrder(stretch)
      ? this.#walkOfTexts(stretch, where, rows)
      : this.#walkOfRows(stretch, where, rows);
    const { keyset: { alias }, limit } = stretch;
    const [{ ids, count }] = await queryListing<
      { ids: number[]; count: number | null }
    >(
      ctx,
      // Rows are read on demand, up to the last one that was wanted, and only counted if too few.
      `with found as materialized (select array(
         select ${alias}.id from ${from} where ${where} order by ${orderBy} limit ${limit}) as ids)
       select ids, case when cardinality(ids) < ${limit}
         then (select count(*)::int4 from (${walked}) w) end as count from found`,
      where.parameters,
    );
    return { ids, complete: count === null || count < rows };
  }

  /** Along the rows of the listing, each with its text. */
  #walkOfRows(stretch: Stretch, where: Conditions, rows: number): Walk {
    const { keyset: { table, alias, from, scope }, orderBy } = stretch;
    const { columns, key, table: texts } = this.#match;
    const name = (column: string) => `searched_${column}`;
    where.add(this.#match.test(where, (column) => `${alias}.${name(column)}`));
    const searched = columns.map((column) => `s.${column} as ${name(column)}`);
    const end = `where ${within(stretch)}${scope ? ` and ${scope}` : ""}
      order by ${orderBy} limit ${rows}`;
    return {
      from: from.replace(
        `${table} ${alias}`,
        `(select ${alias}.*, ${searched.join(", ")} from ${table} ${alias}
          join ${texts} s on s.${key} = ${alias}.id ${end}) ${alias}`,
      ),
      orderBy,
      walked: `select from ${table} ${alias} ${end}`,
    };
  }

  /** Along the texts; only for those that match their row is read. */
  #walkOfTexts(stretch: Stretch, where: Conditions, rows: number): Walk {
    const { keyset: { table, alias, from }, segment } = stretch;
    const { key, table: texts } = this.#match;
    const ofText = (text: string) =>
      text.replaceAll(`${alias}.published_at`, "s.published_at")
        .replaceAll(`${alias}.id`, `s.${key}`);
    where.add(this.#match.test(where, (column) => `s.${column}`));
    where.add(segment.where);
    const end = `where ${ofText(stretch.after)}
      order by ${ofText(stretch.orderBy)} limit ${rows}`;
    return {
      from: `(select s.* from ${texts} s ${end}) s join ` +
        from.replace(
          `${table} ${alias}`,
          `${table} ${alias} on ${alias}.id = s.${key}`,
        ),
      orderBy: ofText(stretch.orderBy),
      walked: `select from ${texts} s ${end}`,
    };
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
