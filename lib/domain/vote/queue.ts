import { Batcher } from "../../db/batcher.ts";
import type { Ctx } from "../context.ts";
import { type Cast, type Outcome, storeVotes } from "./store.ts";

/** A vote, with the context of whoever casts it. */
interface Vote extends Cast {
  ctx: Ctx;
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
  readonly #free: Record<Cast["kind"], Batcher<Vote, Outcome>>;
  /** Votes on what somebody wrote whose row is locked, by kind and author. */
  readonly #held = new Map<string, Batcher<Vote, Outcome>>();

  /** @param inTransaction whether it all happens in one transaction, which fails as a whole */
  constructor(private readonly inTransaction: boolean) {
    const locked = inTransaction ? "wait" : "skip";
    this.#free = {
      post: this.#batcher("post", locked),
      comment: this.#batcher("comment", locked),
    };
  }

  /** Stores a vote, in the transaction of the context or in one of its own. */
  async add(ctx: Ctx, cast: Cast): Promise<void> {
    const vote = { ...cast, ctx };
    for (let done = false; !done;) {
      const outcome = this.#held.has(laneOf(cast))
        ? "held"
        : await this.#free[cast.kind].add(vote);
      done = (outcome === "held" ? await this.#wait(vote) : outcome) ===
        "stored";
    }
  }

  /** Waits for an author's row, with other votes on what the author wrote. */
  async #wait(vote: Vote): Promise<Outcome> {
    const name = laneOf(vote);
    let lane = this.#held.get(name);
    if (!lane) this.#held.set(name, lane = this.#batcher(vote.kind, "wait"));
    try {
      return await lane.add(vote);
    } finally {
      // Whoever still waits in it is not forgotten: only newcomers go the free way again.
      this.#held.delete(name);
    }
  }

  #batcher(
    kind: Cast["kind"],
    locked: "wait" | "skip",
  ): Batcher<Vote, Outcome> {
    return new Batcher(
      (votes) => storeVotes(votes[0].ctx, kind, votes, locked),
      {
        limit: BATCH,
        keyOf: ({ voterId, target }) => `${voterId} ${target.id}`,
        patience: locked === "skip" ? PATIENCE_MS : undefined,
        // A vote that cannot be stored, as its voter is gone, takes no other with it.
        singly: () => !this.inTransaction,
      },
    );
  }
}

function laneOf({ kind, target }: Cast): string {
  return `${kind} ${target.creator_id}`;
}
