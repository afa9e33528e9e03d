import { type Ctx, query } from "../../domain/context.ts";
import type { Place } from "./lanes.ts";

/** The durable inbox: what arrived and was verified (§4.2 step 9). */

export interface NewActivity extends Place {
  ap_id: string;
  /** Its type, with that of its object where that tells more. */
  kind: string;
  actor_ap_id: string;
  host: string;
  /** The raw body. */
  data: string;
}

/**
 * Stores an activity, unless its id was seen before.
 * @returns whether it was stored
 */
export async function storeActivity(
  ctx: Pick<Ctx, "db">,
  activity: NewActivity,
): Promise<boolean> {
  const stored = await query(
    ctx,
    `insert into received_activity (ap_id, kind, actor_ap_id, host, data, changes, needs,
       related)
     values ($1, $2, $3, $4, $5, $6::text[], $7::text[], $8::text[])
     on conflict (ap_id) do nothing returning id`,
    [
      activity.ap_id,
      activity.kind,
      activity.actor_ap_id,
      activity.host,
      activity.data,
      activity.changes,
      activity.needs,
      activity.related,
    ],
  );
  return stored.length > 0;
}

/** Whether something about one of these still waits to be applied. */
export async function hasWaiting(
  ctx: Pick<Ctx, "db">,
  related: readonly string[],
): Promise<boolean> {
  const [{ waits }] = await query<{ waits: boolean }>(
    ctx,
    `select exists (select from received_activity
       where state = 'waiting' and related && $1::text[]) as waits`,
    [related],
  );
  return waits;
}

/** Whether something that was stored before an activity, about the same, still waits. */
export async function hasEarlier(
  ctx: Pick<Ctx, "db">,
  id: number,
): Promise<boolean> {
  const [{ waits }] = await query<{ waits: boolean }>(
    ctx,
    `select exists (select from received_activity
       where state = 'waiting' and id < $1::int8
         and related && (select related from received_activity where id = $1)) as waits`,
    [id],
  );
  return waits;
}
