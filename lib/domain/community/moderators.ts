import { requireViewer } from "../account/session.ts";
import { dropEmptyRows } from "../action_rows.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireHigherMod } from "../moderation/hierarchy.ts";
import { recordModlog } from "../modlog/record.ts";
import {
  requireAdmin,
  requireCommunityMod,
  type Standing,
} from "../permissions.ts";
import type { CommunityModeratorView, GetCommunityResponse } from "../views.ts";
import { readCommunity, readModerators } from "./view.ts";

/** Persons who moderate the community, the first appointed first; their rows stay locked. */
async function lockModerators(
  ctx: Ctx,
  communityId: number,
): Promise<number[]> {
  const rows = await query<{ person_id: number; became_moderator_at: string }>(
    ctx,
    `with locked as (
       select person_id, became_moderator_at from community_actions
       where community_id = $1::int4 and became_moderator_at is not null
       order by person_id for no key update
     )
     select person_id from locked order by became_moderator_at, person_id`,
    [communityId],
  );
  return rows.map((row) => row.person_id);
}

/**
 * Appoints or dismisses a moderator. Appointing one again costs the seniority; a moderator may
 * dismiss those appointed later, and themself.
 * @throws LemmyError `not_found`, `not_higher_mod`, `cannot_leave_mod` for the only moderator,
 * `not_a_moderator` for an admin in a community of another server, and those of
 * `requireCommunityMod`
 */
export async function addModToCommunity(
  ctx: Ctx,
  input: { community_id: number; person_id: number; added: boolean },
): Promise<CommunityModeratorView[]> {
  const viewer = requireViewer(ctx);
  const { community_id, person_id, added } = input;
  return await inTransaction(ctx, async (ctx) => {
    const standing = await requireCommunityMod(ctx, community_id);
    requireOwnSay(standing);
    const moderators = await lockModerators(ctx, community_id);
    if (added) await appoint(ctx, community_id, person_id);
    else {
      await requireHigherMod(ctx, community_id, person_id);
      const isMod = moderators.includes(person_id);
      const last = isMod && moderators.length === 1;
      if (last && !viewer.local_user.admin) {
        throw new LemmyError("cannot_leave_mod");
      }
      if (!isMod) return await readModerators(ctx, community_id);
      await dismiss(ctx, community_id, person_id);
    }
    await logModerator(ctx, input);
    delete viewer.relations;
    return await readModerators(ctx, community_id);
  });
}

/** The modlog's entry of an appointment or dismissal. */
export async function logModerator(
  ctx: Ctx,
  { community_id, person_id, added }: {
    community_id: number;
    person_id: number;
    added: boolean;
  },
): Promise<void> {
  await recordModlog(ctx, {
    kind: "mod_add_to_community",
    is_revert: added,
    target_person_id: person_id,
    target_community_id: community_id,
  });
}

/** The home of a community refuses appointments by whoever it does not know as its moderator. */
function requireOwnSay(standing: Standing): void {
  if (!standing.local && standing.became_moderator_at === null) {
    throw new LemmyError("not_a_moderator");
  }
}

/** Makes a person a moderator, the last in seniority. @throws LemmyError `not_found` */
export async function appoint(
  ctx: Ctx,
  communityId: number,
  personId: number,
): Promise<void> {
  const known = await query(ctx, "select from person where id = $1::int4", [
    personId,
  ]);
  if (known.length === 0) throw new LemmyError("not_found");
  await query(
    ctx,
    `insert into community_actions (person_id, community_id, became_moderator_at)
     values ($1::int4, $2::int4, $3::timestamptz)
     on conflict (person_id, community_id) do update set
       became_moderator_at = excluded.became_moderator_at`,
    [personId, communityId, ctx.now.toISOString()],
  );
}

/** Takes the office of a moderator away. */
export async function dismiss(
  ctx: Ctx,
  communityId: number,
  personId: number,
): Promise<void> {
  await query(
    ctx,
    `update community_actions set became_moderator_at = null
     where person_id = $1::int4 and community_id = $2::int4`,
    [personId, communityId],
  );
  await dropEmptyRows(ctx, "community_actions", [communityId], personId);
}

/**
 * Makes another moderator the first one; the others keep their order. All appointments get fresh
 * times, a microsecond apart.
 * @throws LemmyError `not_an_admin` for a moderator who is not the first, `unknown` when the person
 * does not moderate the community, and those of `requireCommunityMod`
 */
export async function transferCommunity(
  ctx: Ctx,
  input: { community_id: number; person_id: number },
): Promise<GetCommunityResponse> {
  const viewer = requireViewer(ctx);
  const { community_id, person_id } = input;
  return await inTransaction(ctx, async (ctx) => {
    await requireCommunityMod(ctx, community_id);
    const moderators = await lockModerators(ctx, community_id);
    if (moderators[0] !== viewer.person.id) requireAdmin(ctx);
    if (!moderators.includes(person_id)) {
      throw new LemmyError("unknown", {
        detail: `person ${person_id} does not moderate the community`,
      });
    }
    const order = [person_id, ...moderators.filter((id) => id !== person_id)];
    await query(
      ctx,
      `update community_actions a
       set became_moderator_at = $3::timestamptz + list.position * interval '1 microsecond'
       from unnest($2::int4[]) with ordinality as list (id, position)
       where a.community_id = $1::int4 and a.person_id = list.id`,
      [community_id, order, ctx.now.toISOString()],
    );
    await recordModlog(ctx, {
      kind: "mod_transfer_community",
      target_person_id: person_id,
      target_community_id: community_id,
    });
    return {
      community_view: await readCommunity(ctx, community_id),
      moderators: await readModerators(ctx, community_id),
      discussion_languages: [],
    };
  });
}
