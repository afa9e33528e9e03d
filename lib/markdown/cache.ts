/**
 * Rendered texts by source and options, least recently used first out. Bounded by the characters
 * it holds rather than by entries, since texts differ by a factor of ten thousand.
 */
export class RenderCache {
  readonly #entries = new Map<string, string>();
  readonly #maxCharacters: number;
  #characters = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  /** The entry, which becomes the most recently used one. */
  get(key: string): string | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  /** Adds an entry unless it alone would take a tenth of the cache. */
  set(key: string, value: string): void {
    const size = key.length + value.length;
    if (size > this.#maxCharacters / 10 || this.#entries.has(key)) return;
    this.#entries.set(key, value);
    this.#characters += size;
    for (const [oldKey, oldValue] of this.#entries) {
      if (this.#characters <= this.#maxCharacters) break;
      this.#entries.delete(oldKey);
      this.#characters -= oldKey.length + oldValue.length;
    }
  }
}
