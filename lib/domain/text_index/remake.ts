import type { Sql } from "../../db/connection.ts";
import { type ChunkKind, isOfKind, LONG_TEXTS, SHORT_TEXTS } from "./chunk.ts";
import { Draft, READ, type Text, type Texts } from "./draft.ts";
import { freshRows, storedRows } from "./rows.ts";

/** Chunks made anew at a time: the long texts of so many that hold both are about a full chunk. */
const TOGETHER = 3;

/** A search has long ended after a minute. */
const UNUSED = "retired_at < now() - interval '1 minute'";
/** Outdated chunks that are deleted together while there will be more: all rows are read for it. */
const DELETED_TOGETHER = 32;

/**
 * SQL condition: there is a chunk from before there were grams of five characters, or from before
 * long texts had chunks of their own.
 */
export function isOutdated(table: string): string {
  return `exists (select from ${table}_chunk where outdated and retired_at is null)`;
}

/** SQL condition: there is a chunk that others have replaced, and that no search can be using. */
export function isUnused(table: string): string {
  return `exists (select from ${table}_chunk where ${UNUSED})`;
}

/**
 * Makes chunks of the short texts and of the long texts of some outdated chunks, the newest first.
 * These are kept for a while, for searches under way.
 * @returns whether there may be more to do
 */
export async function remakeChunks(sql: Sql, texts: Texts): Promise<boolean> {
  const { table } = texts;
  const chunks = await sql.unsafe<{ id: number }[]>(
    `select id from ${table}_chunk where outdated and retired_at is null
     order by last_at desc, id desc limit ${TOGETHER} for update`,
  );
  if (chunks.length === 0) return false;
  const ids = chunks.map(({ id }) => id);
  for (const id of ids) await remake(sql, texts, SHORT_TEXTS, [id]);
  await remake(sql, texts, LONG_TEXTS, ids);
  await sql.unsafe(
    `update ${table}_chunk set retired_at = clock_timestamp() where id = any($1::int4[])`,
    [ids],
  );
  return true;
}

/** Makes chunks of the texts of one kind that some chunks hold. */
async function remake(
  sql: Sql,
  { table, key, text }: Texts,
  kind: ChunkKind,
  chunks: readonly number[],
): Promise<void> {
  const rows = await sql.unsafe<{ id: number }[]>(
    `select ${key} as id from ${table} t
     where ${key} in (select unnest(ids) from ${table}_slot where chunk = any($1::int4[]))
       and ${isOfKind(kind, text)}
     order by t.published_at, ${key}`,
    [chunks as number[]],
  );
  const ids = rows.map(({ id }) => id);
  for (let start = 0; start < ids.length;) {
    const some = ids.slice(start, start + kind.texts);
    const draft = new Draft(kind);
    const texts = sql.unsafe<Text[]>(
      `select ${key} as id, t.published_at::text as published_at, ${text} as content from ${table} t
       where ${key} = any($1::int4[]) order by t.published_at, ${key}`,
      [some],
    );
    await draft.fill(texts.cursor(READ));
    await draft.store(sql, table);
    const last = draft.places.at(-1);
    // Some may have been deleted meanwhile, perhaps all of them.
    start = last ? ids.indexOf(last.id, start) + 1 : start + some.length;
  }
}

/**
 * Deletes chunks that have been made anew or merged.
 * @param searched whether searches may be using those of the last minute
 * @returns the tables of rows that have room now
 */
export async function deleteUnused(
  sql: Sql,
  { table }: Texts,
  searched: boolean,
): Promise<string[]> {
  const unused = searched ? UNUSED : "retired_at is not null";
  const [{ members, outdated, left }] = await sql.unsafe<
    [{ members: number[]; outdated: number[]; left: boolean }]
  >(
    `select array(select id from ${table}_chunk where ${unused} and not outdated for update) as members,
       array(select id from ${table}_chunk where ${unused} and outdated for update) as outdated,
       ${isOutdated(table)} as left`,
  );
  const enough = left ? DELETED_TOGETHER : 1;
  const remade = outdated.length < enough ? [] : outdated;
  const ids = [...members, ...remade];
  for (
    const [from, column, some] of [
      [freshRows(table), "chunk", members],
      [storedRows(table), "chunk", remade],
      [`${table}_slot`, "chunk", ids],
      [`${table}_chunk`, "id", ids],
    ] as const
  ) {
    // All rows are read for it.
    if (some.length === 0) continue;
    await sql.unsafe(
      `delete from ${from} where ${column} = any($1::int4[])`,
      [some as number[]],
    );
  }
  return [
    ...members.length > 0 ? [freshRows(table)] : [],
    ...remade.length > 0 ? [storedRows(table)] : [],
  ];
}
