import type { Conditions } from "./conditions.ts";
import { type Ctx, queryListing } from "./context.ts";
import { type Stretch, within } from "./stretch.ts";
import { isShort, type TextMatch } from "./text_match.ts";

/** A way through the rows of a listing, in SQL. */
interface Walk {
  from: string;
  orderBy: string;
  /** Gives a row for each that is walked. */
  walked: string;
}

/** Whether the index of the texts by time gives them in the order of the stretch. */
export function liesInOrder(match: TextMatch, stretch: Stretch): boolean {
  return match.dated === true && stretch.keyset.scope === undefined &&
    isByTime(stretch);
}

/** Whether the stretch is in the order of time, be it only of a part of all rows. */
export function isByTime({ keyset, segment }: Stretch): boolean {
  const [first, second, ...more] = segment.keys;
  return first.expression === `${keyset.alias}.published_at` &&
    second?.expression === `${keyset.alias}.id` && more.length === 0;
}

/** Whether an index has the rows in the order of the stretch: those of one author only by time. */
export function isIndexed({ scope }: TextMatch, stretch: Stretch): boolean {
  return scope?.creator_id === undefined || isByTime(stretch);
}

/**
 * Looks at so many rows in list order.
 * @returns what it found; complete when that is enough, or when there were no more rows
 */
export async function walk(
  ctx: Ctx,
  match: TextMatch,
  stretch: Stretch,
  rows: number,
): Promise<{ ids: number[]; complete: boolean }> {
  const where = stretch.conditions.fork();
  const { from, orderBy, walked } = liesInOrder(match, stretch)
    ? walkOfTexts(match, stretch, where, rows)
    : walkOfRows(match, stretch, where, rows);
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
function walkOfRows(
  match: TextMatch,
  stretch: Stretch,
  where: Conditions,
  rows: number,
): Walk {
  const { keyset: { table, alias, from, scope }, segment, orderBy } = stretch;
  const { columns, key, table: texts } = match;
  const conditions = [within(stretch)];
  if (scope) conditions.push(scope);
  // The rows of a person or community have an index by time for every order.
  if (scope && segment.since) {
    conditions.push(
      `${alias}.published_at >= ${where.value(segment.since, "timestamptz")}`,
    );
  }
  const end = `where ${conditions.join(" and ")}
    order by ${orderBy} limit ${rows}`;
  // A term too short for texts is looked for in names alone, which stand in the row itself.
  const inRow = isShort(match.term);
  const searched = inRow
    ? []
    : columns.map((column) => `, s.${column} as searched_${column}`);
  const joined = inRow ? "" : `join ${texts} s on s.${key} = ${alias}.id`;
  where.add(
    match.test(
      where,
      (column) =>
        inRow ? `lower(${alias}.${column})` : `${alias}.searched_${column}`,
    ),
  );
  return {
    from: from.replace(
      `${table} ${alias}`,
      `(select ${alias}.*${
        searched.join("")
      } from ${table} ${alias} ${joined} ${end}) ${alias}`,
    ),
    orderBy,
    walked: `select from ${table} ${alias} ${end}`,
  };
}

/** Along the texts; only for those that match their row is read. */
function walkOfTexts(
  match: TextMatch,
  stretch: Stretch,
  where: Conditions,
  rows: number,
): Walk {
  const { table: texts } = match;
  const end = `where ${ofTexts(match, stretch, stretch.after)}
    order by ${ofTexts(match, stretch, stretch.orderBy)} limit ${rows}`;
  where.add(match.test(where, (column) => `s.${column}`));
  where.add(stretch.segment.where);
  return {
    from: fromTexts(match, stretch, `(select s.* from ${texts} s ${end})`),
    orderBy: ofTexts(match, stretch, stretch.orderBy),
    walked: `select from ${texts} s ${end}`,
  };
}

/** The `from` part of the listing for rows of the searched table, which are called `s`. */
export function fromTexts(
  match: TextMatch,
  { keyset: { table, alias, from } }: Stretch,
  texts: string,
): string {
  const { key } = match;
  return `${texts} s join ` + from.replace(
    `${table} ${alias}`,
    `${table} ${alias} on ${alias}.id = s.${key}`,
  );
}

/** The same of the texts, which have the time and the id of their row. */
export function ofTexts(
  match: TextMatch,
  { keyset: { alias } }: Stretch,
  text: string,
): string {
  return text.replaceAll(`${alias}.published_at`, "s.published_at")
    .replaceAll(`${alias}.id`, `s.${match.key}`);
}
