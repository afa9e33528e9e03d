import { query } from "../../domain/context.ts";
import type { FollowReceived } from "../../domain/event/record.ts";
import type { StoredEvent } from "../../jobs/event_consumer.ts";
import type { Json } from "../objects/send.ts";
import type { Building } from "./building.ts";
import { activityOf, direct, type Sending, undoOf } from "./sending.ts";
import type { Doer, Subject } from "./subject.ts";

/** Follow, its Undo, and the answers to those of others (§3.2). */

/** Somebody here follows a community elsewhere, or no longer does. */
export function sendCommunityFollow(
  ctx: Building,
  event: StoredEvent,
  { person, community }: Subject,
): Sending[] {
  if (!person?.local || !community || community.local) return [];
  return sendFollow(ctx, event, person, community);
}

/** Somebody here follows a multi-community elsewhere, or no longer does. */
export async function sendFeedFollow(
  ctx: Building,
  event: StoredEvent,
  { person }: Subject,
): Promise<Sending[]> {
  const { multi_community_id } = event.data as { multi_community_id: number };
  const [feed] = await query<
    { ap_id: string; inbox_url: string; local: boolean }
  >(
    ctx,
    "select ap_id, inbox_url, local from multi_community where id = $1::int4",
    [multi_community_id],
  );
  if (!person?.local || !feed || feed.local) return [];
  return sendFollow(ctx, event, person, feed);
}

function sendFollow(
  ctx: Building,
  event: StoredEvent,
  { ap_id: actor }: Doer,
  { ap_id: object, inbox_url }: { ap_id: string; inbox_url: string },
): Sending[] {
  const follow = activityOf(ctx, "Follow", actor, { to: [object], object });
  const { follow: follows } = event.data as { follow: boolean };
  return direct(follows ? follow : undoOf(ctx, follow), [inbox_url]);
}

/** Accepts the follow of somebody elsewhere, as whoever is followed. */
export async function sendAccept(
  ctx: Building,
  event: StoredEvent,
): Promise<Sending[]> {
  const data = event.data as FollowReceived;
  const [target] = await query<{ ap_id: string }>(
    ctx,
    `select ap_id from ${data.target} where id = $1::int4 and local`,
    [data.target_id],
  );
  if (!target) return [];
  const accept = answerOf(ctx, "Accept", target.ap_id, data);
  return direct(accept, [data.follower_inbox], data.target);
}

/** A moderator has answered the request of somebody elsewhere to join a community. */
export async function sendFollowAnswer(
  ctx: Building,
  event: StoredEvent,
  { person, community }: Subject,
): Promise<Sending[]> {
  if (!person || person.local || !community?.local) return [];
  const { approve } = event.data as { approve: boolean };
  const [row] = await query<{ inbox_url: string; follow_ap_id: string | null }>(
    ctx,
    `select p.inbox_url, a.follow_ap_id
     from person p join community_actions a on a.person_id = p.id
     where p.id = $1::int4 and a.community_id = $2::int4`,
    [person.id, community.id],
  );
  // Who has withdrawn the request meanwhile wants no answer.
  if (!row || row.follow_ap_id === null) return [];
  const answer = answerOf(
    ctx,
    approve ? "Accept" : "Reject",
    community.ap_id,
    { follower: person.ap_id, follow_ap_id: row.follow_ap_id },
  );
  return direct(answer, [row.inbox_url], "community");
}

/** The Follow is repeated with its own id, by which its sender knows it. */
function answerOf(
  ctx: Building,
  type: "Accept" | "Reject",
  actor: string,
  { follower, follow_ap_id }: Pick<FollowReceived, "follower" | "follow_ap_id">,
) {
  const object: Json = {
    id: follow_ap_id,
    type: "Follow",
    actor: follower,
    to: [actor],
    object: actor,
  };
  return activityOf(ctx, type, actor, { to: [follower], object });
}
