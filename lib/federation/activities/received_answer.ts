import { endFollow } from "../../domain/community/follow.ts";
import { query } from "../../domain/context.ts";
import { followForMembers } from "../../domain/multi_community/site_follows.ts";
import { requireAlive } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { sameUrl } from "../ids.ts";
import {
  lookUpPerson,
  type ResolvedCommunity,
  type ResolvedFeed,
  type ResolvedPerson,
} from "../lookup.ts";
import { answer, follow, read } from "../protocol/mod.ts";
import { resolveActor } from "../resolve.ts";
import {
  type Effect,
  type Incoming,
  innerActivity,
  type Opened,
} from "./received.ts";

/** Accept and Reject of a Follow that somebody of this site sent (§3.2). */
export async function openAnswer(
  ctx: FedCtx,
  { json, type }: Incoming,
): Promise<Opened> {
  const given = read(answer, json);
  const asked = read(follow, await innerActivity(ctx, given.object));
  return {
    community: null,
    async verify() {
      const [to] = given.to;
      const [followTo] = asked.to;
      const fits = sameUrl(given.actor, asked.object) &&
        (followTo === undefined || sameUrl(followTo, asked.object)) &&
        (to === undefined || sameUrl(to, asked.actor));
      if (!fits) throw new FederationError("invalid_follow", asked.id);
      const follower = await lookUpPerson(ctx, asked.actor);
      if (!follower?.local) {
        throw new FederationError("invalid_follow", asked.actor);
      }
      const target = await resolveActor(ctx, given.actor);
      if (target.kind === "community") {
        return answerOfCommunity(follower, target, type === "Accept");
      }
      if (target.kind === "multi_community") {
        return answerOfFeed(follower, target, type === "Accept");
      }
      throw new FederationError("not_found", given.actor);
    },
  };
}

function answerOfCommunity(
  follower: ResolvedPerson,
  target: ResolvedCommunity,
  accepted: boolean,
): Effect {
  if (!accepted) {
    return async (ctx) => {
      await endFollow(ctx, target.id, follower.id);
    };
  }
  requireAlive(target);
  return async (ctx) => {
    const rows = await query(
      ctx,
      `update community_actions set follow_state = 'accepted'
       where person_id = $1::int4 and community_id = $2::int4 and followed_at is not null
       returning person_id`,
      [follower.id, target.id],
    );
    if (rows.length === 0) {
      throw new FederationError("not_found", "nobody asked to follow");
    }
  };
}

function answerOfFeed(
  follower: ResolvedPerson,
  target: ResolvedFeed,
  accepted: boolean,
): Effect {
  const which = "where person_id = $1::int4 and multi_community_id = $2::int4";
  return async (ctx) => {
    const rows = await query(
      ctx,
      accepted
        ? `update multi_community_follow set follow_state = 'accepted' ${which} returning person_id`
        : `delete from multi_community_follow ${which} returning person_id`,
      [follower.id, target.id],
    );
    if (accepted && rows.length === 0) {
      throw new FederationError("not_found", "nobody asked to follow");
    }
    if (!accepted) await followForMembers(ctx, target.id);
  };
}
