import { requireViewer } from "../account/session.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";

/**
 * Who may act on whom (moderation-and-operations §2.2). Of two admins the older account ranks
 * higher, of two moderators the earlier appointment, and any admin above any moderator. Acting on
 * oneself always passes.
 */

/**
 * The caller, an admin, ranks above every admin among the targets.
 * @throws LemmyError `not_higher_admin`
 */
export async function requireHigherAdmin(
  ctx: Ctx,
  targetIds: readonly number[],
): Promise<void> {
  const own = requireViewer(ctx).person.id;
  const [highest] = await query<{ person_id: number }>(
    ctx,
    `select person_id from local_user where admin and person_id = any($1::int4[])
     order by id limit 1`,
    [[own, ...targetIds]],
  );
  if (highest?.person_id !== own) throw new LemmyError("not_higher_admin");
}

/**
 * The caller, a moderator of the community or an admin, ranks above the target there.
 * @throws LemmyError `not_higher_mod`
 */
export async function requireHigherMod(
  ctx: Ctx,
  communityId: number,
  targetId: number,
): Promise<void> {
  const own = requireViewer(ctx).person.id;
  const [highest] = await query<{ person_id: number }>(
    ctx,
    `select person_id from (
       (select person_id, 1 as part from local_user
        where admin and person_id = any($2::int4[]) order by id limit 1)
       union all
       (select person_id, 2 from community_actions
        where community_id = $1::int4 and person_id = any($2) and became_moderator_at is not null
        order by became_moderator_at, person_id limit 1)
     ) as ranks order by part limit 1`,
    [communityId, [own, targetId]],
  );
  if (highest?.person_id !== own) throw new LemmyError("not_higher_mod");
}
