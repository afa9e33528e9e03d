import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordModlog } from "../modlog/record.ts";
import { requireAdmin, requireCommunityMod } from "../permissions.ts";
import { closeReports } from "../report/close.ts";
import type { CommunityView } from "../views.ts";
import { readCommunity, readModerators } from "./view.ts";

/**
 * Removes a community for everybody but its moderators and admins, or restores it; that resolves
 * its reports. Of a community of another server only this server's copy is concerned.
 * @throws LemmyError `not_an_admin`, and those of `requireCommunityMod`
 */
export async function removeCommunity(
  ctx: Ctx,
  input: { community_id: number; removed: boolean; reason: string },
): Promise<CommunityView> {
  await requireCommunityMod(ctx, input.community_id, { allowDeleted: true });
  requireAdmin(ctx);
  return await inTransaction(ctx, async (ctx) => {
    await setCommunityRemoved(ctx, input);
    return await readCommunity(ctx, input.community_id);
  });
}

/** Removes or restores a community as decided, and writes the modlog. */
export async function setCommunityRemoved(
  ctx: Ctx,
  input: { community_id: number; removed: boolean; reason: string },
): Promise<void> {
  await ctx.db.updateTable("community").set({ removed: input.removed })
    .where("id", "=", input.community_id).execute();
  await closeReports(ctx, { type_: "community", ids: [input.community_id] });
  await logRemoval(ctx, input, !input.removed);
}

/**
 * Hides a community and everything in it from all but admins, on this server only, or shows it
 * again. Lemmy's clients have this action, its 1.0 server only the column. The modlog has no kind
 * of its own for it: it stands there as a removal.
 * @throws LemmyError `not_an_admin`, `not_found`
 */
export async function hideCommunity(
  ctx: Ctx,
  input: { community_id: number; hidden: boolean; reason: string },
): Promise<void> {
  requireAdmin(ctx);
  await inTransaction(ctx, async (ctx) => {
    const changed = await query(
      ctx,
      "update community set local_removed = $2::boolean where id = $1::int4 returning id",
      [input.community_id, input.hidden],
    );
    if (changed.length === 0) throw new LemmyError("not_found");
    await logRemoval(ctx, input, !input.hidden, { here_only: true });
  });
}

async function logRemoval(
  ctx: Ctx,
  { community_id, reason }: { community_id: number; reason: string },
  is_revert: boolean,
  data: { here_only?: boolean } = {},
): Promise<void> {
  const [first] = await readModerators(ctx, community_id);
  await recordModlog(ctx, {
    kind: "admin_remove_community",
    is_revert,
    reason,
    target_person_id: first?.moderator.id,
    target_community_id: community_id,
    target_instance_id: ctx.site.instance.id,
  }, data);
}
