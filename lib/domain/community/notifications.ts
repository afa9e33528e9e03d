import { type Ctx, inTransaction, query } from "../context.ts";
import { requireViewer } from "../account/session.ts";
import type { CommunityNotificationsMode } from "../views.ts";
import { followCommunity } from "./follow.ts";
import { readCommunity } from "./view.ts";

/**
 * Sets how loudly posts and comments of a community are announced to the viewer (content §3.8).
 * Subscribing to a remote community also follows it: what nobody here follows does not arrive.
 * @throws LemmyError `not_found`
 */
export async function setCommunityNotifications(
  ctx: Ctx,
  input: { community_id: number; mode: CommunityNotificationsMode },
): Promise<void> {
  const viewer = requireViewer(ctx);
  await inTransaction(ctx, async (ctx) => {
    const view = await readCommunity(ctx, input.community_id);
    await query(
      ctx,
      `insert into community_actions (person_id, community_id, notifications)
       values ($1::int4, $2::int4, $3)
       on conflict (person_id, community_id) do update set notifications = excluded.notifications`,
      [viewer.person.id, input.community_id, input.mode],
    );
    const subscribes = input.mode === "all_posts_and_comments" ||
      input.mode === "all_posts";
    if (subscribes && !view.community.local) {
      await followCommunity(ctx, {
        community_id: input.community_id,
        follow: true,
      });
    }
  });
}
