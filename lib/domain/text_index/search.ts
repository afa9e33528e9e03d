import { Conditions, searchPattern } from "../conditions.ts";
import { type Ctx, type Db, query } from "../context.ts";
import { KINDS, micros, PART_SIZE } from "./chunk.ts";
import { freshRows, storedRows } from "./rows.ts";
import { gramsOfWords, lookupOf, type Sample } from "./numbers.ts";
import {
  type Bounds,
  type ChunkForm,
  type ChunkLookup,
  ChunkPass,
  type DatedChunk,
  fullChunks,
  type SearchedPart,
} from "./pass.ts";
import { bucketOf, scopeNumbers, type TextScope } from "./grams.ts";

/** A text of a chunk. */
interface Slot {
  chunk: number;
  /** Its number in the chunk. */
  slot: number;
}

/** The texts in parts that may contain the term. */
export function candidatesIn(parts: readonly SearchedPart[]): Slot[] {
  return parts.flatMap(({ chunk, slots }) =>
    slots.map((slot) => ({ chunk, slot }))
  );
}

/** A query of the ids of texts in chunks of a table. */
export function idsOf(
  table: string,
  slots: readonly Slot[],
  where: Conditions,
): string {
  const parts = new Map<string, number[]>();
  for (const { chunk, slot } of slots) {
    const part = `${chunk} ${Math.floor(slot / PART_SIZE)}`;
    const places = parts.get(part);
    if (places) places.push(slot % PART_SIZE + 1);
    else parts.set(part, [slot % PART_SIZE + 1]);
  }
  const keys = [...parts.keys()].map((part) => part.split(" ").map(Number));
  const places = [...parts.values()].map((places) => `{${places.join(",")}}`);
  return `select l.ids[p.place] as id from unnest(${
    where.value(keys.map(([chunk]) => chunk), "int4[]")
  }, ${where.value(keys.map(([, part]) => part), "int4[]")}, ${
    where.value(places, "text[]")
  }) w(chunk, part, places), lateral (
      select ids from ${table}_slot where chunk = w.chunk and part = w.part offset 0
    ) l, unnest(w.places::int4[]) p(place) where l.ids[p.place] is not null`;
}

/** A search for a term in the chunks of a table of texts. */
export class ChunkSearch {
  /** Ids of texts that are in no chunk yet and may contain the term. */
  readonly recent: readonly number[];
  /** How many texts of a chunk of `CHUNK_SIZE` contain the looked-up grams, roughly. */
  readonly perChunk: number;
  /** How many chunks of `CHUNK_SIZE` all of them amount to. */
  readonly chunks: number;
  #ctx: Ctx;
  #table: string;
  #lookups: readonly ChunkLookup[];
  #version: string;

  private constructor(
    ctx: Ctx,
    table: string,
    lookups: readonly ChunkLookup[],
    known: {
      recent: readonly number[];
      perChunk: number;
      chunks: number;
      version: string;
    },
  ) {
    this.#ctx = ctx;
    this.#table = table;
    this.#lookups = lookups;
    this.#version = known.version;
    this.recent = known.recent;
    this.perChunk = known.perChunk;
    this.chunks = known.chunks;
  }

  /**
   * Begins a search.
   * @param table the table of texts, such as `comment_search`
   * @param scope what the texts belong to; others are left out where the chunks tell
   * @returns null where chunks are of no use: not all texts are in them, or no word has grams
   */
  static async begin(
    ctx: Ctx,
    table: string,
    term: string,
    scope: TextScope,
  ): Promise<ChunkSearch | null> {
    const lowered = await lower(ctx, term);
    const grams = gramsOfWords(lowered, true);
    const ofThree = gramsOfWords(lowered, false);
    if (grams.size === 0) return null;
    const numbersOf = (grams: ReadonlyMap<number, number>) => {
      const numbers = [...grams.keys(), ...scopeNumbers(scope)];
      return [...new Set([...numbers, ...numbers.map(bucketOf)])];
    };
    const [{ pending, scoped, recent, version, kinds }] = await query<{
      pending: boolean;
      scoped: boolean;
      recent: number[];
      version: string;
      kinds: (Sample & ChunkForm & { texts: number })[] | null;
    }>(
      ctx,
      `select exists (select from ${table}_backfill) as pending,
         not exists (select from ${table}_chunk where retired_at is null and not scoped) as scoped,
         array(select id from ${table}_recent where content like lower($1::text)) as recent,
         (select concat_ws(' ', count(*), max(id)) from ${table}_chunk where retired_at is null) as version,
         (select json_agg(k) from (
           select sections, outdated, size, texts, (
             select json_object_agg(gram, coalesce(bit_count(bits), length(slots), size)) from (
               select * from ${storedRows(table)}
               where gram = any(case when outdated then $3::int4[] else $2::int4[] end)
                 and chunk = c.id and (outdated or merged)
               union all
               select * from ${freshRows(table)}
               where gram = any($2::int4[]) and chunk = c.id and not (outdated or merged)
             ) b
           ) as densities
           from (
             select distinct on (sections, outdated) sections, outdated, merged, size, id,
               sum(size) over (partition by sections, outdated) as texts
             from ${table}_chunk where retired_at is null order by sections, outdated, size desc, id desc
           ) c
         ) k) as kinds`,
      [searchPattern(term), numbersOf(grams), numbersOf(ofThree)],
    );
    if (pending) return null;
    const lookups: ChunkLookup[] = [];
    let expected = 0;
    let chunks = 0;
    // Of every form, as there may be the first chunks of another one when they are read.
    for (const kind of KINDS) {
      for (const outdated of [false, true]) {
        const sample = kinds?.find((sample) =>
          sample.sections === kind.sections && sample.outdated === outdated
        ) ?? { size: kind.texts, texts: 0, densities: null };
        const lookup = lookupOf(
          kind,
          outdated ? ofThree : grams,
          scoped ? scope : {},
          sample,
        );
        lookups.push({ ...lookup, outdated });
        expected += lookup.share * sample.texts;
        chunks += fullChunks({ size: sample.texts, sections: kind.sections });
      }
    }
    const perChunk = chunks > 0 ? expected / chunks : 0;
    return new ChunkSearch(ctx, table, lookups, {
      recent,
      perChunk,
      chunks,
      version,
    });
  }

  /** Begins to look through the chunks. */
  async pass(bounds: Bounds): Promise<ChunkPass> {
    const all = await knownChunks(this.#ctx, this.#table, this.#version);
    return new ChunkPass(this.#ctx, this.#table, this.#lookups, all, bounds);
  }
}

/** The chunks of each table when they were last read. */
const lastRead = new WeakMap<
  Db,
  Map<string, { version: string; chunks: Promise<DatedChunk[]> }>
>();

/**
 * The chunks of a table, read when there are others than before. They are read after the recent
 * texts: what has been moved from there is in a chunk then.
 * @param version number of the chunks and the last of their ids: they are made, but never changed
 */
async function knownChunks(
  ctx: Ctx,
  table: string,
  version: string,
): Promise<readonly DatedChunk[]> {
  const tables = lastRead.get(ctx.db) ?? new Map();
  lastRead.set(ctx.db, tables);
  const before = tables.get(table);
  if (before?.version === version) return await before.chunks;
  const chunks = readChunks(ctx, table);
  tables.set(table, { version, chunks });
  chunks.catch(() => tables.delete(table));
  return await chunks;
}

async function readChunks(ctx: Ctx, table: string): Promise<DatedChunk[]> {
  const [{ chunks }] = await query<{ chunks: DatedChunk[] | null }>(
    ctx,
    `select json_agg(json_build_object(
       'id', id, 'size', size, 'sections', sections, 'outdated', outdated, 'fresh', not outdated and not merged,
       'firsts', part_first, 'lasts', part_last,
       'first', json_build_object('at', ${micros("first_at")}, 'id', first_id),
       'last', json_build_object('at', ${micros("last_at")}, 'id', last_id)
     )) as chunks
     from ${table}_chunk where retired_at is null`,
  );
  return chunks ?? [];
}

/** PostgreSQL's lower case, which the texts are in. */
async function lower(ctx: Ctx, term: string): Promise<string> {
  if (/^[\0-\x7f]*$/.test(term)) return term.toLowerCase();
  const [row] = await query<{ term: string }>(
    ctx,
    "select lower($1::text) as term",
    [term],
  );
  return row.term;
}
