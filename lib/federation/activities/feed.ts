import { query } from "../../domain/context.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import { PUBLIC } from "../ids.ts";
import { feedObject } from "../objects/feed.ts";
import type { Building } from "./building.ts";
import { keysOf } from "./keys.ts";
import { activityOf, type Sending } from "./sending.ts";

/**
 * Update of a multi-community to all who follow it, by its owner, whoever made the change (§3.15).
 * That one is deleted is told to nobody.
 */
export async function sendFeedUpdate(
  ctx: Building,
  event: StoredEvent,
): Promise<Sending[]> {
  const { multi_community_id: id } = event.data as {
    multi_community_id: number;
  };
  const [feed] = await query<
    { ap_id: string; owner: string; inboxes: string[] }
  >(
    ctx,
    `select m.ap_id, o.ap_id as owner, array(select distinct p.inbox_url
       from multi_community_follow f join person p on p.id = f.person_id
       where f.multi_community_id = m.id and not p.local) as inboxes
     from multi_community m join person o on o.id = m.creator_id
     where m.id = $1::int4 and m.local and not m.deleted`,
    [id],
  );
  if (!feed) return [];
  const activity = activityOf(ctx, "Update", feed.owner, {
    to: [feed.ap_id, PUBLIC],
    cc: [],
    object: await feedObject(ctx, id),
    audience: feed.ap_id,
  });
  return [{
    activity,
    signer: "person",
    sensitive: false,
    inboxes: feed.inboxes,
    followersOf: null,
    allInstances: false,
    ...keysOf(activity),
  }];
}
