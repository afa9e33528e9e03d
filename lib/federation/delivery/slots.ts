/** Deliveries of a process that may be under way at once; each is a connection. */
const SLOTS = 1024;
/** What one instance keeps when half of them are taken. */
const MODEST = 4;

/**
 * Bounds how many deliveries a process has under way. An instance always gets one, so that those
 * that do not answer never hold up the others.
 */
export class Slots {
  #taken = 0;
  #waiting = new Set<() => void>();

  /**
   * Takes a slot for an instance that holds `own`.
   * @param again called once when a refused one may be tried again
   */
  take(own: number, again: () => void): boolean {
    const free = own === 0 || this.#taken < SLOTS / 2 ||
      this.#taken < SLOTS && own < MODEST;
    if (free) this.#taken++;
    else this.#waiting.add(again);
    return free;
  }

  release(): void {
    this.#taken--;
    const [next] = this.#waiting;
    if (!next) return;
    this.#waiting.delete(next);
    next();
  }
}
