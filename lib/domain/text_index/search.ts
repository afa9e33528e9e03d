import { Conditions, searchPattern } from "../conditions.ts";
import { type Ctx, queryListing } from "../context.ts";
import {
  CHUNK_SIZE,
  hasSlot,
  PART_SIZE,
  setSlots,
  unpackSlots,
} from "./chunk.ts";
import { FEARED, HOPED, rarest } from "./rarest.ts";
import {
  bucketOf,
  scopeNumbers,
  type TextScope,
  trigramsOf,
} from "./trigrams.ts";

/** Texts of a chunk that are left by few trigrams, above which more are looked up. */
const MOST_PER_CHUNK = 2;
/** More chunks than there can be, as they are numbered by 32-bit integers. */
const EVERY_CHUNK = 2 ** 31 - 2;

/** A chunk that was looked at, and where it begins in the direction of the search. */
export interface SearchedChunk extends Place {
  chunk: number;
  /** Numbers of its texts that may contain the term. */
  slots: readonly number[];
}

/** A query of the ids of the texts in chunks of a table that may contain the term. */
export function candidateIds(
  table: string,
  chunks: readonly SearchedChunk[],
  where: Conditions,
): string {
  const parts = new Map<string, number[]>();
  for (const { chunk, slots } of chunks) {
    for (const slot of slots) {
      const part = `${chunk} ${Math.floor(slot / PART_SIZE)}`;
      const places = parts.get(part);
      if (places) places.push(slot % PART_SIZE + 1);
      else parts.set(part, [slot % PART_SIZE + 1]);
    }
  }
  const keys = [...parts.keys()].map((part) => part.split(" ").map(Number));
  const places = [...parts.values()].map((places) => `{${places.join(",")}}`);
  return `select l.ids[p.place] as id from unnest(${
    where.value(keys.map(([chunk]) => chunk), "int4[]")
  }, ${where.value(keys.map(([, part]) => part), "int4[]")}, ${
    where.value(places, "text[]")
  }) w(chunk, part, places), lateral (
      select ids from ${table}_slot where chunk = w.chunk and part = w.part offset 0
    ) l, unnest(w.places::int4[]) p(place)`;
}

/** Which chunks a search looks at. */
export interface Bounds {
  /** Newest or oldest first. */
  direction: "desc" | "asc";
  /** Only chunks with texts from this time on, or until then; RFC 3339. */
  from?: string;
  until?: string;
}

/** What a step of a search has found. */
export interface Found {
  chunks: SearchedChunk[];
  /** Where the chunks not yet looked at begin; null when there are no more. */
  rest: Place | null;
}

/** A place in the order of time. */
export interface Place {
  /** Microseconds since 1970. */
  at: number;
  /** Id of a text of that time. */
  id: number;
}

/** Numbers of trigrams and scopes that the texts must have. */
interface Numbers {
  /** The rarest, with which not many texts should be left. */
  few: readonly number[];
  /** As many as are worth their reading. */
  all: readonly number[];
}

/** A search for a term in the chunks of a table of texts. */
export class ChunkSearch {
  /** Ids of texts that are in no chunk yet and may contain the term. */
  readonly recent: readonly number[];
  /** How many texts of a chunk contain the looked-up trigrams, roughly. */
  readonly perChunk: number;
  readonly chunks: number;
  #ctx: Ctx;
  #table: string;
  #numbers: Numbers;

  private constructor(
    ctx: Ctx,
    table: string,
    numbers: Numbers,
    known: { recent: readonly number[]; perChunk: number; chunks: number },
  ) {
    this.#ctx = ctx;
    this.#table = table;
    this.#numbers = numbers;
    this.recent = known.recent;
    this.perChunk = known.perChunk;
    this.chunks = known.chunks;
  }

  /**
   * Begins a search.
   * @param table the table of texts, such as `comment_search`
   * @param scope what the texts belong to; others are left out where the chunks tell
   * @returns null where chunks are of no use: not all texts are in them, or no word has trigrams
   */
  static async begin(
    ctx: Ctx,
    table: string,
    term: string,
    scope: TextScope,
  ): Promise<ChunkSearch | null> {
    const words = (await lower(ctx, term)).split(" ")
      .filter((word) => word.length >= 3);
    const trigrams = new Map<number, number>();
    for (const [index, word] of words.entries()) {
      for (const trigram of trigramsOf(word)) trigrams.set(trigram, index);
    }
    if (trigrams.size === 0) return null;
    const scopes = scopeNumbers(scope);
    const [{ pending, scoped, recent, chunks, densities }] = await queryListing<
      {
        pending: boolean;
        scoped: boolean;
        recent: number[];
        chunks: number;
        densities: Record<string, number> | null;
      }
    >(
      ctx,
      `select exists (select from ${table}_backfill) as pending,
         not exists (select from ${table}_chunk where not scoped) as scoped,
         array(select id from ${table}_recent where content like lower($1::text)) as recent,
         (select count(*)::int4 from ${table}_chunk) as chunks,
         (select json_object_agg(trigram, coalesce(bit_count(bits), length(slots))) from ${table}_bits
           where trigram = any($2::int4[]) and chunk =
             (select id from ${table}_chunk order by size desc, id desc limit 1)) as densities`,
      [searchPattern(term), [...trigrams.keys(), ...scopes]],
    );
    if (pending) return null;
    const count = (number: number) => densities?.[number] ?? 0;
    const [few, { chosen, share }] = [HOPED, FEARED].map((enough) =>
      rarest(trigrams, count, enough)
    );
    let perChunk = share * CHUNK_SIZE;
    if (scoped) {
      for (const number of scopes) perChunk *= (1 + count(number)) / CHUNK_SIZE;
      chosen.push(...scopes);
      few.chosen.push(...scopes);
    }
    const numbers = { few: few.chosen, all: chosen };
    return new ChunkSearch(ctx, table, numbers, { recent, perChunk, chunks });
  }

  /** Begins to look through the chunks. */
  pass(bounds: Bounds): ChunkPass {
    return new ChunkPass(this.#ctx, this.#table, this.#numbers, bounds);
  }
}

/** A pass through chunks in the order of time. */
export class ChunkPass {
  #ctx: Ctx;
  #table: string;
  #numbers: Numbers;
  /** Whether it looks up all numbers, as few leave too many texts. */
  #thorough = false;
  #bounds: Bounds;
  /** Where the last chunk looked at begins, and its number. */
  #position: (Place & { chunk: number }) | null = null;

  constructor(
    ctx: Ctx,
    table: string,
    numbers: Numbers,
    bounds: Bounds,
  ) {
    this.#ctx = ctx;
    this.#table = table;
    this.#numbers = numbers;
    this.#bounds = bounds;
  }

  /** Looks at all chunks that are left. */
  async rest(): Promise<SearchedChunk[]> {
    this.#thorough = true;
    return (await this.next(EVERY_CHUNK)).chunks;
  }

  /**
   * Looks at the next chunks.
   * @param count how many
   */
  async next(count: number): Promise<Found> {
    const where = new Conditions();
    const wanted = this.#thorough ? this.#numbers.all : this.#numbers.few;
    const numbers = wanted.flatMap((number) => [
      number,
      bucketOf(number),
    ]);
    const turns = numbers.map((_, turn) => turn);
    const { direction } = this.#bounds;
    const desc = direction === "desc";
    const edge = desc ? "last" : "first";
    const key = `${micros(`${edge}_at`)}, ${edge}_id, id`;
    if (this.#bounds.from !== undefined) {
      where.add(`last_at >= ${where.value(this.#bounds.from, "timestamptz")}`);
    }
    if (this.#bounds.until !== undefined) {
      where.add(
        `first_at <= ${where.value(this.#bounds.until, "timestamptz")}`,
      );
    }
    if (this.#position) {
      const { at, id, chunk } = this.#position;
      const position = `${where.value(at, "int8")}, ${
        where.value(id, "int4")
      }, ${where.value(chunk, "int4")}`;
      where.add(`(${key}) ${desc ? "<" : ">"} (${position})`);
    }
    // Side by side, as a join of so few rows would be expected that each is compared with each.
    const rows = await queryListing<SearchedRow>(
      this.#ctx,
      `with chosen as materialized (
         select id as chunk, ${
        micros(`${edge}_at`)
      } as at, ${edge}_id as id from ${this.#table}_chunk
         where ${where} order by 2 ${direction}, 3 ${direction}, 1 ${direction} limit ${
        count + 1
      }
       ), wanted as materialized (
         select * from unnest(${where.value(numbers, "int4[]")}, ${
        where.value(turns, "int4[]")
      }) w(trigram, turn)
       ), hits as (
         select b.chunk, varbit_send(bit_and(b.bits)) as bits,
           bit_or(case when b.bits is null then 0 else 1 << (w.turn / 2) end) as frequent,
           string_agg(int4send(w.turn) || int4send(length(b.slots)) || b.slots, '')
             filter (where b.slots is not null) as lists
         from wanted w, lateral (
           select chunk, bits, slots from ${this.#table}_bits b
           where b.trigram = w.trigram and b.chunk = any(array(select chunk from chosen limit ${count})) offset 0
         ) b group by b.chunk
         having bit_or(1 << (w.turn / 2)) = ${2 ** wanted.length - 1}
           and (bit_count(bit_and(b.bits)) > 0) is not false
       )
       select chunk, at, id, null::bytea as bits, null::int4 as frequent, null::bytea as lists
       from chosen union all select chunk, null, null, bits, frequent, lists from hits`,
      where.parameters,
    );
    const hits = new Map<number, ChunkHits>();
    const places: (Place & { chunk: number })[] = [];
    for (const { chunk, at, id, ...found } of rows) {
      if (at === null) hits.set(chunk, found);
      else places.push({ chunk, at, id });
    }
    const sign = desc ? -1 : 1;
    places.sort((a, b) =>
      sign * (a.at - b.at || a.id - b.id || a.chunk - b.chunk)
    );
    const chunks = places.slice(0, count).map((place) => {
      const found = hits.get(place.chunk);
      return { ...place, slots: found ? matchingSlots(found) : [] };
    });
    this.#position = chunks.at(-1) ?? null;
    this.#thorough ||= slotsOf(chunks) > chunks.length * MOST_PER_CHUNK;
    return { chunks, rest: places[count] ?? null };
  }
}

/** Number of the texts in chunks that may contain the term. */
export function slotsOf(chunks: readonly SearchedChunk[]): number {
  return chunks.reduce((sum, { slots }) => sum + slots.length, 0);
}

/** A chunk with its place, or with its hits where there are any. */
type SearchedRow =
  & { chunk: number }
  & ChunkHits
  & (Place | { at: null; id: null });

/** What a chunk has of the trigrams of a term. */
interface ChunkHits {
  /** After their number, the bits of the texts that contain all the frequent trigrams. */
  bits: Uint8Array | null;
  /** Which of the trigrams are frequent, as bits. */
  frequent: number | null;
  /** Lists of texts, each after its turn and its length in bytes. */
  lists: Uint8Array | null;
}

/** The texts of a chunk that may contain all trigrams. */
function matchingSlots({ bits, frequent, lists }: ChunkHits): number[] {
  const own = new Map<number, Uint8Array>();
  const shared = new Map<number, Uint8Array>();
  for (let start = 0; lists && start < lists.length;) {
    const view = new DataView(lists.buffer, lists.byteOffset + start);
    const turn = view.getInt32(0);
    const end = start + 8 + view.getInt32(4);
    // What has a row of its own is not in the bucket.
    (turn % 2 === 0 ? own : shared).set(
      turn >> 1,
      lists.subarray(start + 8, end),
    );
    start = end;
  }
  for (const [trigram, list] of shared) {
    if (!own.has(trigram) && !(frequent! >> trigram & 1)) {
      own.set(trigram, list);
    }
  }
  const sorted = [...own.values()].sort((a, b) => a.length - b.length);
  const frequentBits = bits?.subarray(4);
  const [first, ...others] = sorted;
  let slots = first
    ? unpackSlots(first)
    : frequentBits
    ? setSlots(frequentBits)
    : Array.from({ length: CHUNK_SIZE }, (_, slot) => slot);
  if (first && frequentBits) {
    slots = slots.filter((slot) => hasSlot(frequentBits, slot));
  }
  for (const list of others) {
    if (slots.length === 0) break;
    const these = unpackSlots(list);
    let place = 0;
    slots = slots.filter((slot) => {
      while (these[place] < slot) place++;
      return these[place] === slot;
    });
  }
  return slots;
}

/** A time as whole microseconds since 1970, which can be compared here as well. */
export function micros(time: string): string {
  return `(extract(epoch from ${time}) * 1000000)::int8`;
}

/** PostgreSQL's lower case, which the texts are in. */
async function lower(ctx: Ctx, term: string): Promise<string> {
  if (/^[\0-\x7f]*$/.test(term)) return term.toLowerCase();
  const [row] = await queryListing<{ term: string }>(
    ctx,
    "select lower($1::text) as term",
    [term],
  );
  return row.term;
}
