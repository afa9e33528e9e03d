import { MediaError } from "./limits.ts";

/**
 * Lets so many through at a time and makes a bounded number wait: decoding holds much memory, so
 * how many pictures are in work must not be up to those who send them.
 */
export class Gate {
  #free: number;
  #waiting: { resolve: () => void; timer: ReturnType<typeof setTimeout> }[] =
    [];

  constructor(places: number, readonly queue: number) {
    this.#free = places;
  }

  /**
   * Runs the work when its turn comes.
   * @param patience milliseconds to wait for it
   * @throws MediaError when too many wait, or for too long
   */
  async pass<T>(patience: number, work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#wait(patience);
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) {
        clearTimeout(next.timer);
        next.resolve();
      } else this.#free++;
    }
  }

  #wait(patience: number): Promise<void> {
    if (this.#waiting.length >= this.queue) {
      throw new MediaError("too many pictures are being worked on; try again");
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((entry) => entry !== place);
        reject(new MediaError("the picture waited too long; try again"));
      }, patience);
      const place = { resolve, timer };
      this.#waiting.push(place);
    });
  }
}
