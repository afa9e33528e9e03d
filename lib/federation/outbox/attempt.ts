import { isBrokenOff, isConnectionError } from "../../db/connection.ts";
import { type Ctx, query } from "../../domain/context.ts";
import { NotYet } from "../activities/not_yet.ts";

/**
 * Does something in a transaction so that its failure undoes it alone.
 * @returns the error, if it failed by itself
 * @throws what concerns the whole transaction: a lost connection, one broken off for another's sake
 */
export async function attempt(
  ctx: Pick<Ctx, "db">,
  body: () => Promise<void>,
): Promise<{ error: unknown } | null> {
  await query(ctx, "savepoint outbox");
  try {
    await body();
  } catch (error) {
    if (isConnectionError(error) || isBrokenOff(error)) throw error;
    await query(ctx, "rollback to savepoint outbox");
    return { error };
  }
  await query(ctx, "release savepoint outbox");
  return null;
}

/** Tells the operator of an event that cannot be sent; that one has to wait is nothing special. */
export function logFailure(
  { log }: Pick<Ctx, "log">,
  event: { kind: string; id: number },
  error: unknown,
  attempts: number,
): void {
  const { kind, id } = event;
  if (error instanceof NotYet) {
    log.debug("an event waits to be sent", { kind, id, error });
  } else log.error("an event cannot be sent", { kind, id, attempts, error });
}
