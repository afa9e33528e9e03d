import {
  appoint,
  dismiss,
  logModerator,
} from "../../domain/community/moderators.ts";
import { query } from "../../domain/context.ts";
import { requireHigherMod } from "../../domain/moderation/hierarchy.ts";
import { setPostFeatured } from "../../domain/post/moderate.ts";
import { requireAudience, requireVisible } from "../checks.ts";
import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { sameUrl } from "../ids.ts";
import { lookUpCommunity, type ResolvedCommunity } from "../lookup.ts";
import { collectionChange, read } from "../protocol/mod.ts";
import { resolvePerson, resolvePost } from "../resolve.ts";
import {
  actingAs,
  type Effect,
  type Incoming,
  moderatorOf,
  NO_EFFECT,
  type Opened,
} from "./received.ts";

/** Add and Remove: of moderators and of pinned posts (§3.10). */
export async function openCollectionChange(
  ctx: FedCtx,
  { json, type }: Incoming,
): Promise<Opened> {
  const given = read(collectionChange, json);
  const community = await communityWith(ctx, given.target);
  const added = type === "Add";
  return {
    community,
    async verify() {
      requireAudience(given.audience, community);
      requireVisible(community, given.to, given.cc);
      const moderator = await moderatorOf(ctx, given.actor, community, {
        object: given.object,
        rule2: false,
      });
      return isUrl(community.moderators_url, given.target)
        ? await changeModerators(ctx, moderator, community, given.object, added)
        : await feature(ctx, moderator, community, given.object, added);
    },
  };
}

function isUrl(a: string | null, b: string): boolean {
  return a !== null && sameUrl(a, b);
}

/** The community of which the address is that of its moderators or pinned posts. */
async function communityWith(
  ctx: FedCtx,
  target: string,
): Promise<ResolvedCommunity> {
  const [row] = await query<{ ap_id: string }>(
    ctx,
    `select ap_id from community where moderators_url = $1
     union all select ap_id from community where featured_url = $1 limit 1`,
    [target],
  );
  const community = row && await lookUpCommunity(ctx, row.ap_id);
  if (!community) throw new FederationError("not_found", target);
  return community;
}

async function changeModerators(
  ctx: FedCtx,
  moderator: number,
  community: ResolvedCommunity,
  object: string,
  added: boolean,
): Promise<Effect> {
  const person = await resolvePerson(ctx, object);
  if (added && person.deleted) throw new FederationError("deleted", object);
  if (!added && community.local) {
    await requireHigherMod(
      await actingAs(ctx, moderator),
      community.id,
      person.id,
    );
  }
  return async (ctx) => {
    const moderates = await query(
      ctx,
      `select from community_actions where person_id = $1::int4 and community_id = $2::int4
         and became_moderator_at is not null for no key update`,
      [person.id, community.id],
    );
    if (moderates.length > 0 === added) return;
    if (added) await appoint(ctx, community.id, person.id);
    else await dismiss(ctx, community.id, person.id);
    await logModerator(await actingAs(ctx, moderator), {
      community_id: community.id,
      person_id: person.id,
      added,
    });
  };
}

async function feature(
  ctx: FedCtx,
  moderator: number,
  community: ResolvedCommunity,
  object: string,
  added: boolean,
): Promise<Effect> {
  const post = await resolvePost(ctx, object);
  if (post.community_id !== community.id) {
    throw new FederationError("invalid_community", object);
  }
  const [{ featured }] = await query<{ featured: boolean }>(
    ctx,
    "select featured_community as featured from post where id = $1::int4",
    [post.id],
  );
  if (featured === added) return NO_EFFECT;
  return async (ctx) =>
    await setPostFeatured(await actingAs(ctx, moderator), post, added);
}
