import type { StoredEvent } from "../../jobs/event_consumer.ts";
import { announceReceived, announceReport } from "../activities/announce.ts";
import type { Building } from "../activities/building.ts";
import {
  sendCommunityDeletion,
  sendContentDeletion,
  sendPersonDeletion,
} from "../activities/deletion.ts";
import { sendFeedUpdate } from "../activities/feed.ts";
import {
  sendAccept,
  sendCommunityFollow,
  sendFeedFollow,
  sendFollowAnswer,
} from "../activities/follow.ts";
import { sendCommunityUpdate } from "../activities/group.ts";
import { sendModAction } from "../activities/moderation.ts";
import { sendPrivateMessage } from "../activities/private_message.ts";
import { sendComment, sendPost } from "../activities/publication.ts";
import { sendReport } from "../activities/report.ts";
import type { Sending } from "../activities/sending.ts";
import type { Subject } from "../activities/subject.ts";
import { sendVote } from "../activities/vote.ts";

type Builder = (
  ctx: Building,
  event: StoredEvent,
  subject: Subject,
) => Sending[] | Promise<Sending[]>;

const BUILDERS: Record<string, Builder> = {
  post_created: sendPost,
  post_updated: sendPost,
  post_deleted: sendContentDeletion,
  post_voted: sendVote,
  comment_created: sendComment,
  comment_updated: sendComment,
  comment_deleted: sendContentDeletion,
  comment_voted: sendVote,
  community_updated: sendCommunityUpdate,
  community_deleted: sendCommunityDeletion,
  community_followed: sendCommunityFollow,
  follow_answered: sendFollowAnswer,
  multi_community_updated: sendFeedUpdate,
  multi_community_followed: sendFeedFollow,
  person_deleted: sendPersonDeletion,
  private_message_created: sendPrivateMessage,
  private_message_updated: sendPrivateMessage,
  private_message_deleted: sendPrivateMessage,
  report_created: sendReport,
  report_resolved: sendReport,
  mod_action: sendModAction,
  follow_received: sendAccept,
  activity_received: announceReceived,
  report_received: announceReport,
};

/** Kinds of events that other servers may be told of. */
export const SENT_KINDS: readonly string[] = Object.keys(BUILDERS);

/**
 * What is sent because of an event, from the data as they are now; nothing for what others did, or
 * what stays here.
 * @param subject what the event names
 * @throws NotYet when something has to be found out first
 */
export async function buildSendings(
  ctx: Building,
  event: StoredEvent,
  subject: Subject,
): Promise<Sending[]> {
  // What other servers sent is not sent again: what is announced of it has events of its own.
  const { received } = (event.data ?? {}) as { received?: boolean };
  if (received) return [];
  // Nobody else knows a post before its publication, with which all that counts is told again.
  if (subject.post?.scheduled || subject.comment?.told_again) return [];
  return await BUILDERS[event.kind](ctx, event, subject);
}
