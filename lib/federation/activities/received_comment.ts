import { recordEvent } from "../../domain/event/record.ts";
import { requireAlive, requireAudience, requireVisible } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { requireHost } from "../foreign.ts";
import { hostOf, sameUrl } from "../ids.ts";
import { lookUpComment } from "../lookup.ts";
import {
  storeNote,
  type VerifiedNote,
  verifyNote,
} from "../objects/received_note.ts";
import { type Note, note, publication, read } from "../protocol/mod.ts";
import { requireTakesPart, sceneOf } from "../scene.ts";
import { addOwnVote, type Incoming, type Opened } from "./received.ts";
import { mentionedHere } from "./received_mentions.ts";

/** Create and Update of a comment (§3.5). */
export async function openComment(
  ctx: FedCtx,
  { json, type }: Incoming,
): Promise<Opened> {
  const given = read(publication, json);
  const comment = read(note, given.object);
  const scene = await sceneOf(ctx, comment.inReplyTo, given.actor);
  const { community, content: parent } = scene;
  return {
    community,
    accepts: scene.accepts,
    takesPart: true,
    locks: {
      persons: [scene.actor.id],
      ...parent.kind === "post" ? { comments: [], posts: [parent.id] } : {
        comments: ancestry(parent.path),
        posts: [parent.post_id],
      },
    },
    async verify() {
      requireAudience(given.audience, community);
      requireVisible(community, given.to, given.cc);
      await requireTakesPart(ctx, scene);
      requireHost(comment.id, hostOf(given.actor));
      requireAlive(community);
      if (parent.deleted || parent.removed || scene.postGone) {
        throw new FederationError("deleted", parent.ap_id);
      }
      if (!sameUrl(given.actor, comment.attributedTo)) {
        throw new FederationError("not_the_author", given.actor);
      }
      const verified = await verifyNote(ctx, comment, {
        expectedHost: hostOf(given.actor),
        scene,
      });
      await requireSameVoice(ctx, comment, verified);
      const mentioned = await mentionedHere(ctx, comment.tag, given.tag);
      return (ctx) => store(ctx, verified, type === "Create", mentioned);
    },
  };
}

/** Ids of a comment and of those above it. */
function ancestry(path: string): number[] {
  return path.split(".").slice(1).map(Number);
}

/** Who does not moderate cannot begin or cease to speak as a moderator. `not_a_moderator` */
async function requireSameVoice(
  ctx: FedCtx,
  { id, distinguished }: Note,
  { moderates }: VerifiedNote,
): Promise<void> {
  if (moderates || distinguished === undefined) return;
  const known = await lookUpComment(ctx, id);
  if (known && known.distinguished !== distinguished) {
    throw new FederationError("not_a_moderator", id);
  }
}

/** Stores the comment; its author's own vote comes with it (Q57). */
async function store(
  ctx: FedCtx,
  verified: VerifiedNote,
  created: boolean,
  mentioned: string[],
): Promise<void> {
  const stored = await storeNote(ctx, verified);
  const { author, community, parent } = verified;
  if (created || stored.created) {
    await addOwnVote(ctx, "comment", stored.id, author.id);
  }
  if (!stored.changed) return;
  await recordEvent(ctx, {
    kind: created ? "comment_created" : "comment_updated",
    person_id: author.id,
    comment_id: stored.id,
    post_id: parent.kind === "post" ? parent.id : parent.post_id,
    community_id: community.id,
    data: { received: true, mentioned },
  });
}
