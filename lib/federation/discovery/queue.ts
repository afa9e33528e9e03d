import { type Ctx, query } from "../../domain/context.ts";
import {
  type FedCtx,
  federationContext,
  FetchBudget,
  MAX_FETCHES,
} from "../context.ts";
import { FederationError } from "../errors.ts";

/** A piece of work that was taken from a queue (`lib/jobs/work_queue.ts`). */
export interface Taken {
  table:
    | "community_fetch"
    | "thread_fetch"
    | "import_fetch"
    | "bootstrap_fetch";
  key: string;
  id: number;
  /** Including the one under way. */
  attempts: number;
}

/** What may pass is tried this often. */
const MAX_ATTEMPTS = 5;
/** Milliseconds until the second try; each further one waits five times as long. */
const RETRY_MS = 60_000;

/** Removes work that is done, unless it was asked for anew meanwhile. */
export async function finish(ctx: Ctx, taken: Taken): Promise<void> {
  await query(
    ctx,
    `delete from ${taken.table} where ${taken.key} = $1::int4 and attempts = $2::int4`,
    [taken.id, taken.attempts],
  );
}

/** Leaves work for later, or gives it up when it has been tried often enough. */
export async function postpone(ctx: Ctx, taken: Taken): Promise<void> {
  if (taken.attempts >= MAX_ATTEMPTS) return await finish(ctx, taken);
  const delay = RETRY_MS * 5 ** (taken.attempts - 1);
  await query(
    ctx,
    `update ${taken.table} set due_at = $3::timestamptz
     where ${taken.key} = $1::int4 and attempts = $2::int4`,
    [
      taken.id,
      taken.attempts,
      new Date(ctx.now.getTime() + delay).toISOString(),
    ],
  );
}

/** Gives back what the end of the process has cut short, as if it had not been taken. */
export async function giveBack(ctx: Ctx, taken: Taken): Promise<void> {
  await query(
    ctx,
    `update ${taken.table} set attempts = attempts - 1, due_at = $3::timestamptz
     where ${taken.key} = $1::int4 and attempts = $2::int4`,
    [taken.id, taken.attempts, ctx.now.toISOString()],
  );
}

/** Budgets that are over as soon as the process wants to end. */
export async function withBudgets<Result>(
  stopping: AbortSignal,
  sizes: readonly number[],
  body: (...budgets: FetchBudget[]) => Promise<Result>,
): Promise<Result> {
  const budgets = sizes.map((size) => new FetchBudget(size));
  const end = () => budgets.forEach((budget) => budget.end());
  stopping.addEventListener("abort", end);
  if (stopping.aborted) end();
  try {
    return await body(...budgets);
  } finally {
    stopping.removeEventListener("abort", end);
  }
}

/**
 * Resolves what a piece of work is about, with a budget of its own. A failure is logged; the work is
 * left for later if the failure may pass, and otherwise over.
 * @returns undefined after a failure
 */
export async function resolveTaken<Result>(
  ctx: Ctx,
  taken: Taken,
  stopping: AbortSignal,
  resolve: (ctx: FedCtx) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await withBudgets(
      stopping,
      [MAX_FETCHES],
      (budget) => resolve(federationContext(ctx, budget)),
    );
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    ctx.log.debug("what was wanted cannot be had", {
      table: taken.table,
      id: taken.id,
      error: error.message,
    });
    if (stopping.aborted) await giveBack(ctx, taken);
    else if (error.transient) await postpone(ctx, taken);
    else await finish(ctx, taken);
  }
}
