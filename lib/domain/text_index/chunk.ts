import { packBits, packSlots } from "./slots.ts";
import { bucketOf } from "./grams.ts";
import { Postings } from "./postings.ts";

/** Bits of a row of a chunk that is full when it is made. */
export const CHUNK_SIZE = 15_872;
/** How many full ones are merged into one, a row of which fills a page of the database. */
export const MERGED = 4;

/** What the texts of a chunk are like. */
export interface ChunkKind {
  /** Sections that each text is cut into, which have bits of their own. */
  sections: number;
  /** Texts of a full chunk. */
  texts: number;
}

export const SHORT_TEXTS: ChunkKind = { sections: 1, texts: CHUNK_SIZE };
/** What contains many words contains them in some order, which few sections have in common. */
export const LONG_TEXTS: ChunkKind = { sections: 8, texts: CHUNK_SIZE / 8 };
export const KINDS: readonly ChunkKind[] = [SHORT_TEXTS, LONG_TEXTS];
/** Bytes from which on a text is a long one. */
const LONG = 640;

/** SQL condition: a text belongs into chunks of a kind. */
export function isOfKind({ sections }: ChunkKind, text: string): string {
  return `octet_length(${text}) ${
    sections === LONG_TEXTS.sections ? ">=" : "<"
  } ${LONG}`;
}

/** The bits that each section of a chunk's texts has: whole bytes. */
export function stride(texts: number): number {
  return Math.ceil(texts / 8) * 8;
}

/** Cuts a text into about equal sections, at blanks only: no word is cut. Some may be empty. */
export function sectionsOf(text: string, count: number): string[] {
  const sections: string[] = [];
  let start = 0;
  for (let section = 1; section < count; section++) {
    const least = Math.floor(section * text.length / count);
    const blank = text.indexOf(" ", Math.max(start, least));
    const end = blank < 0 ? text.length : blank;
    sections.push(text.slice(start, end));
    start = end;
  }
  sections.push(text.slice(start));
  return sections;
}

/** Texts of a part of a chunk, whose ids are kept together. */
export const PART_SIZE = 992;
/** Texts or sections up to which a gram shares a row with other rare ones. */
const RARE = 8;
/** Share of the sections from which a gram has bits rather than a list. */
export const FREQUENT = 1 / 32;

/**
 * Which texts of a chunk have a gram or scope, or one of a bucket; they are numbered from 0 on. Of
 * several sections all the first ones come first, then all the second ones, from a `stride` on.
 */
export type ChunkRow =
  & { gram: number }
  & (
    /** A bit for each text, the first of them the highest of the first byte. */
    | { bits: Uint8Array; slots: null }
    /** The texts' numbers, packed; null for a bucket that may be in any text. */
    | { bits: null; slots: Uint8Array | null }
  );

/** Makes the rows of a chunk from the grams of its texts, or from their scopes. */
export class ChunkRows {
  /** The sections that have a number, those of one text after those of the text before. */
  #places = new Postings();
  #texts = 0;
  #sections: number;

  constructor(sections = 1) {
    this.#sections = sections;
  }

  get texts(): number {
    return this.#texts;
  }

  /** Adds the next text by the numbers of its sections, repeated ones too. */
  add(...sections: Iterable<number>[]): void {
    for (const [section, numbers] of sections.entries()) {
      const place = this.#texts * this.#sections + section;
      for (const gram of numbers) this.#places.add(gram, place);
    }
    this.#texts++;
  }

  *rows(): Generator<ChunkRow> {
    const buckets = new Map<number, number[]>();
    const size = this.#size();
    for (const [gram, places] of this.#places.lists()) {
      const slots = this.#slots(places);
      if (slots.length > RARE) {
        yield ownRow(gram, slots, size);
      } else {
        const bucket = bucketOf(gram);
        const others = buckets.get(bucket);
        if (others) others.push(...slots);
        else buckets.set(bucket, [...slots]);
      }
    }
    for (const [gram, slots] of buckets) {
      const sorted = [...new Set(slots)].sort((a, b) => a - b);
      yield bucketRow(gram, sorted, size);
    }
  }

  #size(): number {
    return this.#sections === 1
      ? this.#texts
      : this.#sections * stride(this.#texts);
  }

  #slots(places: Int32Array): Int32Array {
    const sections = this.#sections;
    if (sections === 1) return places;
    const width = stride(this.#texts);
    return places.map((place) =>
      place % sections * width + Math.floor(place / sections)
    ).sort();
  }
}

/**
 * The row of a gram or scope that is not rare.
 * @param slots numbers of its texts or sections, ascending
 * @param size how many the chunk has of them
 */
export function ownRow(
  gram: number,
  slots: ArrayLike<number>,
  size: number,
): ChunkRow {
  return slots.length > size * FREQUENT
    ? { gram, bits: packBits(slots, size), slots: null }
    : { gram, bits: null, slots: packSlots(slots) };
}

/** The row of a bucket, likewise. */
export function bucketRow(
  gram: number,
  slots: ArrayLike<number>,
  size: number,
): ChunkRow {
  const full = slots.length > size * FREQUENT;
  return { gram, bits: null, slots: full ? null : packSlots(slots) };
}

/** SQL of a time as whole microseconds since 1970, which can be compared outside of it as well. */
export function micros(time: string): string {
  return `(extract(epoch from ${time}) * 1000000)::int8`;
}
