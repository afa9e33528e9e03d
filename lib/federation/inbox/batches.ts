import { type Ctx, lockPersons, query } from "../../domain/context.ts";
import type { Locks } from "../activities/received.ts";

/** A piece of work whose caller waits. */
interface Waiting<Item> {
  item: Item;
  done(): void;
  failed(error: unknown): void;
}

/** Activities in one transaction. */
const BATCH = 50;

/**
 * Carries out together what is ready while others are being carried out: the round trips of a
 * transaction, the marks and what votes have in common are then paid once. One batch at a time, as
 * they would only wait for each other's locks.
 */
export class Batches<Item> {
  #waiting: Waiting<Item>[] = [];
  #flowing = false;

  /** @param carryOut does all of them, or none and throws */
  constructor(private readonly carryOut: (batch: Item[]) => Promise<void>) {}

  /** Carries one out, with others. @throws what its own attempt throws, never that of another */
  async add(item: Item): Promise<void> {
    await new Promise<void>((done, failed) => {
      this.#waiting.push({ item, done, failed });
      this.#flow();
    });
  }

  async #flow(): Promise<void> {
    if (this.#flowing) return;
    this.#flowing = true;
    while (this.#waiting.length > 0) {
      await this.#attempt(this.#waiting.splice(0, BATCH));
    }
    this.#flowing = false;
  }

  async #attempt(batch: Waiting<Item>[]): Promise<void> {
    try {
      await this.carryOut(batch.map(({ item }) => item));
      for (const { done } of batch) done();
    } catch (error) {
      // Which of them is at fault shows when each is tried by itself.
      if (batch.length === 1) batch[0].failed(error);
      else for (const one of batch) await this.#attempt([one]);
    }
  }
}

/** Locks what a batch will change before any of it is, in the order of all locks (content §13). */
export async function lockTogether(
  ctx: Ctx,
  locks: readonly Locks[],
): Promise<void> {
  const all = (which: keyof Locks) => [
    ...new Set(locks.flatMap((one) => one[which])),
  ];
  await lockPersons(ctx, all("persons"));
  for (const table of ["comment", "post"] as const) {
    const ids = all(`${table}s`);
    if (ids.length === 0) continue;
    await query(
      ctx,
      `select from ${table} where id = any($1::int4[]) order by id for no key update`,
      [ids],
    );
  }
}
