import { CopyWriter } from "../../db/copy.ts";
import type { Sql } from "../../db/connection.ts";
import { ChunkRows } from "./chunk.ts";
import { scopeNumbers, type TextScope } from "./trigrams.ts";

/** Chunks whose rows are brought in order together, as long as there are no more. */
export const ARRANGED = 32;
const MOST_ARRANGED = 4 * ARRANGED;

/** Writes rows of a chunk of a table of texts. */
export async function writeRows(
  sql: Sql,
  table: string,
  chunk: number,
  rows: ChunkRows,
): Promise<void> {
  const writer = await CopyWriter.open(sql, `${table}_bits`, [
    "chunk",
    "trigram",
    "bits",
    "slots",
  ]);
  for (const { trigram, bits, slots } of rows.rows()) {
    await writer.write([
      chunk,
      trigram,
      bits && `x${bits.toHex()}`,
      slots && `\\x${slots.toHex()}`,
    ]);
  }
  await writer.close();
}

/**
 * Writes which texts of a chunk belong to which community and author.
 * @param ids of the texts, in order
 */
export async function writeScopes(
  sql: Sql,
  table: string,
  chunk: number,
  ids: readonly number[],
): Promise<void> {
  const items = table.replace(/_search$/, "");
  const found = await sql.unsafe<(TextScope & { id: number })[]>(
    `select id, community_id, creator_id from ${items} where id = any($1::int4[])`,
    [ids as number[]],
  );
  const scopes = new Map(found.map((item) => [item.id, scopeNumbers(item)]));
  const rows = new ChunkRows();
  for (const id of ids) rows.add(scopes.get(id) ?? []);
  await writeRows(sql, table, chunk, rows);
  await sql.unsafe(
    `update ${table}_chunk set scoped = true where id = $1::int4`,
    [chunk],
  );
}

/**
 * Writes the scopes of a chunk that has none yet.
 * @returns whether there may be more to do
 */
export async function scopeChunk(
  sql: Sql,
  { table }: { table: string },
): Promise<boolean> {
  const [chunk] = await sql.unsafe<{ id: number; ids: number[] }[]>(
    `select id, array(select u.id from ${table}_slot s, unnest(s.ids) with ordinality u (id, place)
         where s.chunk = c.id order by s.part, u.place) as ids
     from ${table}_chunk c where not scoped order by id limit 1 for update`,
  );
  if (!chunk) return false;
  await writeScopes(sql, table, chunk.id, chunk.ids);
  return true;
}

/** SQL condition: there are so many chunks whose rows are to be brought in order. */
export function isUnarranged(table: string, least: number): string {
  return `(select count(*) >= ${least} from ${table}_chunk where not arranged and retired_at is null)`;
}

/**
 * Brings the rows of some chunks into the order of their trigrams: what a search reads of many
 * chunks then lies together, a trigram's rows of them all in a few pages.
 * @param least for fewer chunks it does nothing yet
 * @returns whether there may be more to do
 */
export async function arrangeRows(
  sql: Sql,
  { table }: { table: string },
  least: number,
): Promise<boolean> {
  const chunks = await sql.unsafe<{ id: number }[]>(
    `select id from ${table}_chunk where scoped and not arranged and retired_at is null
     order by id limit ${MOST_ARRANGED} for update`,
  );
  if (chunks.length < least) return false;
  const ids = chunks.map(({ id }) => id);
  await sql.unsafe(
    `with rows as (delete from ${table}_bits where chunk = any($1::int4[]) returning *)
     insert into ${table}_bits select rows.* from rows join ${table}_chunk c on c.id = rows.chunk
     order by trigram, c.sections, chunk`,
    [ids],
  );
  await sql.unsafe(
    `update ${table}_chunk set arranged = true where id = any($1::int4[])`,
    [ids],
  );
  return true;
}
