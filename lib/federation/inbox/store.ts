import { batched } from "../../db/batcher.ts";
import { rowsOf } from "../../domain/columns.ts";
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

/** Activities in one statement. */
const TOGETHER = 30;

/**
 * Stores an activity, unless its id was seen before; those that arrive at the same time in one
 * statement.
 * @returns whether it was stored
 */
export const storeActivity: (
  ctx: Pick<Ctx, "db">,
  activity: NewActivity,
) => Promise<boolean> = batched(storeActivities, {
  limit: TOGETHER,
  keyOf: ({ ap_id }) => ap_id,
});

async function storeActivities(
  ctx: Pick<Ctx, "db">,
  activities: NewActivity[],
): Promise<boolean[]> {
  const column = (of: (activity: NewActivity) => string) => activities.map(of);
  const list = (of: (activity: NewActivity) => readonly string[]) =>
    activities.map((activity) => of(activity).join("\n"));
  const stored = await query<{ ap_id: string }>(
    ctx,
    `insert into received_activity (ap_id, kind, actor_ap_id, host, data, changes, needs,
       related)
     select ap_id, kind, actor, host, data, string_to_array(changes, E'\\n'),
       string_to_array(needs, E'\\n'), string_to_array(related, E'\\n')
     from ${
      rowsOf(
        Array.from({ length: 8 }, (_, i) => `$${i + 1}::text[]`),
        "a (ap_id, kind, actor, host, data, changes, needs, related, nr)",
      )
    }
     order by nr
     on conflict (ap_id) do nothing returning ap_id`,
    [
      column(({ ap_id }) => ap_id),
      column(({ kind }) => kind),
      column(({ actor_ap_id }) => actor_ap_id),
      column(({ host }) => host),
      column(({ data }) => data),
      list(({ changes }) => changes),
      list(({ needs }) => needs),
      list(({ related }) => related),
    ],
  );
  const ids = new Set(stored.map(({ ap_id }) => ap_id));
  return activities.map(({ ap_id }) => ids.has(ap_id));
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
