import { type Ctx, query } from "../context.ts";
import type { Standing } from "../permissions.ts";

/**
 * Whether what is written in the community stays pending until the community announces it back:
 * it lives elsewhere, and this server has a reason to receive its activities, namely a follower or
 * an earlier post or comment from here (content §1.1).
 */
export async function awaitsAnnouncement(
  ctx: Ctx,
  community: Standing,
): Promise<boolean> {
  if (community.local) return false;
  const [{ receives }] = await query<{ receives: boolean }>(
    ctx,
    `select exists (select from community_actions
         where community_id = $1::int4 and followed_at is not null)
       or exists (select from post where community_id = $1 and local)
       or exists (select from comment where community_id = $1 and local) as receives`,
    [community.community_id],
  );
  return receives;
}
