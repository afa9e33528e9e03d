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
  /** Of each number how many places it has, and the last of them plus one. */
  #counts = new Int32Array(1 << FIRST_BITS - 1);
  #lasts = new Int32Array(1 << FIRST_BITS - 1);
  #size = 0;
  /** The places as they came, each with the index of its number. */
  #places = new Int32Array(1 << FIRST_BITS);
  #indexes = new Int32Array(1 << FIRST_BITS);
  #length = 0;

  /**
   * Adds a place to those of a number, unless it was the last one added.
   * @param number a 32-bit integer
   * @param place not before those that were added
   */
  add(number: number, place: number): void {
    const index = this.#indexOf(number);
    if (this.#lasts[index] === place + 1) return;
    if (this.#length === this.#places.length) {
      this.#places = grown(this.#places);
      this.#indexes = grown(this.#indexes);
    }
    this.#places[this.#length] = place;
    this.#indexes[this.#length++] = index;
    this.#lasts[index] = place + 1;
    this.#counts[index]++;
  }

  /** Each number with its places, ascending. */
  *lists(): Generator<[number: number, places: Int32Array]> {
    const ends = new Int32Array(this.#size);
    for (let index = 1; index < this.#size; index++) {
      ends[index] = ends[index - 1] + this.#counts[index - 1];
    }
    const sorted = new Int32Array(this.#length);
    for (let posting = 0; posting < this.#length; posting++) {
      sorted[ends[this.#indexes[posting]]++] = this.#places[posting];
    }
    for (let index = 0; index < this.#size; index++) {
      const places = sorted.subarray(
        ends[index] - this.#counts[index],
        ends[index],
      );
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
