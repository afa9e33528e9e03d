import type { Conditions } from "./conditions.ts";
import { type Ctx, query, queryListing } from "./context.ts";
import { type Stretch, within } from "./stretch.ts";
import { micros } from "./text_index/chunk.ts";
import type { Place } from "./text_index/pass.ts";
import type { TextMatch } from "./text_match.ts";
import { fromTexts, ofTexts } from "./text_walk.ts";

/** Rows from which on their places are gathered before they are read. */
const GATHERED = 100;

/**
 * Those of the candidates that belong to the stretch and contain the term. They are brought in
 * order first, so that texts are read up to the last one that is wanted.
 * @param candidates null for all rows of the listing's scope
 */
export async function amongCandidates(
  ctx: Ctx,
  match: TextMatch,
  stretch: Stretch,
  candidates: readonly number[] | null,
): Promise<number[]> {
  if (candidates?.length === 0) return [];
  const { keyset, segment, direction, limit, orderBy } = stretch;
  const { table, alias, from, scope } = keyset;
  const { key, table: texts } = match;
  const where = stretch.conditions.fork();
  const test = match.test(where, (column) => `s.${column}`);
  where.add(`(select ${test} from ${texts} s where s.${key} = ${alias}.id)`);
  const keys = segment.keys.map(({ expression }, n) =>
    `${expression} as key${n}`
  );
  const among = candidates &&
    `${alias}.id = any(${where.value(candidates, "int4[]")})`;
  const few = `(select ${alias}.id, ${keys.join(", ")} from ${table} ${alias}
    where ${[within(stretch), scope, among].filter(Boolean).join(" and ")}
    order by ${orderBy} offset 0) few`;
  const rows = await queryListing<{ id: number }>(
    ctx,
    `select ${alias}.id from ${few} join ` +
      from.replace(
        `${table} ${alias}`,
        `${table} ${alias} on ${alias}.id = few.id`,
      ) +
      ` where ${where} order by ${
        keys.map((_, n) => `few.key${n} ${direction}`).join(", ")
      } limit ${limit}`,
    where.parameters,
  );
  return rows.map(({ id }) => id);
}

/**
 * Those of the candidates that belong to the stretch and contain the term, in order.
 * @param idsOf an SQL array of the ids of some of them
 */
export async function checkCandidates<Candidate>(
  ctx: Ctx,
  match: TextMatch,
  stretch: Stretch,
  candidates: readonly Candidate[],
  idsOf: (some: readonly Candidate[], where: Conditions) => string,
): Promise<Place[]> {
  if (candidates.length === 0) return [];
  const where = stretch.conditions.fork();
  const { key, table } = match;
  const orderBy = ofTexts(match, stretch, stretch.orderBy);
  const among = halves(candidates).map((some) =>
    `s.${key} = any(${idsOf(some, where)})`
  );
  // In order, so that rows are read up to the last one that is wanted.
  const texts = `(select s.* from ${table} s where (${among.join(" or ")})
    and (${
    match.test(where, (column) => `s.${column}`)
  }) order by ${orderBy} offset 0)`;
  where.add(stretch.segment.where);
  where.add(ofTexts(match, stretch, stretch.after));
  return await query<Place>(
    ctx,
    `select s.${key} as id, ${micros("s.published_at")} as at
     from ${fromTexts(match, stretch, texts)} where ${where}
     order by ${orderBy} limit ${stretch.limit}`,
    where.parameters,
  );
}

/**
 * Candidates in one list or two. Of many, two lists make PostgreSQL gather the places of all rows
 * before it reads the first: then it has them read ahead, in the order of the table, where an index
 * would have it wait for one after the other.
 */
function halves<Candidate>(
  candidates: readonly Candidate[],
): (readonly Candidate[])[] {
  if (candidates.length < GATHERED) return [candidates];
  const half = candidates.length >> 1;
  return [candidates.slice(0, half), candidates.slice(half)];
}
