import { type Ctx, inTransaction, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import { requireActiveUser } from "../permissions.ts";
import type { MultiCommunityView } from "../views.ts";
import { followForMembers } from "./site_follows.ts";
import { readMultiCommunity } from "./view.ts";

/**
 * Follows or unfollows a multi-community, which does not follow its communities. One of another
 * server answers later; as long as somebody here follows it the site's hidden account follows its
 * communities.
 * @throws LemmyError `not_found`
 */
export async function followMultiCommunity(
  ctx: Ctx,
  input: { multi_community_id: number; follow: boolean },
): Promise<MultiCommunityView> {
  const viewer = requireActiveUser(ctx);
  const id = input.multi_community_id;
  return await inTransaction(ctx, async (ctx) => {
    const { multi } = await readMultiCommunity(ctx, id);
    const key = [viewer.person.id, id];
    if (input.follow) {
      await query(
        ctx,
        `insert into multi_community_follow (person_id, multi_community_id, follow_state)
         values ($1::int4, $2::int4, $3) on conflict do nothing`,
        [...key, multi.local ? "accepted" : "pending"],
      );
    } else {
      await query(
        ctx,
        `delete from multi_community_follow
         where person_id = $1::int4 and multi_community_id = $2::int4`,
        key,
      );
    }
    if (!multi.local) await followForMembers(ctx, id);
    await recordEvent(ctx, {
      kind: "multi_community_followed",
      data: { multi_community_id: id, follow: input.follow },
    });
    return await readMultiCommunity(ctx, id);
  });
}
