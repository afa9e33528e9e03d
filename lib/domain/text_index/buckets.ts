import { bucketIndex, BUCKETS_OF_ALL } from "./grams.ts";

/** Lengths of what is not there, and of a bucket that may be in any text. */
const NONE = -1;
const ANY = -2;

/**
 * The rows of the buckets of some chunks, which are read before all others. There are a hundred
 * thousand of them: one object for each would take most of the memory of a small machine.
 */
export class Buckets {
  #chunks: number;
  #bytes = new Uint8Array(1 << 16);
  #used = 0;
  #starts: Int32Array;
  #lengths: Int32Array;

  /** @param chunks how many, numbered from 0 on */
  constructor(chunks: number) {
    this.#chunks = chunks;
    this.#starts = new Int32Array(BUCKETS_OF_ALL * chunks);
    this.#lengths = new Int32Array(BUCKETS_OF_ALL * chunks).fill(NONE);
  }

  /** @param slots packed numbers of texts; null where any may be in it */
  set(bucket: number, chunk: number, slots: Uint8Array | null): void {
    const index = bucketIndex(bucket) * this.#chunks + chunk;
    this.#lengths[index] = slots?.length ?? ANY;
    if (!slots) return;
    if (this.#used + slots.length > this.#bytes.length) {
      const bytes = new Uint8Array(2 * (this.#used + slots.length));
      bytes.set(this.#bytes);
      this.#bytes = bytes;
    }
    this.#bytes.set(slots, this.#used);
    this.#starts[index] = this.#used;
    this.#used += slots.length;
  }

  /** @returns undefined where there is no row */
  get(bucket: number, chunk: number): Uint8Array | null | undefined {
    const index = bucketIndex(bucket) * this.#chunks + chunk;
    const length = this.#lengths[index];
    if (length === NONE) return undefined;
    if (length === ANY) return null;
    const start = this.#starts[index];
    return this.#bytes.subarray(start, start + length);
  }
}
