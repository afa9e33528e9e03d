import { isConnectionError } from "../../db/connection.ts";
import type { Ctx } from "../context.ts";
import { type Cast, storeVotes } from "./store.ts";

export type { Cast };

/** A vote whose caller waits. */
interface Waiting {
  ctx: Ctx;
  cast: Cast;
  done(): void;
  failed(error: unknown): void;
}

/** Votes in one statement. */
const BATCH = 100;
/** Milliseconds after which votes that wait for somebody's lock hold up no later ones. */
const PATIENCE_MS = 50;

/**
 * Stores votes together that come while others are being stored: half of what a vote costs are its
 * round trips, its commit and the triggers, and votes on one post would wait for each other.
 */
export class VoteQueue {
  #waiting: Waiting[] = [];
  #flowing = false;
  /** Votes on what somebody wrote whose row is locked, by author. */
  #held = new Map<number, Waiting[]>();

  /** Stores a vote, in the transaction of the context or in one of its own. */
  async add(ctx: Ctx, cast: Cast): Promise<void> {
    await new Promise<void>((done, failed) => {
      this.#line({ ctx, cast, done, failed });
    });
  }

  #line(vote: Waiting): void {
    const held = this.#held.get(vote.cast.target.creator_id);
    (held ?? this.#waiting).push(vote);
    if (held || this.#flowing) return;
    this.#flowing = true;
    // What is cast in the same turn comes along.
    queueMicrotask(() => this.#flow());
  }

  async #flow(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = takeDistinct(this.#waiting);
      const { ctx } = batch[0];
      if (ctx.db.isTransaction) await this.#store(batch, "wait");
      else await patiently(this.#store(batch, "skip"));
    }
    this.#flowing = false;
  }

  /** @param locked what becomes of votes on those whose row somebody else has locked */
  async #store(batch: Waiting[], locked: "wait" | "skip"): Promise<void> {
    const { ctx } = batch[0];
    try {
      const outcomes = await storeVotes(
        ctx,
        batch.map(({ cast }) => cast),
        locked,
      );
      for (const [i, vote] of batch.entries()) {
        if (outcomes[i] === "stored") vote.done();
        else if (outcomes[i] === "held") this.#hold(vote);
        else this.#line(vote);
      }
    } catch (error) {
      await this.#singly(batch, error);
    }
  }

  /** One vote that cannot be stored, as its voter is gone, takes no other with it. */
  async #singly(batch: Waiting[], error: unknown): Promise<void> {
    const [{ ctx, cast }] = batch;
    const hopeless = ctx.db.isTransaction || batch.length === 1 ||
      isConnectionError(error);
    if (hopeless) {
      for (const { failed } of batch) failed(error);
      return;
    }
    ctx.log.debug("votes are stored one by one", { kind: cast.kind, error });
    for (const vote of batch) await this.#store([vote], "wait");
  }

  /** Waits for an author's row, with the later votes on what the author wrote. */
  #hold(vote: Waiting): void {
    const author = vote.cast.target.creator_id;
    const held = this.#held.get(author);
    if (held) {
      held.push(vote);
      return;
    }
    const lane = [vote];
    this.#held.set(author, lane);
    queueMicrotask(async () => {
      while (lane.length > 0) await this.#store(takeDistinct(lane), "wait");
      this.#held.delete(author);
    });
  }
}

/** Takes the next votes of one kind out of the list, one of each person on each item. */
function takeDistinct(list: Waiting[]): Waiting[] {
  const { kind } = list[0].cast;
  const keys = new Set<string>();
  const taken: Waiting[] = [];
  const left: Waiting[] = [];
  for (const vote of list.splice(0)) {
    const { cast: { voterId, target, kind: other } } = vote;
    const key = `${voterId} ${target.id}`;
    const goes = other === kind && taken.length < BATCH && !keys.has(key);
    (goes ? taken : left).push(vote);
    // Of two votes of one person on one item the later one comes later.
    if (other === kind) keys.add(key);
  }
  list.push(...left);
  return taken;
}

async function patiently(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}
