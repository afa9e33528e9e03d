import type { Sql } from "../../db/connection.ts";
import { type ChunkKind, isOfKind, KINDS } from "./chunk.ts";
import { Draft, MAX_LENGTH, READ, type Text, type Texts } from "./draft.ts";
import { isUnmerged, mergeChunks, MERGED_TOGETHER } from "./merge.ts";
import { deleteUnused, isOutdated, isUnused, remakeChunks } from "./remake.ts";

/** Share of the recent texts that are left, as the newest are those that are edited. */
const KEPT_RECENT = 1 / 16;

const TEXTS: readonly Texts[] = [
  { table: "comment_search", key: "comment_id", text: "content" },
  {
    table: "post_search",
    key: "post_id",
    text: "concat_ws(E'\\n', name, body)",
  },
];

/** SQL condition: there is enough for a chunk or a merged one, or there is something left from before. */
export const UNSEALED = TEXTS.flatMap(({ table }) => [
  `exists (select from ${table}_backfill)`,
  `to_regclass('${table}_trigrams') is not null`,
  isUnmerged(table, MERGED_TOGETHER),
  isOutdated(table),
  isUnused(table),
  ...KINDS.map((kind) => isEnough(table, kind)),
]).join(" or ");

/** SQL condition: the recent texts of a kind make a chunk. */
function isEnough(table: string, kind: ChunkKind): string {
  return `(select count(*) >= ${Math.ceil(kind.texts * (1 + KEPT_RECENT))}
     or coalesce(sum(octet_length(content)) > ${2 * MAX_LENGTH}, false)
   from ${table}_recent where ${isOfKind(kind, "content")})`;
}

/**
 * Makes chunks of the texts that are in none yet: those from before there were chunks, then as many
 * full ones as the recent texts give. Then it brings what there is into today's form.
 * @param options `stopping` tells whether to end between two chunks, `kinds` how many texts full
 * ones have, `together` how many of them at least are merged at a time, `searched` is false where no
 * search is under way
 */
export async function sealTexts(
  sql: Sql,
  {
    stopping,
    kinds = KINDS,
    together = MERGED_TOGETHER,
    searched = true,
  }: {
    stopping?: () => boolean;
    kinds?: readonly ChunkKind[];
    together?: number;
    searched?: boolean;
  } = {},
): Promise<void> {
  /** Keeps the rows of chunks that are yet to be merged few. */
  const merge = async (texts: Texts) => {
    const tables = await sql.begin((tx) =>
      deleteUnused(tx as unknown as Sql, texts, searched)
    );
    // The next rows should take the room that is left.
    for (const table of tables) await sql.unsafe(`vacuum ${table}`);
    return await sql.begin((tx) =>
      mergeChunks(tx as unknown as Sql, texts, kinds, together)
    );
  };
  const work = async (texts: Texts, step: (tx: Sql) => Promise<boolean>) => {
    while (
      !stopping?.() && await sql.begin((tx) => step(tx as unknown as Sql))
    ) await merge(texts);
  };
  // New texts of both tables before old chunks of either, which may take an hour.
  for (const texts of TEXTS) {
    for (const step of [backfillChunk, sealRecent]) {
      for (const kind of kinds) {
        await work(texts, (tx) => step(tx, texts, kind));
      }
    }
    await dropOldIndex(sql, texts.table);
  }
  for (const texts of TEXTS) {
    await work(texts, (tx) => remakeChunks(tx, texts));
    while (!stopping?.() && await merge(texts));
  }
}

/** @returns whether there may be more to do */
async function backfillChunk(
  sql: Sql,
  { table, key, text }: Texts,
  kind: ChunkKind,
): Promise<boolean> {
  const [from] = await sql.unsafe<{ published_at: string; id: number }[]>(
    `select published_at::text, id from ${table}_backfill where sections = $1::int4 for update`,
    [kind.sections],
  );
  if (!from) return false;
  const texts = sql.unsafe<Text[]>(
    `select ${key} as id, t.published_at::text as published_at, ${text} as content from ${table} t
     where (t.published_at, ${key}) > ($1::timestamptz, $2::int4) and ${
      isOfKind(kind, text)
    }
     order by t.published_at, ${key} limit ${kind.texts}`,
    [from.published_at, from.id],
  );
  const draft = new Draft(kind);
  await draft.fill(texts.cursor(READ));
  await draft.store(sql, table);
  const last = draft.places.at(-1);
  if (last === undefined) {
    await sql.unsafe(
      `delete from ${table}_backfill where sections = $1::int4`,
      [kind.sections],
    );
    return false;
  }
  await sql.unsafe(
    `update ${table}_backfill set published_at = $1::timestamptz, id = $2::int4
     where sections = $3::int4`,
    [last.published_at, last.id, kind.sections],
  );
  return true;
}

/** @returns whether there may be more to do */
async function sealRecent(
  sql: Sql,
  { table }: Texts,
  kind: ChunkKind,
): Promise<boolean> {
  const [{ enough }] = await sql.unsafe<[{ enough: boolean }]>(
    `select ${isEnough(table, kind)} as enough`,
  );
  if (!enough) return false;
  const texts = sql.unsafe<Text[]>(
    `select id, t.published_at::text as published_at, content, version
     from ${table}_recent t where ${isOfKind(kind, "content")}
     order by t.published_at, id limit ${kind.texts}`,
  );
  const draft = new Draft(kind);
  await draft.fill(texts.cursor(READ));
  await draft.store(sql, table);
  // Those that have been changed since stay.
  await sql.unsafe(
    `delete from ${table}_recent r using unnest($1::int4[], $2::int8[]) as s(id, version)
     where r.id = s.id and r.version = s.version`,
    [
      draft.places.map(({ id }) => id),
      draft.places.map(({ version }) => version!),
    ],
  );
  return true;
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
