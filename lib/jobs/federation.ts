import { query } from "../domain/context.ts";
import type { JobContext } from "./job.ts";

const BATCH = 5000;

/**
 * Removes what is over of the logs of sent and received activities (federation §5.6): received ones
 * after seven days, sent ones as soon as everybody has them, and after fourteen days whoever lacks
 * them. A server that has been silent for fourteen days is not waited for.
 */
export async function cleanFederationLogs(ctx: JobContext): Promise<void> {
  const [{ everybody }] = await query<{ everybody: number | null }>(
    ctx,
    `select min(q.last_successful_id) as everybody
     from federation_queue_state q join instance i on i.id = q.instance_id
     where coalesce(i.updated_at, i.published_at) > $1::timestamptz - interval '14 days'
       and i.id <> (select s.instance_id from local_site l join site s on s.id = l.site_id)
       and not exists (select from federation_blocklist b where b.instance_id = i.id)`,
    [ctx.now.toISOString()],
  );
  await inBatches(
    ctx,
    `delete from sent_activity where id in (select id from sent_activity
       where published_at < $1::timestamptz - interval '7 days'
         and (published_at < $1::timestamptz - interval '14 days'
           or $2::int8 is null or id <= $2::int8)
       order by published_at limit ${BATCH}) returning id`,
    [ctx.now.toISOString(), everybody],
  );
  await inBatches(
    ctx,
    `delete from received_activity where id in (select id from received_activity
       where received_at < $1::timestamptz - interval '7 days' and state <> 'waiting'
       order by received_at limit ${BATCH}) returning id`,
    [ctx.now.toISOString()],
  );
}

async function inBatches(
  ctx: JobContext,
  statement: string,
  parameters: unknown[],
): Promise<void> {
  for (let count = BATCH; count === BATCH && !ctx.stopping?.();) {
    count = (await query(ctx, statement, parameters)).length;
  }
}
