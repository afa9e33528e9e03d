import { endFollow } from "../../domain/community/follow.ts";
import { query } from "../../domain/context.ts";
import { recordEvent } from "../../domain/event/record.ts";
import {
  isModerator,
  requireAlive,
  requirePerson,
  requirePersonHere,
  requirePersonInCommunity,
} from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { isLocalId, sameUrl } from "../ids.ts";
import {
  lookUpActor,
  type ResolvedActor,
  type ResolvedCommunity,
  type ResolvedFeed,
  type ResolvedPerson,
} from "../lookup.ts";
import { follow, read } from "../protocol/mod.ts";
import { resolveActor } from "../resolve.ts";
import { type Effect, type Incoming, type Opened } from "./received.ts";

/** Follow and its Undo (§3.2). They belong to no community: nobody announces them. */

type Follow = ReturnType<typeof readFollow>;

function readFollow(json: unknown) {
  const given = read(follow, json);
  const [to] = given.to;
  if (to !== undefined && !sameUrl(to, given.object)) {
    throw new FederationError("wrong_audience", to);
  }
  return given;
}

export function openFollow(
  ctx: FedCtx,
  { json }: Incoming,
): Promise<Opened> {
  const given = readFollow(json);
  return Promise.resolve({ community: null, verify: () => verify(ctx, given) });
}

/** Somebody of this site who is followed. `invalid_follow` */
async function followed(ctx: FedCtx, given: Follow): Promise<ResolvedActor> {
  if (!isLocalId(ctx.config, given.object)) {
    throw new FederationError("invalid_follow", given.object);
  }
  const target = await lookUpActor(ctx, given.object);
  if (!target || target.kind === "site" || !target.local) {
    throw new FederationError("not_found", given.object);
  }
  return target;
}

async function verify(ctx: FedCtx, given: Follow): Promise<Effect> {
  const target = await followed(ctx, given);
  const actor = await resolveActor(ctx, given.actor);
  if (actor.kind === "community") {
    return await followAsCommunity(actor, target, given);
  }
  if (actor.kind !== "person") {
    throw new FederationError("invalid_follow", given.actor);
  }
  const person = await requirePersonHere(ctx, given.actor);
  switch (target.kind) {
    case "person":
      if (target.deleted) throw new FederationError("deleted", target.ap_id);
      return (ctx) => followPerson(ctx, person, target, given);
    case "community":
      return await followCommunity(ctx, person, target, given);
    case "multi_community":
      if (target.deleted) throw new FederationError("deleted", target.ap_id);
      return (ctx) => followFeed(ctx, person, target, given);
    default:
      throw new FederationError("invalid_follow", given.object);
  }
}

/** Has the follow accepted, by the event that the outbox answers. */
async function accept(
  ctx: FedCtx,
  follower: ResolvedPerson | ResolvedCommunity,
  target: ResolvedActor,
  given: Follow,
): Promise<void> {
  await recordEvent(ctx, {
    kind: "follow_received",
    person_id: follower.kind === "person" ? follower.id : undefined,
    community_id: target.kind === "community" ? target.id : undefined,
    data: {
      target: target.kind,
      target_id: target.id,
      follower: follower.ap_id,
      follower_inbox: follower.inbox_url,
      follow_ap_id: given.id,
    },
  });
}

/** Groups of other software may follow what everybody may read (Q24). */
function followAsCommunity(
  follower: ResolvedCommunity,
  target: ResolvedActor,
  given: Follow,
): Effect {
  const open = target.kind === "community" &&
    (target.visibility === "public" || target.visibility === "unlisted");
  if (!open) throw new FederationError("invalid_follow", given.object);
  requireAlive(target);
  return async (ctx) => {
    await query(
      ctx,
      `insert into community_follow (follower_id, community_id) values ($1::int4, $2::int4)
       on conflict do nothing`,
      [follower.id, target.id],
    );
    await accept(ctx, follower, target, given);
  };
}

async function followPerson(
  ctx: FedCtx,
  follower: ResolvedPerson,
  target: ResolvedPerson,
  given: Follow,
): Promise<void> {
  await query(
    ctx,
    `insert into person_follow (follower_id, person_id) values ($1::int4, $2::int4)
     on conflict do nothing`,
    [follower.id, target.id],
  );
  await accept(ctx, follower, target, given);
}

async function followFeed(
  ctx: FedCtx,
  follower: ResolvedPerson,
  target: ResolvedFeed,
  given: Follow,
): Promise<void> {
  await query(
    ctx,
    `insert into multi_community_follow (multi_community_id, person_id, follow_state, follow_ap_id)
     values ($1::int4, $2::int4, 'accepted', $3)
     on conflict (person_id, multi_community_id) do update set
       follow_state = 'accepted', follow_ap_id = excluded.follow_ap_id`,
    [target.id, follower.id, given.id],
  );
  await accept(ctx, follower, target, given);
}

/** Software that does not know private communities, and would show them to everybody. */
const WITHOUT_PRIVATE = new Set(["kbin", "mbin"]);

async function followCommunity(
  ctx: FedCtx,
  follower: ResolvedPerson,
  target: ResolvedCommunity,
  given: Follow,
): Promise<Effect> {
  requireAlive(target);
  await requirePersonInCommunity(ctx, follower, target);
  if (target.visibility.startsWith("local_only")) {
    throw new FederationError("not_found", target.ap_id);
  }
  const asks = target.visibility === "private" &&
    !await isModerator(ctx, follower.ap_id, null, target, { rule2: false });
  if (asks) await requireKnowsPrivate(ctx, follower);
  return async (ctx) => {
    const [{ accepted }] = await query<{ accepted: boolean }>(
      ctx,
      // Who was let in stays in (Q54).
      `insert into community_actions as a (person_id, community_id, followed_at, follow_state,
         follow_ap_id)
       values ($1::int4, $2::int4, $3::timestamptz, $4, $5)
       on conflict (person_id, community_id) do update set
         followed_at = coalesce(a.followed_at, excluded.followed_at),
         follow_state = case when a.follow_state = 'accepted' then 'accepted'
           else excluded.follow_state end,
         follow_ap_id = excluded.follow_ap_id
       returning follow_state = 'accepted' as accepted`,
      [
        follower.id,
        target.id,
        ctx.now.toISOString(),
        asks ? "approval_required" : "accepted",
        given.id,
      ],
    );
    if (accepted) await accept(ctx, follower, target, given);
  };
}

async function requireKnowsPrivate(
  ctx: FedCtx,
  { instance_id }: ResolvedPerson,
): Promise<void> {
  const [{ software }] = await query<{ software: string | null }>(
    ctx,
    "select software from instance where id = $1::int4",
    [instance_id],
  );
  if (WITHOUT_PRIVATE.has(software?.toLowerCase() ?? "")) {
    throw new FederationError("private_unsupported", software!);
  }
}

/** Undo of a Follow: a follow that is not there is no error. */
export function openFollowUndo(
  ctx: FedCtx,
  { json }: Incoming,
  undoing: { actor: string; to: readonly string[] },
): Promise<Opened> {
  const given = readFollow(json);
  return Promise.resolve({
    community: null,
    async verify() {
      if (!sameUrl(undoing.actor, given.actor)) {
        throw new FederationError("foreign_undo", given.actor);
      }
      const [to] = undoing.to;
      if (to !== undefined && !sameUrl(to, given.object)) {
        throw new FederationError("wrong_audience", to);
      }
      const target = await followed(ctx, given);
      const follower = await resolveActor(ctx, given.actor);
      if (follower.kind === "person") await requirePerson(ctx, given.actor);
      return (ctx) => unfollow(ctx, follower, target);
    },
  });
}

async function unfollow(
  ctx: FedCtx,
  follower: ResolvedActor,
  target: ResolvedActor,
): Promise<void> {
  const ids = [follower.id, target.id];
  if (follower.kind === "community") {
    await query(
      ctx,
      `delete from community_follow where follower_id = $1::int4 and community_id = $2::int4`,
      ids,
    );
    return;
  }
  switch (target.kind) {
    case "person":
      await query(
        ctx,
        `delete from person_follow where follower_id = $1::int4 and person_id = $2::int4`,
        ids,
      );
      break;
    case "multi_community":
      await query(
        ctx,
        `delete from multi_community_follow
         where person_id = $1::int4 and multi_community_id = $2::int4`,
        ids,
      );
      break;
    case "community":
      await endFollow(ctx, target.id, follower.id);
  }
}
