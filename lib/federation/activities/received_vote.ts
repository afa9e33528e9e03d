import { query } from "../../domain/context.ts";
import { castVote } from "../../domain/vote/cast.ts";
import { requireAlive, requireAudience } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { sameUrl } from "../ids.ts";
import { read, vote } from "../protocol/mod.ts";
import { requireTakesPart, type Scene, sceneOf } from "../scene.ts";
import type { Incoming, Opened, Undoing } from "./received.ts";

/** Like, Dislike (§3.7). */
export function openVote(ctx: FedCtx, activity: Incoming): Promise<Opened> {
  return open(ctx, activity, null);
}

/** Undo of Like or Dislike; which of the two it was does not matter. */
export function openVoteUndo(
  ctx: FedCtx,
  activity: Incoming,
  undoing: Undoing,
): Promise<Opened> {
  return open(ctx, activity, undoing);
}

async function open(
  ctx: FedCtx,
  { json, type }: Incoming,
  undoing: Undoing | null,
): Promise<Opened> {
  const given = read(vote, json);
  const scene = await sceneOf(
    ctx,
    given.object,
    undoing?.actor ?? given.actor,
  );
  const { community, actor, content } = scene;
  return {
    community,
    accepts: scene.accepts,
    takesPart: true,
    locks: {
      persons: [content.creator_id],
      comments: content.kind === "comment" ? [content.id] : [],
      posts: content.kind === "post" ? [content.id] : [],
    },
    async verify() {
      requireAudience(given.audience, community);
      requireAlive(community);
      await requireTakesPart(ctx, scene);
      if (undoing && !sameUrl(undoing.actor, given.actor)) {
        throw new FederationError("foreign_undo", given.actor);
      }
      if (!undoing && actor.bot_account) {
        throw new FederationError("invalid_bot_action", actor.ap_id);
      }
      const choice = undoing ? null : type === "Like";
      return (ctx) => apply(ctx, scene, choice);
    },
  };
}

/** A direction that the site does not take from elsewhere counts as none. */
async function apply(
  ctx: FedCtx,
  { actor, content }: Scene,
  choice: boolean | null,
): Promise<void> {
  const { kind, id, creator_id, community_id } = content;
  const direction = choice ? "upvotes" : "downvotes";
  const taken = choice === null ||
    ctx.site.local_site[`${kind}_${direction}`] === "all";
  const target = {
    id,
    creator_id,
    community_id,
    post_id: content.kind === "post" ? id : content.post_id,
  };
  await castVote(ctx, kind, target, taken ? choice : null, actor.id);
  if (content.local && content.federation_pending && taken) {
    await query(
      ctx,
      `update ${kind} set federation_pending = false where id = $1::int4`,
      [id],
    );
  }
}
