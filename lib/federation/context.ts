import type { Ctx } from "../domain/context.ts";
import { FederationError } from "./errors.ts";

/** Requests that one inbox activity or one API look-up may cause (§4.1). */
export const MAX_FETCHES = 100;

/** Counts the requests to other servers that one piece of work causes. */
export class FetchBudget {
  #left: number;

  constructor(fetches = MAX_FETCHES) {
    this.#left = fetches;
  }

  /** Takes one. @throws FederationError `request_limit` when none is left */
  spend(): void {
    if (this.#left <= 0) {
      throw new FederationError("request_limit", "too many requests");
    }
    this.#left--;
  }

  /** Whether there is nothing left. */
  get spent(): boolean {
    return this.#left <= 0;
  }

  /** Takes everything away, as when the process wants to end. */
  end(): void {
    this.#left = 0;
  }
}

/**
 * What work on things of other servers knows besides: it may fetch, within its budget and never in
 * a transaction.
 */
export interface FedCtx extends Ctx {
  budget: FetchBudget;
  /** Set while a link of a text is followed, whose own text's links are then not. */
  followsLink?: boolean;
}

/** A context for one inbox activity, one look-up or one background task. */
export function federationContext(
  ctx: Ctx,
  budget = new FetchBudget(),
): FedCtx {
  return { ...ctx, budget };
}
