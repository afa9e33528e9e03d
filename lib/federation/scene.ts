import { rowsOf } from "../domain/columns.ts";
import { batched } from "../db/batcher.ts";
import { type Ctx, query } from "../domain/context.ts";
import { requireMember } from "./checks.ts";
import type { FedCtx } from "./context.ts";
import { FederationError } from "./errors.ts";
import {
  ACTOR_COLUMNS,
  BAN_IN_FORCE,
  concernsSite,
  CONTENT_COLUMNS,
  normalId,
  type ResolvedCommunity,
  type ResolvedPerson,
} from "./lookup.ts";
import {
  isStale,
  type ResolvedContent,
  resolvePerson,
  resolvePostOrComment,
} from "./resolve.ts";

/**
 * Somebody acting on a post or comment: all that the checks of votes and comments go by, read at
 * once, as these are most of what arrives.
 */
export interface Scene {
  content: ResolvedContent;
  /** The post itself, or that of the comment, is deleted or removed. */
  postGone: boolean;
  postLocked: boolean;
  community: ResolvedCommunity;
  actor: ResolvedPerson;
  /** Banned by the actor's server or by the community's. */
  siteBan: boolean;
  communityBan: boolean;
  /** Rule 3 of MOD. */
  moderates: boolean;
  /** ACCEPT. */
  accepts: boolean;
}

/** Scenes in one query. */
const TOGETHER = 50;

/** `$1` objects, `$2` actors; `nr` tells which of them a row answers. */
const TEXT = `
  select g.nr::int4, to_jsonb(t) as content, p.deleted or p.removed as "postGone",
    p.locked as "postLocked",
    (select to_jsonb(c) from (select 'community' as kind, ${ACTOR_COLUMNS.community}
      from community where id = t.community_id) c) as community,
    (select to_jsonb(u) from (select 'person' as kind, ${ACTOR_COLUMNS.person}
      from person where id = u.id) u) as actor,
    exists (select from instance_actions where person_id = u.id
      and instance_id in (u.instance_id, c.instance_id) and ${BAN_IN_FORCE}) as "siteBan",
    exists (select from community_actions where person_id = u.id and community_id = c.id
      and ${BAN_IN_FORCE}) as "communityBan",
    exists (select from community_actions where person_id = u.id and community_id = c.id
      and became_moderator_at is not null)
      or exists (select from local_user where person_id = u.id and admin) as moderates,
    c.local or ${concernsSite("c.id")} as accepts
  from ${rowsOf(["$1::text[]", "$2::text[]"], "g (object, actor, nr)")}
    cross join lateral (
      select 'post' as kind, ${CONTENT_COLUMNS}, nsfw, url, null::int4 as post_id,
        null as path, null::int4 as level, null::boolean as distinguished
      from post where ap_id = g.object and scheduled_publish_time_at is null
      union all
      select 'comment', ${CONTENT_COLUMNS}, null, null, post_id, path, level, distinguished
      from comment where ap_id = g.object
    ) t join community c on c.id = t.community_id
    join post p on p.id = coalesce(t.post_id, t.id)
    join person u on lower(u.ap_id) = lower(g.actor)`;

/** Reads scenes; those asked for at the same time in one query. Null where something is unknown. */
const lookUpScene = batched(
  async (ctx: Pick<Ctx, "db">, asked: { object: string; actor: string }[]) => {
    const rows = await query<Scene & { nr: number }>(ctx, TEXT, [
      asked.map(({ object }) => normalId(object)),
      asked.map(({ actor }) => normalId(actor)),
    ]);
    const scenes: (Scene | null)[] = asked.map(() => null);
    for (const { nr, ...scene } of rows) {
      const moderates = scene.moderates && !scene.communityBan;
      scenes[nr - 1] = { ...scene, moderates };
    }
    return scenes;
  },
  { limit: TOGETHER },
);

/**
 * The scene of an activity by the ids of what it is about and of who acts; what is unknown is
 * fetched, and an actor that is a day old anew.
 * @throws FederationError those of resolving
 */
export async function sceneOf(
  ctx: FedCtx,
  object: string,
  actor: string,
): Promise<Scene> {
  const known = await lookUpScene(ctx, { object, actor });
  if (
    known && !isStale(ctx, known.actor) && !isStale(ctx, known.community)
  ) return known;
  await resolvePostOrComment(ctx, object);
  await resolvePerson(ctx, actor);
  const found = await lookUpScene(ctx, { object, actor });
  if (!found) throw new FederationError("not_found", object);
  return found;
}

/**
 * PERSON-IN-COMMUNITY.
 * @throws FederationError `site_ban`, `person_is_banned_from_community`
 */
export function requireNotBanned(
  { actor, siteBan, communityBan }: Scene,
): void {
  if (siteBan) throw new FederationError("site_ban", actor.ap_id);
  if (communityBan) {
    throw new FederationError("person_is_banned_from_community", actor.ap_id);
  }
}

/**
 * That the actor lives, PERSON-IN-COMMUNITY, and in a private community of this site membership.
 * @throws FederationError `deleted`, those of `requireNotBanned`, `not_found`
 */
export async function requireTakesPart(
  ctx: FedCtx,
  scene: Scene,
): Promise<void> {
  const { actor, community } = scene;
  if (actor.deleted) throw new FederationError("deleted", actor.ap_id);
  requireNotBanned(scene);
  await requireMember(ctx, actor, community);
}
