import type { StoredEvent } from "../../jobs/event_consumer.ts";
import type { ModActionData } from "../../domain/modlog/record.ts";
import { audienceOf } from "../objects/send.ts";
import { PUBLIC } from "../ids.ts";
import type { Building } from "./building.ts";
import { keysOf } from "./keys.ts";
import {
  type Activity,
  activityIn,
  activityOf,
  isLocalOnly,
  sendInCommunity,
  type Sending,
  type SentCommunity,
  undoOf,
} from "./sending.ts";
import type { Doer, Subject } from "./subject.ts";

/** Delete and its Undo: by the author, by a moderator with a reason, of accounts (§3.8). */

type PurgedCommunity = NonNullable<
  NonNullable<ModActionData["purged"]>["community"]
>;

/** What a moderator's Delete carries besides. */
interface Removal {
  reason: string;
  /** Absent for communities. */
  withReplies?: boolean;
}

function deletionOf(
  ctx: Building,
  community: SentCommunity,
  actor: string,
  object: string,
  { undone, removal }: { undone: boolean; removal?: Removal },
): Activity {
  const deletion = activityIn(ctx, community, "Delete", actor, {
    object,
    summary: removal?.reason,
    withReplies: removal?.withReplies,
  });
  return undone ? undoOf(ctx, deletion) : deletion;
}

/** An author deletes or restores a post or comment. */
export function sendContentDeletion(
  ctx: Building,
  event: StoredEvent,
  { person, community, post, comment }: Subject,
): Sending[] {
  const object = event.kind === "comment_deleted" ? comment : post;
  if (!person?.local || !community || !object) return [];
  return sendOwnDeletion(ctx, event, person, community, object.ap_id);
}

/** The first moderator deletes or restores a community. */
export function sendCommunityDeletion(
  ctx: Building,
  event: StoredEvent,
  { person, community }: Subject,
): Sending[] {
  if (!person?.local || !community) return [];
  return sendOwnDeletion(ctx, event, person, community, community.ap_id);
}

function sendOwnDeletion(
  ctx: Building,
  event: StoredEvent,
  person: Doer,
  community: SentCommunity,
  object: string,
): Sending[] {
  const { deleted } = event.data as { deleted: boolean };
  return sendInCommunity(
    ctx,
    deletionOf(ctx, community, person.ap_id, object, { undone: !deleted }),
    { community, followers: person.followers },
  );
}

/** Tells that a community is gone, because it becomes local-only, or that it is back. */
export function sendCommunitySwitch(
  ctx: Building,
  { ap_id, followers }: Doer,
  community: SentCommunity,
  { undone }: { undone: boolean },
): Sending[] {
  return sendInCommunity(
    ctx,
    deletionOf(ctx, community, ap_id, community.ap_id, { undone }),
    { community, followers },
  );
}

/** A moderator or admin removes a post, comment or community, or restores it. */
export function sendRemoval(
  ctx: Building,
  { ap_id }: Doer,
  community: SentCommunity,
  object: string,
  options: { undone: boolean; removal: Removal },
): Sending[] {
  return sendInCommunity(
    ctx,
    deletionOf(ctx, community, ap_id, object, options),
    { community },
  );
}

/**
 * An admin purges a community of this site. It can announce nothing any more: its followers' servers
 * are told by the admin, whose word counts there as he is on the community's host.
 */
export function sendCommunityPurge(
  ctx: Building,
  { ap_id: actor }: Doer,
  { ap_id, visibility, inboxes }: PurgedCommunity,
  reason: string,
): Sending[] {
  if (isLocalOnly(visibility)) return [];
  const activity = activityOf(ctx, "Delete", actor, {
    to: audienceOf({ ap_id, visibility }),
    cc: [ap_id],
    object: ap_id,
    summary: reason,
    audience: ap_id,
  });
  return [{
    activity,
    signer: "person",
    sensitive: visibility === "private",
    inboxes,
    followersOf: null,
    allInstances: false,
    ...keysOf(activity),
  }];
}

/** Somebody deletes their account. */
export function sendPersonDeletion(
  ctx: Building,
  event: StoredEvent,
  { person }: Subject,
): Sending[] {
  if (!person?.local) return [];
  const { delete_content } = event.data as { delete_content: boolean };
  const activity = activityOf(ctx, "Delete", person.ap_id, {
    to: [PUBLIC],
    object: person.ap_id,
    removeData: delete_content,
  });
  return [{
    activity,
    signer: "person",
    sensitive: true,
    inboxes: [],
    followersOf: null,
    allInstances: true,
    ...keysOf(activity),
  }];
}
