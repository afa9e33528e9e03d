import { batched } from "../db/batcher.ts";
import { type Ctx, query } from "../domain/context.ts";
import type { CommunityVisibility } from "../domain/views.ts";
import type { FedCtx } from "./context.ts";
import { FederationError } from "./errors.ts";
import { PUBLIC, sameHost, sameUrl } from "./ids.ts";
import {
  BAN_IN_FORCE,
  concernsSite,
  lookUpActor,
  type ResolvedCommunity,
  type ResolvedPerson,
} from "./lookup.ts";
import { resolvePerson } from "./resolve.ts";

/** Communities in one query. */
const TOGETHER = 100;

/** The named checks of §3.1; each throws a `FederationError` with the code given there. */

/** AUD: what is said of the community must be the community. `wrong_audience` */
export function requireAudience(
  audience: string | undefined,
  community: Pick<ResolvedCommunity, "ap_id">,
): void {
  if (audience !== undefined && !sameUrl(audience, community.ap_id)) {
    throw new FederationError("wrong_audience", audience);
  }
}

/**
 * VIS: what is addressed to everybody belongs into public communities, and only there.
 * @param options.visibility another one than the stored, such as the one that it is changed to
 * @throws FederationError `object_is_not_public`, `object_is_not_private`, `not_found` for
 * local-only communities
 */
export function requireVisible(
  community: { visibility: CommunityVisibility },
  to: readonly string[],
  cc: readonly string[],
  options: { visibility?: CommunityVisibility } = {},
): void {
  const visibility = options.visibility ?? community.visibility;
  const isPublic = to.includes(PUBLIC) || cc.includes(PUBLIC);
  if (visibility.startsWith("local_only")) {
    throw new FederationError("not_found");
  }
  if (visibility === "private" && isPublic) {
    throw new FederationError("object_is_not_private");
  }
  if (visibility !== "private" && !isPublic) {
    throw new FederationError("object_is_not_public");
  }
}

/** ALIVE. `deleted` */
export function requireAlive(
  community: { deleted: boolean; removed: boolean },
): void {
  if (community.deleted || community.removed) {
    throw new FederationError("deleted", "the community is gone");
  }
}

interface Bans {
  site: boolean;
  community: boolean;
}

/** Whether one of the instances, or the community, has banned a person. */
async function bansOf(
  ctx: Pick<Ctx, "db">,
  personId: number,
  { instances = [], community = null }: {
    instances?: number[];
    community?: number | null;
  },
): Promise<Bans> {
  const [bans] = await query<Bans>(
    ctx,
    `select exists (select from instance_actions
         where person_id = $1::int4 and instance_id = any($2::int4[]) and ${BAN_IN_FORCE}) as site,
       exists (select from community_actions
         where person_id = $1 and community_id = $3::int4 and ${BAN_IN_FORCE}) as community`,
    [personId, instances, community],
  );
  return bans;
}

/** Somebody who has not deleted their account. `deleted` */
export async function requireLiving(
  ctx: FedCtx,
  id: string,
): Promise<ResolvedPerson> {
  const person = await resolvePerson(ctx, id);
  if (person.deleted) throw new FederationError("deleted", person.ap_id);
  return person;
}

async function requireNotBannedBy(
  ctx: Pick<Ctx, "db">,
  person: ResolvedPerson,
  ...instances: number[]
): Promise<void> {
  if ((await bansOf(ctx, person.id, { instances })).site) {
    throw new FederationError("site_ban", person.ap_id);
  }
}

/** PERSON: a person whom the own server has not banned. `site_ban` */
export async function requirePerson(
  ctx: FedCtx,
  id: string,
): Promise<ResolvedPerson> {
  const person = await requireLiving(ctx, id);
  await requireNotBannedBy(ctx, person, person.instance_id);
  return person;
}

/** PERSON-HERE: PERSON, and not banned by this site. `site_ban` */
export async function requirePersonHere(
  ctx: FedCtx,
  id: string,
): Promise<ResolvedPerson> {
  const person = await requireLiving(ctx, id);
  const here = ctx.site.instance.id;
  await requireNotBannedBy(ctx, person, person.instance_id, here);
  return person;
}

/**
 * PERSON-IN-COMMUNITY: banned neither by the own server, nor by the community's, nor from the
 * community.
 * @throws FederationError `site_ban`, `person_is_banned_from_community`
 */
export async function requirePersonInCommunity(
  ctx: Pick<Ctx, "db">,
  person: ResolvedPerson,
  community: Pick<ResolvedCommunity, "id" | "instance_id">,
): Promise<void> {
  const bans = await bansOf(ctx, person.id, {
    instances: [person.instance_id, community.instance_id],
    community: community.id,
  });
  if (bans.site) throw new FederationError("site_ban", person.ap_id);
  if (bans.community) {
    throw new FederationError("person_is_banned_from_community", person.ap_id);
  }
}

/**
 * MOD: whether an actor may moderate. Never fetches: whoever moderates here is known here.
 * @param objectId what is moderated, if it is something
 * @param options.rule2 whether the object's own server may restrict it
 */
export async function isModerator(
  ctx: Pick<Ctx, "db">,
  actorId: string,
  objectId: string | null,
  community: Pick<ResolvedCommunity, "id" | "ap_id">,
  { rule2 }: { rule2: boolean },
): Promise<boolean> {
  if (sameHost(actorId, community.ap_id)) return true;
  if (rule2 && objectId !== null && sameHost(actorId, objectId)) return true;
  const actor = await lookUpActor(ctx, actorId);
  return actor?.kind === "person" &&
    await moderatesHere(ctx, actor.id, community.id);
}

/** Rule 3 of MOD: a moderator or local admin by our own data, and not banned there. */
async function moderatesHere(
  ctx: Pick<Ctx, "db">,
  personId: number,
  communityId: number,
): Promise<boolean> {
  const rows = await query(
    ctx,
    `select where (exists (select from community_actions where person_id = $1::int4
         and community_id = $2::int4 and became_moderator_at is not null)
       or exists (select from local_user where person_id = $1 and admin))`,
    [personId, communityId],
  );
  return rows.length > 0 &&
    !(await bansOf(ctx, personId, { community: communityId })).community;
}

/** MOD. `not_a_mod_or_admin` */
export async function requireModerator(
  ctx: Pick<Ctx, "db">,
  actorId: string,
  objectId: string | null,
  community: Pick<ResolvedCommunity, "id" | "ap_id">,
  options: { rule2: boolean },
): Promise<void> {
  if (!await isModerator(ctx, actorId, objectId, community, options)) {
    throw new FederationError("not_a_mod_or_admin", actorId);
  }
}

/** A private community of this site takes things from its members and moderators only (Q56). */
export async function requireMember(
  ctx: Pick<Ctx, "db">,
  person: Pick<ResolvedPerson, "id">,
  community: Pick<ResolvedCommunity, "id" | "local" | "visibility">,
): Promise<void> {
  if (!community.local || community.visibility !== "private") return;
  const followed = await query(
    ctx,
    `select from community_actions where person_id = $1::int4 and community_id = $2::int4
       and follow_state = 'accepted'`,
    [person.id, community.id],
  );
  if (
    followed.length === 0 && !await moderatesHere(ctx, person.id, community.id)
  ) throw new FederationError("not_found");
}

/**
 * ACCEPT: somebody here must have asked for what a remote community sends.
 * @throws FederationError `not_found` for local-only communities, `community_has_no_followers`
 * with the community's id
 */
export async function requireAccepts(
  ctx: Pick<Ctx, "db">,
  community: Pick<ResolvedCommunity, "id" | "ap_id" | "local" | "visibility">,
): Promise<void> {
  if (community.visibility.startsWith("local_only")) {
    throw new FederationError("not_found");
  }
  if (community.local) return;
  if (!await concernsUs(ctx, community.id)) {
    throw new FederationError("community_has_no_followers", community.ap_id);
  }
}

const concernsUs = batched(
  async (ctx: Pick<Ctx, "db">, ids: number[]) => {
    const rows = await query<{ id: number; concerns: boolean }>(
      ctx,
      `select id, ${concernsSite("c.id")} as concerns
       from (select distinct unnest((select $1::int4[]))) as c (id)`,
      [ids],
    );
    const concerning = new Set(
      rows.filter(({ concerns }) => concerns).map(({ id }) => id),
    );
    return ids.map((id) => concerning.has(id));
  },
  { limit: TOGETHER },
);
