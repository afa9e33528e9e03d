import type { StoredEvent } from "../../jobs/event_consumer.ts";
import type { Building } from "./building.ts";
import {
  activityOf,
  sendInCommunity,
  type Sending,
  undoOf,
} from "./sending.ts";
import type { Doer, Subject } from "./subject.ts";

/** Like, Dislike and their Undo (§3.7). */
export function sendVote(
  ctx: Building,
  event: StoredEvent,
  { person, community, post, comment }: Subject,
): Sending[] {
  const object = event.comment_id === null ? post : comment;
  if (!person?.local || !community || !object) return [];
  const { before, vote } = event.data as {
    before: boolean | null;
    vote: boolean | null;
  };
  const activity = voteOf(ctx, person, object.ap_id, community.ap_id, {
    upvote: vote ?? before ?? true,
    undone: vote === null,
  });
  return sendInCommunity(ctx, activity, {
    community,
    followers: person.followers,
  });
}

function voteOf(
  ctx: Building,
  { ap_id: actor }: Doer,
  object: string,
  audience: string,
  { upvote, undone }: { upvote: boolean; undone: boolean },
) {
  const type = upvote ? "Like" : "Dislike";
  const vote = activityOf(ctx, type, actor, { object, audience });
  return undone ? undoOf(ctx, vote) : vote;
}
