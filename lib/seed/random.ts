/**
 * A stream of pseudo-random numbers that a seed determines (mulberry32): the same seed gives the
 * same content on every machine.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** Index in [0, limit) where small ones are far more frequent: about a Zipf distribution. */
  zipf(limit: number): number {
    return Math.min(limit - 1, Math.floor(limit ** this.next()) - 1);
  }

  /**
   * Pareto-distributed amount from 0 on with the given mean (shape 1.6): mostly small, now and
   * then very large.
   */
  heavyTail(mean: number, cap: number): number {
    const shape = 1.6;
    const scale = mean * (shape - 1);
    const value = scale * ((1 - this.next()) ** (-1 / shape) - 1);
    return Math.min(cap, Math.floor(value));
  }

  /** Exponentially distributed amount with the given mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }
}
