/**
 * Counters with an end, in memory that all HTTP workers of the process share. An open-addressing
 * table of fixed size, cut into shards with a lock each: a lock is held for less than a microsecond,
 * unless its holder is preempted, and exact counting needs key, end and count to change together.
 */

const SHARD_SLOTS = 256;
const SLOT_BYTES = 32;
/** Of a slot, in 32-bit words; the first two hold the end as a double. */
const TAG = 2, KEY1 = 3, KEY2 = 4, KEY3 = 5, COUNT = 6;
const SLOT_WORDS = SLOT_BYTES / 4;
/** Of a lock. "Contended" tells its holder to wake whoever sleeps for it. */
const FREE = 0, HELD = 1, CONTENDED = 2;
/** So often is a lock tried before its thread sleeps: the holder is usually done by then. */
const SPINS = 1000;
/**
 * A worker that dies inside a lock must not stop the others: after so many milliseconds the lock is
 * taken from it. A holder that lives may lose its processor for tens of milliseconds.
 */
const ABANDONED_AFTER = 1000;

/** Names a counter. `tag` is not zero. */
export interface CounterKey {
  tag: number;
  key1: number;
  key2: number;
  key3: number;
}

/** A counter after an operation. */
export interface Counter {
  count: number;
  /** When its window ends, in milliseconds since 1970. */
  end: number;
}

export class SharedTable {
  #words: Int32Array;
  #ends: Float64Array;
  #locks: Int32Array;
  #shards: number;

  /** Bytes that a table of so many shards (a power of two) takes, a multiple of eight. */
  static bytes(shards: number): number {
    return shards * (SHARD_SLOTS * SLOT_BYTES + 8);
  }

  constructor(memory: SharedArrayBuffer, offset: number, shards: number) {
    const bytes = shards * SHARD_SLOTS * SLOT_BYTES;
    this.#words = new Int32Array(memory, offset, bytes / 4);
    this.#ends = new Float64Array(memory, offset, bytes / 8);
    this.#locks = new Int32Array(memory, offset + bytes, shards * 2);
    this.#shards = shards;
  }

  /**
   * Adds one to the counter. The first hit opens a window that ends `interval` milliseconds after
   * `now`; a hit after that end opens a new one. A full shard gives up the counter that tells
   * least: an ended one, else the one with the lowest count.
   */
  hit(key: CounterKey, now: number, interval: number): Counter {
    const hash = hashOf(key);
    return this.#locked(hash, (first) => {
      const words = this.#words;
      let slot = this.#find(key, hash, first);
      if (slot === -1) {
        slot = this.#vacate(hash, first, now);
        words[slot + TAG] = key.tag;
        words[slot + KEY1] = key.key1;
        words[slot + KEY2] = key.key2;
        words[slot + KEY3] = key.key3;
        words[slot + COUNT] = 0;
        this.#ends[slot / 2] = now + interval;
      }
      const end = this.#ends[slot / 2];
      // An end too far away is left from before the clock was set back.
      if (end <= now || end > now + interval) {
        this.#ends[slot / 2] = now + interval;
        words[slot + COUNT] = 0;
      }
      return {
        count: words[slot + COUNT] = Math.min(words[slot + COUNT] + 1, 2 ** 30),
        end: this.#ends[slot / 2],
      };
    });
  }

  /** Takes one back, if the window with that end is still open. */
  undo(key: CounterKey, end: number): void {
    const hash = hashOf(key);
    this.#locked(hash, (first) => {
      const slot = this.#find(key, hash, first);
      if (
        slot !== -1 && this.#ends[slot / 2] === end &&
        this.#words[slot + COUNT] > 0
      ) this.#words[slot + COUNT]--;
    });
  }

  #locked<T>(hash: number, body: (firstSlot: number) => T): T {
    const shard = hash & (this.#shards - 1);
    this.#acquire(shard * 2);
    try {
      return body(shard * SHARD_SLOTS);
    } finally {
      this.#release(shard * 2);
    }
  }

  /** The mutex of U. Drepper, "Futexes Are Tricky" (2011), section 5, mutex 3. */
  #acquire(lock: number): void {
    for (let spins = 0; spins < SPINS; spins++) {
      if (Atomics.compareExchange(this.#locks, lock, FREE, HELD) === FREE) {
        return;
      }
    }
    const abandoned = performance.now() + ABANDONED_AFTER;
    while (Atomics.exchange(this.#locks, lock, CONTENDED) !== FREE) {
      const left = abandoned - performance.now();
      if (left <= 0) return;
      Atomics.wait(this.#locks, lock, CONTENDED, left);
    }
  }

  #release(lock: number): void {
    if (Atomics.exchange(this.#locks, lock, FREE) === CONTENDED) {
      Atomics.notify(this.#locks, lock, 1);
    }
  }

  /** Word index of the key's slot, or -1. Slots are never emptied, so the search ends at one. */
  #find(key: CounterKey, hash: number, first: number): number {
    const words = this.#words;
    for (let i = 0; i < SHARD_SLOTS; i++) {
      const slot = slotAt(first, hash, i);
      const tag = words[slot + TAG];
      if (tag === 0) return -1;
      if (
        tag === key.tag && words[slot + KEY1] === key.key1 &&
        words[slot + KEY2] === key.key2 && words[slot + KEY3] === key.key3
      ) return slot;
    }
    return -1;
  }

  /** Word index of a slot for a new key. */
  #vacate(hash: number, first: number, now: number): number {
    const words = this.#words;
    let best = -1;
    for (let i = 0; i < SHARD_SLOTS; i++) {
      const slot = slotAt(first, hash, i);
      if (words[slot + TAG] === 0 || this.#ends[slot / 2] <= now) return slot;
      if (best === -1 || words[slot + COUNT] < words[best + COUNT]) best = slot;
    }
    return best;
  }
}

function slotAt(first: number, hash: number, step: number): number {
  return (first + (((hash >>> 16) + step) & (SHARD_SLOTS - 1))) * SLOT_WORDS;
}

function hashOf({ tag, key1, key2, key3 }: CounterKey): number {
  return mix(mix(mix(mix(0, tag), key1), key2), key3);
}

/** One round of MurmurHash3 with its final avalanche. */
export function mix(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  hash ^= Math.imul(k, 0x1b873593);
  hash = (hash << 13) | (hash >>> 19);
  hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
