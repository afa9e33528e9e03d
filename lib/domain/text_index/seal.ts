import { CopyWriter } from "../../db/copy.ts";
import type { Sql } from "../../db/connection.ts";
import { CHUNK_SIZE, ChunkRows, PART_SIZE } from "./chunk.ts";
import {
  ARRANGED,
  arrangeRows,
  isUnarranged,
  scopeChunk,
  writeRows,
  writeScopes,
} from "./rows.ts";
import { trigramsOf } from "./trigrams.ts";

/** Recent texts that are left, as the newest are those that are edited. */
const KEPT_RECENT = 1000;
/** Texts read at a time. */
const READ = 500;
/** Characters of a chunk: more make it smaller, as its rows are made in memory. */
const MAX_LENGTH = 8_000_000;

/** A table of texts that are in chunks. */
export interface Texts {
  table: string;
  /** Column with the id of a text. */
  key: string;
  /** Column or expression with the whole text, in lower case. */
  text: string;
}

const TEXTS: readonly Texts[] = [
  { table: "comment_search", key: "comment_id", text: "content" },
  {
    table: "post_search",
    key: "post_id",
    text: "concat_ws(E'\\n', name, body)",
  },
];

interface Text {
  id: number;
  published_at: string;
  content: string;
  version?: number;
}

/** SQL condition: there are enough texts for a chunk, or there is something left from before. */
export const UNSEALED = TEXTS.map(({ table }) =>
  `exists (select from ${table}_backfill) or to_regclass('${table}_trigrams') is not null
   or exists (select from ${table}_chunk where not scoped) or ${
    isUnarranged(table, ARRANGED)
  } or ${isEnough(table, CHUNK_SIZE)}`
).join(" or ");

/** SQL condition: the recent texts make a chunk of so many. */
function isEnough(table: string, size: number): string {
  return `(select count(*) >= ${size + KEPT_RECENT}
     or coalesce(sum(octet_length(content)) > ${2 * MAX_LENGTH}, false)
   from ${table}_recent)`;
}

/**
 * Makes chunks of the texts that are in none yet: those from before there were chunks, then as many
 * full ones as the recent texts give. Then it arranges their rows.
 * @param options `stopping` tells whether to end between two chunks, `size` how many texts a full
 * one has, `arranged` how many chunks at least are arranged together
 */
export async function sealTexts(
  sql: Sql,
  { stopping, size = CHUNK_SIZE, arranged = ARRANGED }: {
    stopping?: () => boolean;
    size?: number;
    arranged?: number;
  } = {},
): Promise<void> {
  for (const texts of TEXTS) {
    const arrange = (tx: Sql) => arrangeRows(tx, texts, arranged);
    const steps: ((tx: Sql) => Promise<boolean>)[] = [
      (tx) => backfillChunk(tx, texts, size),
      (tx) => sealRecent(tx, texts, size),
      (tx) => scopeChunk(tx, texts),
      arrange,
    ];
    for (const step of steps) {
      for (let more = true; more && !stopping?.();) {
        more = await sql.begin((tx) => step(tx as unknown as Sql));
        // The next ones take the room that these leave.
        if (more && step === arrange) {
          await sql.unsafe(`vacuum ${texts.table}_bits`);
        }
      }
    }
    await dropOldIndex(sql, texts.table);
  }
}

/** @returns whether there may be more to do */
async function backfillChunk(
  sql: Sql,
  { table, key, text }: Texts,
  size: number,
): Promise<boolean> {
  const [from] = await sql.unsafe<{ published_at: string; id: number }[]>(
    `select published_at::text, id from ${table}_backfill for update`,
  );
  if (!from) return false;
  const texts = sql.unsafe<Text[]>(
    `select ${key} as id, t.published_at::text as published_at, ${text} as content from ${table} t
     where (t.published_at, ${key}) > ($1::timestamptz, $2::int4)
     order by t.published_at, ${key} limit ${size}`,
    [from.published_at, from.id],
  );
  const chunk = await write(sql, table, texts.cursor(READ));
  if (chunk.length === 0) {
    await sql.unsafe(`delete from ${table}_backfill`);
    return false;
  }
  const { published_at, id } = chunk[chunk.length - 1];
  await sql.unsafe(
    `update ${table}_backfill set published_at = $1::timestamptz, id = $2::int4`,
    [published_at, id],
  );
  return true;
}

/** @returns whether there may be more to do */
async function sealRecent(
  sql: Sql,
  { table }: Texts,
  size: number,
): Promise<boolean> {
  const [{ enough }] = await sql.unsafe<[{ enough: boolean }]>(
    `select ${isEnough(table, size)} as enough`,
  );
  if (!enough) return false;
  const texts = sql.unsafe<Text[]>(
    `select id, t.published_at::text as published_at, content, version
     from ${table}_recent t order by t.published_at, id limit ${size}`,
  );
  const chunk = await write(sql, table, texts.cursor(READ));
  // Those that have been changed since stay.
  await sql.unsafe(
    `delete from ${table}_recent r using unnest($1::int4[], $2::int8[]) as s(id, version)
     where r.id = s.id and r.version = s.version`,
    [chunk.map(({ id }) => id), chunk.map(({ version }) => version!)],
  );
  return true;
}

type Place = Omit<Text, "content">;

/**
 * Writes a chunk of the first of the given texts, which come in the order of time.
 * @returns the places of the texts
 */
async function write(
  sql: Sql,
  table: string,
  texts: AsyncIterable<Text[]>,
): Promise<Place[]> {
  const places: Place[] = [];
  let length = 0;
  const chunk = new ChunkRows();
  for await (const some of texts) {
    for (const { content, ...place } of some) {
      chunk.add(trigramsOf(content));
      length += content.length;
      places.push(place);
    }
    if (length > MAX_LENGTH) break;
  }
  if (places.length === 0) return places;
  const first = places[0];
  const last = places[places.length - 1];
  const [{ id }] = await sql.unsafe<[{ id: number }]>(
    `insert into ${table}_chunk (first_at, first_id, last_at, last_id, size)
     values ($1::timestamptz, $2::int4, $3::timestamptz, $4::int4, $5::int4) returning id`,
    [first.published_at, first.id, last.published_at, last.id, places.length],
  );
  await writeRows(sql, table, id, chunk);
  const parts = await CopyWriter.open(sql, `${table}_slot`, [
    "chunk",
    "part",
    "ids",
  ]);
  for (let start = 0; start < places.length; start += PART_SIZE) {
    const ids = places.slice(start, start + PART_SIZE)
      .map((place) => place.id);
    await parts.write([id, start / PART_SIZE, `{${ids.join(",")}}`]);
  }
  await parts.close();
  await writeScopes(sql, table, id, places.map((place) => place.id));
  return places;
}

/** The index that is searched as long as not all texts are in chunks. */
async function dropOldIndex(sql: Sql, table: string): Promise<void> {
  const [{ unneeded }] = await sql.unsafe<[{ unneeded: boolean }]>(
    `select to_regclass('${table}_trigrams') is not null
       and not exists (select from ${table}_backfill) as unneeded`,
  );
  if (!unneeded) return;
  await sql.unsafe(`drop index concurrently if exists ${table}_trigrams`);
}
