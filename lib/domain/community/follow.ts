import { dropEmptyRows, setMark } from "../action_rows.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireActiveUser, type Standing, standing } from "../permissions.ts";
import type { CommunityView } from "../views.ts";
import { readCommunity } from "./view.ts";

/** The state a fresh follow gets (content §3.5). */
function followState(ctx: Ctx, s: Standing): string {
  const exempt = s.became_moderator_at !== null ||
    (s.local && ctx.viewer!.local_user.admin);
  if (s.visibility === "private" && !exempt) return "approval_required";
  return s.local ? "accepted" : "pending";
}

/**
 * Follows or unfollows a community. An accepted follow stays as it is when it is repeated (Q15).
 * @throws LemmyError `not_found`, for an unfollowed community that is deleted or removed after the
 * change is made; for a followed local one `deleted`, `person_is_banned_from_community`
 */
export async function followCommunity(
  ctx: Ctx,
  input: { community_id: number; follow: boolean },
): Promise<CommunityView> {
  const viewer = requireActiveUser(ctx);
  await inTransaction(ctx, async (ctx) => {
    const s = await standing(ctx, input.community_id);
    if (!s) throw new LemmyError("not_found");
    if (input.follow) {
      if (s.local) {
        if (s.deleted || s.removed) throw new LemmyError("deleted");
        if (s.banned) throw new LemmyError("person_is_banned_from_community");
      }
      await readCommunity(ctx, input.community_id, { asMod: false });
      await query(
        ctx,
        `insert into community_actions (person_id, community_id, followed_at, follow_state)
         values ($1::int4, $2::int4, $3::timestamptz, $4)
         on conflict (person_id, community_id) do update set
           followed_at = excluded.followed_at, follow_state = excluded.follow_state,
           follow_approver_id = null
         where community_actions.follow_state is distinct from 'accepted'`,
        [
          viewer.person.id,
          input.community_id,
          ctx.now.toISOString(),
          followState(ctx, s),
        ],
      );
    } else {
      await endFollow(ctx, input.community_id, viewer.person.id);
    }
    await recordEvent(ctx, {
      kind: "community_followed",
      community_id: input.community_id,
      data: { follow: input.follow },
    });
  });
  delete viewer.relations;
  return await readCommunity(ctx, input.community_id, { asMod: false });
}

/**
 * Ends a person's follow of a community, whatever its state; nobody is told.
 * @returns whether there was one
 */
export async function endFollow(
  ctx: Ctx,
  communityId: number,
  personId: number,
): Promise<boolean> {
  const ended = await query(
    ctx,
    `update community_actions set followed_at = null, follow_state = null,
       follow_approver_id = null, follow_ap_id = null
     where person_id = $1::int4 and community_id = $2::int4 and followed_at is not null
     returning person_id`,
    [personId, communityId],
  );
  if (ended.length === 0) return false;
  await dropEmptyRows(ctx, "community_actions", [communityId], personId);
  return true;
}

/**
 * Hides a community from the viewer's listings, which also ends a follow, or shows it again.
 * @throws LemmyError `not_found`, for a deleted or removed community after the change is made
 */
export async function blockCommunity(
  ctx: Ctx,
  input: { community_id: number; block: boolean },
): Promise<CommunityView> {
  const viewer = requireActiveUser(ctx);
  await inTransaction(ctx, async (ctx) => {
    const s = await standing(ctx, input.community_id);
    if (!s) throw new LemmyError("not_found");
    await setMark(
      ctx,
      "community_actions",
      input.community_id,
      "blocked_at",
      input.block,
    );
    if (input.block && s.follow_state !== null) {
      await endFollow(ctx, input.community_id, viewer.person.id);
      await recordEvent(ctx, {
        kind: "community_followed",
        community_id: input.community_id,
        data: { follow: false },
      });
    }
  });
  delete viewer.relations;
  return await readCommunity(ctx, input.community_id, { asMod: false });
}
