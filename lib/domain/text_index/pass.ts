import type { Ctx } from "../context.ts";
import { CHUNK_SIZE, PART_SIZE } from "./chunk.ts";
import { readHits } from "./hits.ts";
import type { Chunk } from "./matching.ts";
import type { Lookup } from "./numbers.ts";

/** Texts of a full chunk that are left by few grams, above which more are looked up. */
const MOST_PER_CHUNK = 2;

/** A chunk or part that was looked at, and where it begins in the direction of the search. */
export interface SearchedPart extends Place {
  chunk: number;
  /** Numbers of its texts that may contain the term. */
  slots: readonly number[];
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
  /** In the order of the search, at least one for each chunk. */
  parts: SearchedPart[];
  /** How many chunks of `CHUNK_SIZE` they amount to. */
  count: number;
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

/** What a chunk is like. */
export interface ChunkForm {
  sections: number;
  /** From before there were grams of five characters. */
  outdated: boolean;
}

/** What is looked up in chunks of a form. */
export interface ChunkLookup extends Lookup {
  outdated: boolean;
}

/** A chunk, and the time of its texts. */
export interface DatedChunk extends Chunk, ChunkForm {
  /** Times of the first and the last text of each part; null of an outdated chunk. */
  firsts: readonly number[] | null;
  lasts: readonly number[] | null;
  first: Place;
  last: Place;
}

/** A pass through chunks in the order of time. */
export class ChunkPass {
  #ctx: Ctx;
  #table: string;
  #lookups: readonly ChunkLookup[];
  /** Those for which it looks up all numbers, as few leave too many texts. */
  #thorough = new Set<ChunkLookup>();
  /** The chunks that are left, and where they begin in the direction of the search. */
  #chunks: (DatedChunk & { edge: Place })[];
  #desc: boolean;
  /** Times of the texts that are looked for, from and to. */
  #least: number;
  #most: number;

  constructor(
    ctx: Ctx,
    table: string,
    lookups: readonly ChunkLookup[],
    chunks: readonly DatedChunk[],
    { direction, from, until }: Bounds,
  ) {
    this.#ctx = ctx;
    this.#table = table;
    this.#lookups = lookups;
    this.#desc = direction === "desc";
    // Times are compared by whole milliseconds, so that none is left out.
    this.#least = from === undefined ? -Infinity : Date.parse(from) * 1000;
    this.#most = until === undefined
      ? Infinity
      : (Date.parse(until) + 1) * 1000;
    this.#chunks = chunks.filter(({ first, last }) =>
      this.#isSought(first.at, last.at)
    ).map((chunk) => ({
      ...chunk,
      edge: this.#desc ? chunk.last : chunk.first,
    })).sort((a, b) => this.order(a.edge, b.edge) || a.id - b.id);
  }

  /** Compares places in the order of the search. */
  order = (a: Place, b: Place): number => {
    return (this.#desc ? -1 : 1) * (a.at - b.at || a.id - b.id);
  };

  #isSought(first: number, last: number): boolean {
    return last >= this.#least && first <= this.#most;
  }

  /** Looks at all chunks that are left. */
  async rest(): Promise<SearchedPart[]> {
    for (const lookup of this.#lookups) this.#thorough.add(lookup);
    return (await this.next(Infinity)).parts;
  }

  /**
   * Looks at the next chunks.
   * @param count how many of `CHUNK_SIZE` they should amount to at least
   */
  async next(count: number): Promise<Found> {
    let seen = 0;
    let end = 0;
    while (seen < count && end < this.#chunks.length) {
      seen += fullChunks(this.#chunks[end++]);
    }
    const some = this.#chunks.splice(0, end);
    const hits = await Promise.all(this.#lookups.map(async (lookup) => {
      const { kind, few, all } = lookup;
      const chunks = some.filter(({ sections, outdated }) =>
        sections === kind.sections && outdated === lookup.outdated
      );
      if (chunks.length === 0) return new Map<number, number[]>();
      const wanted = this.#thorough.has(lookup) ? all : few;
      const found = await readHits(this.#ctx, this.#table, chunks, wanted);
      const texts = [...found.values()].reduce((sum, f) => sum + f.length, 0);
      const full = chunks.reduce((sum, chunk) => sum + fullChunks(chunk), 0);
      if (texts > full * MOST_PER_CHUNK) this.#thorough.add(lookup);
      return found;
    }));
    const found = new Map(hits.flatMap((hits) => [...hits]));
    const parts = some.flatMap((chunk) =>
      this.#partsOf(chunk, found.get(chunk.id) ?? [])
    ).sort(this.order);
    return { parts, count: seen, rest: this.#chunks[0]?.edge ?? null };
  }

  /** The parts of a chunk that have texts which may contain the term, or all of it where none has. */
  #partsOf(
    { id, edge, firsts, lasts }: DatedChunk & { edge: Place },
    slots: readonly number[],
  ): SearchedPart[] {
    const whole = { ...edge, chunk: id, slots };
    if (firsts === null || lasts === null) return [whole];
    const parts = new Map<number, number[]>();
    for (const slot of slots) {
      const part = Math.floor(slot / PART_SIZE);
      const others = parts.get(part);
      if (others) others.push(slot);
      else if (this.#isSought(firsts[part], lasts[part])) {
        parts.set(part, [slot]);
      }
    }
    if (parts.size === 0) return [{ ...whole, slots: [] }];
    return [...parts].map(([part, slots]) => ({
      // Before all texts of that time, as it is not known which of them is the first one.
      at: this.#desc ? lasts[part] : firsts[part],
      id: this.#desc ? Infinity : -Infinity,
      chunk: id,
      slots,
    }));
  }
}

/** How many chunks of `CHUNK_SIZE` one amounts to. */
export function fullChunks(
  { size, sections }: { size: number; sections: number },
): number {
  return size * sections / CHUNK_SIZE;
}
