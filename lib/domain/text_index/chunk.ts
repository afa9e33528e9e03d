import { bucketOf } from "./trigrams.ts";

/** Texts of a full chunk. Four of its rows of bits fill a page of the database. */
export const CHUNK_SIZE = 15_872;
/** Texts of a part of a chunk, whose ids are kept together. */
export const PART_SIZE = 992;
/** Texts up to which a trigram shares a row with other rare ones. */
const RARE = 8;
/** Share of the texts from which a trigram has bits rather than a list. */
export const FREQUENT = 1 / 32;

/** Which texts of a chunk have a trigram or scope, or one of a bucket; they are numbered from 0 on. */
export type ChunkRow =
  & { trigram: number }
  & (
    /** A bit for each text, the first of them the highest of the first byte. */
    | { bits: Uint8Array; slots: null }
    /** The texts' numbers, packed; null for a bucket that may be in any text. */
    | { bits: null; slots: Uint8Array | null }
  );

/** Makes the rows of a chunk from the trigrams of its texts, or from their scopes. */
export class ChunkRows {
  #slots = new Map<number, number[]>();
  #size = 0;

  /** Adds the next text by its numbers, repeated ones too. */
  add(numbers: Iterable<number>): void {
    const slot = this.#size++;
    for (const trigram of numbers) {
      const slots = this.#slots.get(trigram);
      if (!slots) this.#slots.set(trigram, [slot]);
      else if (slots[slots.length - 1] !== slot) slots.push(slot);
    }
  }

  *rows(): Generator<ChunkRow> {
    const buckets = new Map<number, number[]>();
    for (const [trigram, slots] of this.#slots) {
      if (slots.length > this.#size * FREQUENT) {
        yield { trigram, bits: this.#bits(slots), slots: null };
      } else if (slots.length > RARE) {
        yield { trigram, bits: null, slots: packSlots(slots) };
      } else {
        const bucket = bucketOf(trigram);
        const others = buckets.get(bucket);
        if (others) others.push(...slots);
        else buckets.set(bucket, [...slots]);
      }
    }
    for (const [trigram, slots] of buckets) {
      const sorted = [...new Set(slots)].sort((a, b) => a - b);
      const full = sorted.length > this.#size * FREQUENT;
      yield { trigram, bits: null, slots: full ? null : packSlots(sorted) };
    }
  }

  #bits(slots: readonly number[]): Uint8Array {
    const bits = new Uint8Array(Math.ceil(this.#size / 8));
    for (const slot of slots) bits[slot >> 3] |= 0x80 >> (slot & 7);
    return bits;
  }
}

/** Whether a bit is set. */
export function hasSlot(bits: Uint8Array, slot: number): boolean {
  return (bits[slot >> 3] & 0x80 >> (slot & 7)) !== 0;
}

/** Numbers of the bits that are set, in order. */
export function setSlots(bits: Uint8Array): number[] {
  const slots: number[] = [];
  for (let index = 0; index < bits.length; index++) {
    const byte = bits[index];
    for (let bit = 0; byte << bit & 0xff; bit++) {
      if (byte & 0x80 >> bit) slots.push(index * 8 + bit);
    }
  }
  return slots;
}

/** Packs ascending numbers: the distances in bytes of seven bits, the last of each with the eighth set. */
function packSlots(slots: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const slot of slots) {
    let rest = slot - last;
    for (; rest > 0x7f; rest >>= 7) bytes.push(rest & 0x7f);
    bytes.push(rest | 0x80);
    last = slot;
  }
  return Uint8Array.from(bytes);
}

/** The numbers that a list was packed from. */
export function unpackSlots(packed: Uint8Array): number[] {
  const slots: number[] = [];
  let slot = 0;
  let distance = 0;
  let shift = 0;
  for (const byte of packed) {
    distance |= (byte & 0x7f) << shift;
    if (byte & 0x80) {
      slots.push(slot += distance);
      distance = shift = 0;
    } else {
      shift += 7;
    }
  }
  return slots;
}
