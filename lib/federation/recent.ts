/** Remembers what was made for a key, as many of the most recently used as it may. */
export class Recent<Key, Value> {
  #entries = new Map<Key, Value>();

  /** @param onDrop called with what is forgotten */
  constructor(
    private readonly limit: number,
    private readonly onDrop: (value: Value) => void = () => {},
  ) {}

  /** What is remembered for the key, else what `make` makes; a promise that fails is forgotten. */
  get(key: Key, make: (key: Key) => Value): Value {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const value = make(key);
    this.#entries.set(key, value);
    if (value instanceof Promise) value.catch(() => this.#entries.delete(key));
    if (this.#entries.size > this.limit) {
      const [[oldest, dropped]] = this.#entries;
      this.#entries.delete(oldest);
      this.onDrop(dropped);
    }
    return value;
  }

  /** Forgets the key. */
  delete(key: Key): void {
    this.#entries.delete(key);
  }
}
