import { CopyWriter } from "../../db/copy.ts";
import type { Sql } from "../../db/connection.ts";
import { type ChunkRow, ChunkRows, PART_SIZE } from "./chunk.ts";
import { scopeNumbers, type TextScope } from "./grams.ts";

/**
 * The table with the rows of chunks that are yet to be merged: a small one, in which adding and
 * deleting is cheap. What makes chunks outdated again has to move theirs into the other table.
 */
export function freshRows(table: string): string {
  return `${table}_fresh`;
}

/** The table with the rows of merged chunks, and of outdated ones. */
export function storedRows(table: string): string {
  return `${table}_bits`;
}

/** Writes rows of a chunk of a table of texts that has been made. */
export async function writeRows(
  sql: Sql,
  table: string,
  chunk: number,
  rows: ChunkRows,
): Promise<void> {
  const writer = await openRows(sql, freshRows(table));
  for (const row of rows.rows()) await writeRow(writer, chunk, row);
  await writer.close();
}

/** Begins to write rows into a table of rows. */
export async function openRows(sql: Sql, table: string): Promise<CopyWriter> {
  return await CopyWriter.open(sql, table, [
    "chunk",
    "gram",
    "bits",
    "slots",
  ]);
}

export async function writeRow(
  writer: CopyWriter,
  chunk: number,
  { gram, bits, slots }: ChunkRow,
): Promise<void> {
  await writer.write([
    chunk,
    gram,
    bits && `x${bits.toHex()}`,
    slots && `\\x${slots.toHex()}`,
  ]);
}

/** Writes which text each number of a chunk stands for; null for a number that none has. */
export async function writeSlots(
  sql: Sql,
  table: string,
  chunk: number,
  ids: readonly (number | null)[],
): Promise<void> {
  const parts = await CopyWriter.open(sql, `${table}_slot`, [
    "chunk",
    "part",
    "ids",
  ]);
  for (let start = 0; start < ids.length; start += PART_SIZE) {
    const part = ids.slice(start, start + PART_SIZE)
      .map((id) => id ?? "NULL");
    await parts.write([chunk, start / PART_SIZE, `{${part.join(",")}}`]);
  }
  await parts.close();
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
}
