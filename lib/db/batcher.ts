import { isConnectionError } from "./connection.ts";

interface Waiting<Item, Result> {
  item: Item;
  done(result: Result): void;
  failed(error: unknown): void;
}

export interface BatcherOptions<Item> {
  /** Items in one batch, at most. */
  limit: number;
  /** Items of the same key come one after the other, in the order given. */
  keyOf?(item: Item): unknown;
  /** Milliseconds that a batch may take before the next one goes beside it; without limit. */
  patience?: number;
  /**
   * Whether each item is tried by itself when its batch has failed, though the database is there;
   * always.
   */
  singly?(error: unknown): boolean;
}

/**
 * Does together what comes while others are being done: the first one goes at once, and all that
 * come meanwhile go with the next one. Each caller is answered for the own item, and reads what the
 * database says after it asked. So the round trips, the commits and the work of statements are
 * shared when there is much to do, and nobody waits for company when there is little.
 */
export class Batcher<Item, Result> {
  #waiting: Waiting<Item, Result>[] = [];
  #flowing = false;

  /**
   * @param work does the items of a batch, of which there is at least one, and gives the results in
   * their order; or does nothing and throws
   */
  constructor(
    private readonly work: (items: Item[]) => Promise<Result[]>,
    private readonly options: BatcherOptions<Item>,
  ) {}

  /** Does one item. @throws what the work throws for it */
  async add(item: Item): Promise<Result> {
    return await new Promise<Result>((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (this.#flowing) return;
      this.#flowing = true;
      // What comes in the same turn goes along.
      queueMicrotask(() => this.#flow());
    });
  }

  async #flow(): Promise<void> {
    const { patience } = this.options;
    while (this.#waiting.length > 0) {
      const done = this.#attempt(this.#next());
      await (patience === undefined ? done : within(patience, done));
    }
    this.#flowing = false;
  }

  #next(): Waiting<Item, Result>[] {
    const { limit, keyOf } = this.options;
    if (!keyOf) return this.#waiting.splice(0, limit);
    const keys = new Set<unknown>();
    const taken: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    for (const one of this.#waiting) {
      const key = keyOf(one.item);
      (taken.length < limit && !keys.has(key) ? taken : left).push(one);
      keys.add(key);
    }
    this.#waiting = left;
    return taken;
  }

  async #attempt(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.work(batch.map(({ item }) => item));
      for (const [i, { done }] of batch.entries()) done(results[i]);
    } catch (error) {
      const { singly } = this.options;
      const hopeless = batch.length === 1 || isConnectionError(error) ||
        singly?.(error) === false;
      if (hopeless) {
        for (const { failed } of batch) failed(error);
        return;
      }
      // Which of them is at fault shows when each is tried by itself.
      for (const one of batch) await this.#attempt([one]);
    }
  }
}

/** Waits for the work, but not for longer than this. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** Milliseconds after which a slow query holds up no later ones. */
const PATIENCE_MS = 50;

/**
 * A batched function of the database: calls on one pool, or within one transaction, are done
 * together as a `Batcher` does them.
 * @param work see `Batcher`
 */
export function batched<Db extends object, Item, Result>(
  work: (ctx: { db: Db }, items: Item[]) => Promise<Result[]>,
  options: BatcherOptions<Item>,
): (ctx: { db: Db }, item: Item) => Promise<Result> {
  const batchers = new WeakMap<Db, Batcher<Item, Result>>();
  return async ({ db }, item) => {
    let batcher = batchers.get(db);
    if (!batcher) {
      batcher = new Batcher((items) => work({ db }, items), {
        patience: PATIENCE_MS,
        ...options,
      });
      batchers.set(db, batcher);
    }
    return await batcher.add(item);
  };
}
