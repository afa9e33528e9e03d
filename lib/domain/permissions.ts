import { type Ctx, query } from "./context.ts";
import { LemmyError } from "./errors.ts";
import { requireViewer, type Viewer } from "./account/session.ts";
import type { CommunityFollowerState, CommunityVisibility } from "./views.ts";

/**
 * The permission checks of content §0.2, each the one place where its rule lives. They throw the
 * code of the first rule that fails.
 */

/** Signed in (`incorrect_login`), not banned (`site_ban`), not deleted (`deleted`). */
export function requireActiveUser(ctx: Ctx): Viewer {
  const viewer = requireViewer(ctx);
  if (viewer.banned) throw new LemmyError("site_ban");
  if (viewer.person.deleted) throw new LemmyError("deleted");
  return viewer;
}

/** Active and a local admin (`not_an_admin`). */
export function requireAdmin(ctx: Ctx): Viewer {
  const viewer = requireActiveUser(ctx);
  if (!viewer.local_user.admin) throw new LemmyError("not_an_admin");
  return viewer;
}

/** A community together with what the caller is in it. */
export interface Standing {
  community_id: number;
  local: boolean;
  deleted: boolean;
  removed: boolean;
  nsfw: boolean;
  visibility: CommunityVisibility;
  posting_restricted_to_mods: boolean;
  instance_id: number;
  follow_state: CommunityFollowerState | null;
  became_moderator_at: string | null;
  banned: boolean;
  instance_banned: boolean;
}

/** `select` items of a `Standing` in community `c`, with the joins of `standingJoins`. */
export const STANDING_COLUMNS =
  `c.id as community_id, c.local, c.deleted, c.removed, c.nsfw, c.visibility,
  c.posting_restricted_to_mods, c.instance_id, a.follow_state, a.became_moderator_at,
  a.received_ban_at is not null as banned, i.received_ban_at is not null as instance_banned`;

/** Joins of `STANDING_COLUMNS`. @param person SQL for the caller's person id or 0 */
export function standingJoins(person: string): string {
  return `
  left join community_actions a on a.community_id = c.id and a.person_id = ${person}
  left join instance_actions i on i.instance_id = c.instance_id and i.person_id = ${person}`;
}

/** The caller's standing in a community, or null when there is no such community. */
export async function standing(
  ctx: Ctx,
  communityId: number,
): Promise<Standing | null> {
  const personId = ctx.viewer?.person.id ?? 0;
  const rows = await query<Standing>(
    ctx,
    `select ${STANDING_COLUMNS} from community c ${
      standingJoins("$2::int4")
    } where c.id = $1::int4`,
    [communityId, personId],
  );
  return rows[0] ?? null;
}

/** `community_user_action`: may the caller post, comment and vote in this community? */
export async function requireCommunityUser(
  ctx: Ctx,
  communityId: number,
): Promise<Standing> {
  requireActiveUser(ctx);
  const s = await standing(ctx, communityId);
  if (!s) throw new LemmyError("not_found");
  checkCommunityUser(ctx, s);
  return s;
}

/** `requireCommunityUser` where the caller's standing has been read already. */
export function checkCommunityUser(ctx: Ctx, s: Standing): void {
  requireActiveUser(ctx);
  if (s.deleted || s.removed) throw new LemmyError("deleted");
  if (s.banned) throw new LemmyError("person_is_banned_from_community");
  if (s.visibility === "private" && s.follow_state !== "accepted") {
    throw new LemmyError("not_found");
  }
  if (s.instance_banned) throw new LemmyError("site_ban");
}

/** Whether the caller moderates the community or is a local admin, banned or not. */
export function isModOrAdmin(ctx: Ctx, s: Standing): boolean {
  return ctx.viewer !== null &&
    (ctx.viewer.local_user.admin || s.became_moderator_at !== null);
}

/** `community_mod_action`: moderator or admin, not banned there, and the community exists. */
export async function requireCommunityMod(
  ctx: Ctx,
  communityId: number,
  options: { allowDeleted?: boolean } = {},
): Promise<Standing> {
  const viewer = requireActiveUser(ctx);
  const s = await standing(ctx, communityId);
  if (!s) throw new LemmyError("not_found");
  if (!isModOrAdmin(ctx, s)) throw new LemmyError("not_a_mod_or_admin");
  if (!viewer.local_user.admin) {
    if (s.banned) throw new LemmyError("person_is_banned_from_community");
    if (s.instance_banned) throw new LemmyError("site_ban");
  }
  if (!options.allowDeleted && (s.deleted || s.removed)) {
    throw new LemmyError("deleted");
  }
  return s;
}

/** `top_mod`: the moderator who was appointed first. */
export async function requireTopMod(
  ctx: Ctx,
  communityId: number,
): Promise<void> {
  const viewer = requireActiveUser(ctx);
  const rows = await query<{ person_id: number }>(
    ctx,
    `select person_id from community_actions
     where community_id = $1::int4 and became_moderator_at is not null
     order by became_moderator_at, person_id limit 1`,
    [communityId],
  );
  if (rows[0]?.person_id !== viewer.person.id) {
    throw new LemmyError("not_top_mod");
  }
}

/** Refuses anonymous callers of a private site (accounts-and-site §4.9). */
export function requireReadable(ctx: Ctx): void {
  if (!ctx.viewer && ctx.site.local_site.private_instance) {
    throw new LemmyError("instance_is_private");
  }
}

/** Refuses accounts that declare themselves bots. */
export function requireNoBot(viewer: Viewer): void {
  if (viewer.person.bot_account) throw new LemmyError("invalid_bot_action");
}
