import { OutgoingError } from "../../http/guarded_client.ts";
import { type Ctx, query } from "../context.ts";

/** A row of a queue about posts (`lib/jobs/work_queue.ts`). */
export interface Wish {
  post_id: number;
  /** Including the one under way. */
  attempts: number;
}

type Table = "post_link_check" | "post_webmention";

/** What a crash has ended is taken up again after this time; nothing takes longer. */
export const LEASE = "2 minutes";

/** What did not answer is tried this often. */
const MAX_ATTEMPTS = 3;
/** Milliseconds until the second try, and ten times that until the third. */
const RETRY_MS = 60_000;

/** An answer that is no success; 5xx may be one later. */
export class StatusError extends OutgoingError {
  constructor(readonly status: number, host: string) {
    super("network", `${host} answers ${status}`);
  }
}

/** Drops a wish that was had, unless somebody has asked anew meanwhile. */
export async function forgetWish(
  ctx: Ctx,
  table: Table,
  wish: Wish,
): Promise<void> {
  await query(
    ctx,
    `delete from ${table} where post_id = $1::int4 and attempts = $2::int4`,
    [wish.post_id, wish.attempts],
  );
}

/**
 * Puts a wish off whose failure may pass.
 * @returns false when it will not, or has been tried often enough
 */
export async function postponeWish(
  ctx: Ctx,
  table: Table,
  wish: Wish,
  error: OutgoingError,
): Promise<boolean> {
  if (!isPassing(error) || wish.attempts >= MAX_ATTEMPTS) return false;
  const delay = RETRY_MS * 10 ** (wish.attempts - 1);
  await query(
    ctx,
    `update ${table} set due_at = $3::timestamptz
     where post_id = $1::int4 and attempts = $2::int4`,
    [
      wish.post_id,
      wish.attempts,
      new Date(ctx.now.getTime() + delay).toISOString(),
    ],
  );
  return true;
}

function isPassing(error: OutgoingError): boolean {
  if (error instanceof StatusError) {
    return error.status >= 500 || error.status === 429;
  }
  return error.reason === "network" || error.reason === "timeout";
}
