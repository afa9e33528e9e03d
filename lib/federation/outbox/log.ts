import { type Ctx, query } from "../../domain/context.ts";
import type { Sending } from "../activities/sending.ts";

/** Key of the advisory lock of whoever appends ("tfed"). */
const LOCK = [0x74666564, 1];

/**
 * Lets one transaction at a time append to the log, so that ids become visible in order (§5.1);
 * whoever waits waits for the database alone.
 */
export async function lockLog(ctx: Pick<Ctx, "db">): Promise<void> {
  await query(ctx, "select pg_advisory_xact_lock($1::int4, $2::int4)", LOCK);
}

/**
 * Appends activities to the log in their order, in the transaction that notes their events as done.
 */
export async function appendToLog(
  ctx: Pick<Ctx, "db" | "now">,
  sendings: readonly Sending[],
): Promise<void> {
  if (sendings.length === 0) return;
  await lockLog(ctx);
  const rows = sendings.map((sending) => ({
    ap_id: sending.activity.id,
    data: JSON.stringify(sending.activity),
    sensitive: sending.sensitive,
    send_inboxes: sending.inboxes,
    send_community_followers_of: sending.followersOf,
    send_all_instances: sending.allInstances,
    actor_type: sending.signer,
    actor_apub_id: sending.activity.actor,
    changes: sending.changes,
    needs: sending.needs,
  }));
  await query(
    ctx,
    `insert into sent_activity (ap_id, data, sensitive, published_at, send_inboxes,
       send_community_followers_of, send_all_instances, actor_type, actor_apub_id, changes, needs)
     select r.ap_id, r.data, r.sensitive, $2::timestamptz, r.send_inboxes,
       r.send_community_followers_of, r.send_all_instances, r.actor_type, r.actor_apub_id,
       r.changes, r.needs
     from rows from (json_to_recordset($1::text::json) as (ap_id text, data text, sensitive boolean,
       send_inboxes text[], send_community_followers_of int4, send_all_instances boolean,
       actor_type text, actor_apub_id text, changes text[], needs text[]))
       with ordinality as r(ap_id, data, sensitive, send_inboxes, send_community_followers_of,
         send_all_instances, actor_type, actor_apub_id, changes, needs, position)
     order by r.position`,
    [JSON.stringify(rows), ctx.now.toISOString()],
  );
}
