import { ID_LIST, INSTANCE, select } from "../columns.ts";
import { Conditions } from "../conditions.ts";
import { changeAtOnce, type Ctx, queryViews } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { requireAdmin } from "../permissions.ts";
import type { Instance } from "../views.ts";
import { nextAttempt } from "./retry.ts";

/** How far another server has received what is sent (federation §5.8). */
export interface FederationQueueView {
  instance: Instance;
  /** Activities of the log beyond its place there, those for others counted too. */
  lag: number;
  /** Age of the oldest of them; 0 when there is none. */
  lag_seconds: number;
  last_successful_id: number;
  last_successful_published_time_at: string | null;
  fail_count: number;
  last_error: string | null;
  last_retry_at: string | null;
  /** When it is tried again; null when nothing holds it up. */
  next_attempt_at: string | null;
  paused: boolean;
}

const TEXT = `
  select ${select("i", "instance", INSTANCE)}, q.last_successful_id,
    q.last_successful_published_time_at, q.fail_count, q.last_error, q.last_retry_at,
    q.not_before, q.paused, log.newest - q.last_successful_id as lag,
    coalesce(extract(epoch from $2::timestamptz - oldest.published_at)::int4, 0) as lag_seconds
  from ${ID_LIST}
  join instance i on i.id = list.id
  join federation_queue_state q on q.instance_id = i.id
  cross join (select coalesce(max(id), 0) as newest from sent_activity) log
  left join lateral (select published_at from sent_activity
    where id > q.last_successful_id order by id limit 1) oldest on true
  order by list.position`;

type Row = Omit<FederationQueueView, "next_attempt_at"> & {
  not_before: string | null;
};

async function readQueues(
  ctx: Ctx,
  ids: readonly number[],
): Promise<FederationQueueView[]> {
  if (ids.length === 0) return [];
  const rows = await queryViews<Partial<Row> & Pick<Row, "instance">>(
    ctx,
    TEXT,
    [
      ids,
      ctx.now.toISOString(),
    ],
  );
  return rows.map((row) => {
    const { not_before = null, last_retry_at = null, fail_count = 0 } = row;
    const next = nextAttempt({ fail_count, last_retry_at, not_before });
    return {
      instance: row.instance,
      lag: Math.max(0, row.lag ?? 0),
      lag_seconds: row.lag_seconds ?? 0,
      last_successful_id: row.last_successful_id ?? 0,
      last_successful_published_time_at:
        row.last_successful_published_time_at ?? null,
      fail_count,
      last_error: row.last_error ?? null,
      last_retry_at,
      next_attempt_at: next > ctx.now.getTime()
        ? new Date(next).toISOString()
        : null,
      paused: row.paused ?? false,
    };
  });
}

const DEFAULT_LIMIT = 20;

/**
 * A page of the other servers with their queues, in the order in which they got to be known.
 * @param filter.failing_only those that did not take the last delivery
 * @throws LemmyError `not_an_admin`, cursor errors
 */
export async function listFederationQueues(
  ctx: Ctx,
  filter: { failing_only?: boolean; page_cursor?: string; limit?: number },
): Promise<PagedResponse<FederationQueueView>> {
  requireAdmin(ctx);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("fq", filter.page_cursor);
  const where = new Conditions();
  where.add(`i.id <> ${where.value(ctx.site.instance.id, "int4")}`);
  if (filter.failing_only) {
    where.add(`exists (select from federation_queue_state q
      where q.instance_id = i.id and q.fail_count > 0)`);
  }
  const ids = await pageIds(
    ctx,
    {
      from: "instance i",
      alias: "i",
      table: "instance",
      segments: [{
        where: "true",
        keys: [{ expression: "i.id", type: "int4" }],
        direction: "asc",
      }],
    },
    where,
    cursor,
    limit,
  );
  const items = await readQueues(ctx, ids);
  return { items, ...pageCursors("fq", cursor, ids, limit) };
}

/**
 * Lets nothing be sent to a server for the time being, or goes on where it was left off.
 * @throws LemmyError `not_an_admin`, `not_found`
 */
export async function pauseFederationQueue(
  ctx: Ctx,
  { instance_id, pause }: { instance_id: number; pause: boolean },
): Promise<FederationQueueView> {
  requireAdmin(ctx);
  const changed = await changeAtOnce(
    ctx,
    `update federation_queue_state set paused = $2
     where instance_id = $1::int4 and instance_id <> $3::int4 returning instance_id`,
    [instance_id, pause, ctx.site.instance.id],
  );
  if (changed.length === 0) throw new LemmyError("not_found");
  const [view] = await readQueues(ctx, [instance_id]);
  return view;
}
