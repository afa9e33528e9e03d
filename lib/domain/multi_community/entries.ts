import { readCommunity } from "../community/view.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser, standing } from "../permissions.ts";
import type { CommunityView } from "../views.ts";
import { followForLists } from "./site_follows.ts";
import { MAX_ENTRIES } from "./view.ts";
import { lockOwned, recordChange } from "./write.ts";

interface Entry {
  /** Of the multi-community. */
  id: number;
  community_id: number;
}

/**
 * Puts a community on the list. One of another server is followed by the site's hidden account from
 * then on, so that its posts arrive.
 * @throws LemmyError `not_found`, `multi_community_update_wrong_user`, `deleted`,
 * `multi_community_entry_limit_reached`, `couldnt_create` when it is there already
 */
export async function createMultiCommunityEntry(
  ctx: Ctx,
  input: Entry,
): Promise<CommunityView> {
  requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const multi = await lockOwned(ctx, input.id);
    const community = await standing(ctx, input.community_id);
    if (!community) throw new LemmyError("not_found");
    if (community.deleted || community.removed) throw new LemmyError("deleted");
    if (multi.communities >= MAX_ENTRIES) {
      throw new LemmyError("multi_community_entry_limit_reached");
    }
    const added = await query(
      ctx,
      `insert into multi_community_entry (multi_community_id, community_id)
       values ($1::int4, $2::int4) on conflict do nothing returning community_id`,
      [multi.id, input.community_id],
    );
    if (added.length === 0) throw new LemmyError("couldnt_create");
    await followForLists(ctx, [input.community_id]);
    await recordChange(ctx, multi.id);
    return await readCommunity(ctx, input.community_id);
  });
}

/**
 * Takes a community off the list; one that is not on it is no error.
 * @throws LemmyError `not_found`, `multi_community_update_wrong_user`
 */
export async function deleteMultiCommunityEntry(
  ctx: Ctx,
  input: Entry,
): Promise<void> {
  requireActiveUser(ctx);
  await inTransaction(ctx, async (ctx) => {
    const multi = await lockOwned(ctx, input.id);
    const community = await standing(ctx, input.community_id);
    if (!community) throw new LemmyError("not_found");
    const removed = await query(
      ctx,
      `delete from multi_community_entry
       where multi_community_id = $1::int4 and community_id = $2::int4 returning community_id`,
      [multi.id, input.community_id],
    );
    if (removed.length === 0) return;
    await followForLists(ctx, [input.community_id]);
    await recordChange(ctx, multi.id);
  });
}
