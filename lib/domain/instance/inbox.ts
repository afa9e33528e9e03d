import { Conditions } from "../conditions.ts";
import { changeAtOnce, type Ctx, query } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { requireAdmin } from "../permissions.ts";

/** An activity of another server that waits, or was refused (federation §5.8). */
export interface ReceivedActivityView {
  id: number;
  activity_id: string;
  /** Type, and that of its object. */
  kind: string;
  actor_id: string;
  state: "waiting" | "failed";
  /** Why it was not carried out so far. */
  reason: string | null;
  attempts: number;
  received_at: string;
  /** When it is tried again; null when it waits for its turn or has failed. */
  next_attempt_at: string | null;
}

const DEFAULT_LIMIT = 20;

/**
 * A page of the activities that wait to be carried out, or that were refused within the last seven
 * days; the newest first.
 * @throws LemmyError `not_an_admin`, cursor errors
 */
export async function listReceivedActivities(
  ctx: Ctx,
  filter: {
    state: "waiting" | "failed";
    page_cursor?: string;
    limit?: number;
  },
): Promise<PagedResponse<ReceivedActivityView>> {
  requireAdmin(ctx);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("fi", filter.page_cursor);
  const where = new Conditions();
  // Written out, so that the index of the state is used.
  where.add(
    filter.state === "waiting" ? "r.state = 'waiting'" : "r.state = 'failed'",
  );
  const ids = await pageIds(
    ctx,
    {
      from: "received_activity r",
      alias: "r",
      table: "received_activity",
      segments: [{
        where: "true",
        keys: [{ expression: "r.id", type: "int8" }],
        direction: "desc",
      }],
    },
    where,
    cursor,
    limit,
  );
  const items = await query<ReceivedActivityView>(
    ctx,
    `select id, ap_id as activity_id, kind, actor_ap_id as actor_id, state, reason, attempts,
       received_at, retry_at as next_attempt_at
     from received_activity where id = any($1::int8[]) order by id desc`,
    [ids],
  );
  return { items, ...pageCursors("fi", cursor, ids, limit) };
}

/**
 * Has an activity tried again at once, as if it had just arrived.
 * @throws LemmyError `not_an_admin`, `not_found` for one that is not there or was carried out
 */
export async function retryReceivedActivity(
  ctx: Ctx,
  { id }: { id: number },
): Promise<void> {
  requireAdmin(ctx);
  const changed = await changeAtOnce(
    ctx,
    `update received_activity set state = 'waiting', attempts = 0, retry_at = null,
       received_at = $2::timestamptz, done_at = null
     where id = $1::int8 and state <> 'applied' and data is not null returning id`,
    [id, ctx.now.toISOString()],
  );
  if (changed.length === 0) throw new LemmyError("not_found");
}

/**
 * Drops an activity: it is not tried any more, nor taken when it arrives again.
 * @throws LemmyError as `retryReceivedActivity`
 */
export async function discardReceivedActivity(
  ctx: Ctx,
  { id }: { id: number },
): Promise<void> {
  requireAdmin(ctx);
  const changed = await changeAtOnce(
    ctx,
    `update received_activity set state = 'applied', data = null, reason = 'discarded',
       retry_at = null, claimed_by = null, claimed_until = null, done_at = $2::timestamptz
     where id = $1::int8 and state <> 'applied' returning id`,
    [id, ctx.now.toISOString()],
  );
  if (changed.length === 0) throw new LemmyError("not_found");
}
