/** Bits that a place of the hash table is told by, at first. */
const FIRST_BITS = 12;

/**
 * Which places have which numbers. A chunk has some millions of them, for which arrays of their own
 * would take several times the memory and the time.
 */
export class Postings {
  /** Hash table of the numbers' indexes, each plus one; at most half of it is used. */
  #table = new Int32Array(1 << FIRST_BITS);
  #bits = FIRST_BITS;
  #numbers = new Int32Array(1 << FIRST_BITS - 1);
  /** Of each number how many places it has, and the last of them. */
  #counts = new Int32Array(1 << FIRST_BITS - 1);
  #lasts = new Int32Array(1 << FIRST_BITS - 1);
  #size = 0;
  /** The places, each with the one before it of the same number. */
  #places = new Int32Array(1 << FIRST_BITS);
  #befores = new Int32Array(1 << FIRST_BITS);
  #length = 0;

  /**
   * Adds a place to those of a number, unless it was the last one added.
   * @param number a 32-bit integer
   * @param place not before those that were added
   */
  add(number: number, place: number): void {
    const index = this.#indexOf(number);
    const last = this.#lasts[index];
    if (this.#counts[index] > 0 && this.#places[last] === place) return;
    if (this.#length === this.#places.length) {
      this.#places = grown(this.#places);
      this.#befores = grown(this.#befores);
    }
    this.#places[this.#length] = place;
    this.#befores[this.#length] = last;
    this.#lasts[index] = this.#length++;
    this.#counts[index]++;
  }

  /** Each number with its places, ascending. */
  *lists(): Generator<[number: number, places: Int32Array]> {
    for (let index = 0; index < this.#size; index++) {
      const places = new Int32Array(this.#counts[index]);
      let posting = this.#lasts[index];
      for (let left = places.length; left > 0;) {
        places[--left] = this.#places[posting];
        posting = this.#befores[posting];
      }
      yield [this.#numbers[index], places];
    }
  }

  #indexOf(number: number): number {
    const mask = this.#table.length - 1;
    let slot = Math.imul(number, 0x9e3779b1) >>> 32 - this.#bits;
    for (; this.#table[slot] !== 0; slot = slot + 1 & mask) {
      const index = this.#table[slot] - 1;
      if (this.#numbers[index] === number) return index;
    }
    if (this.#size === this.#numbers.length) {
      this.#grow();
      return this.#indexOf(number);
    }
    this.#numbers[this.#size] = number;
    this.#table[slot] = ++this.#size;
    return this.#size - 1;
  }

  #grow(): void {
    this.#numbers = grown(this.#numbers);
    this.#counts = grown(this.#counts);
    this.#lasts = grown(this.#lasts);
    this.#bits++;
    this.#table = new Int32Array(1 << this.#bits);
    const mask = this.#table.length - 1;
    for (let index = 0; index < this.#size; index++) {
      let slot = Math.imul(this.#numbers[index], 0x9e3779b1) >>>
        32 - this.#bits;
      while (this.#table[slot] !== 0) slot = slot + 1 & mask;
      this.#table[slot] = index + 1;
    }
  }
}

/** A copy with room for twice as much. */
function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(2 * array.length);
  copy.set(array);
  return copy;
}
