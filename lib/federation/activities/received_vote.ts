import { query } from "../../domain/context.ts";
import { castVote } from "../../domain/vote/cast.ts";
import {
  requireAlive,
  requireAudience,
  requireMember,
  requirePerson,
  requirePersonInCommunity,
} from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { sameUrl } from "../ids.ts";
import { communityOf, type ResolvedPerson } from "../lookup.ts";
import { read, vote } from "../protocol/mod.ts";
import { type ResolvedContent, resolvePostOrComment } from "../resolve.ts";
import {
  actingAs,
  type Incoming,
  type Opened,
  type Undoing,
} from "./received.ts";

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
  const target = await resolvePostOrComment(ctx, given.object);
  const community = await communityOf(ctx, target);
  return {
    community,
    async verify() {
      requireAudience(given.audience, community);
      requireAlive(community);
      const actor = await requirePerson(ctx, undoing?.actor ?? given.actor);
      await requirePersonInCommunity(ctx, actor, community);
      if (undoing && !sameUrl(undoing.actor, given.actor)) {
        throw new FederationError("foreign_undo", given.actor);
      }
      await requireMember(ctx, actor, community);
      if (!undoing && actor.bot_account) {
        throw new FederationError("invalid_bot_action", actor.ap_id);
      }
      const choice = undoing ? null : type === "Like";
      return (ctx) => apply(ctx, actor, target, choice);
    },
  };
}

/** A direction that the site does not take from elsewhere counts as none. */
async function apply(
  ctx: FedCtx,
  actor: ResolvedPerson,
  target: ResolvedContent,
  choice: boolean | null,
): Promise<void> {
  const { kind, id, creator_id, community_id } = target;
  const direction = choice ? "upvotes" : "downvotes";
  const taken = choice === null ||
    ctx.site.local_site[`${kind}_${direction}`] === "all";
  await castVote(await actingAs(ctx, actor.id), kind, {
    id,
    creator_id,
    community_id,
    post_id: target.kind === "post" ? id : target.post_id,
  }, taken ? choice : null);
  if (target.local && target.federation_pending && taken) {
    await query(
      ctx,
      `update ${kind} set federation_pending = false where id = $1::int4`,
      [id],
    );
  }
}
