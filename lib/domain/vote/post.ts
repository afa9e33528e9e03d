import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import { markItemAsRead } from "../notification/mark.ts";
import { requireCommunityUser, requireNoBot } from "../permissions.ts";
import { readPost } from "../post/view.ts";
import type { PostView } from "../views.ts";
import { castVote } from "./cast.ts";
import { effectiveVote } from "./mode.ts";
import { addVoteTotals } from "./totals.ts";

/**
 * Votes on a post: up, down, or (null or absent) withdraws the vote. Also marks the post read,
 * and what tells the caller of it.
 * @throws LemmyError `invalid_bot_action`, `not_found`, and those of `requireCommunityUser`
 */
export async function likePost(
  ctx: Ctx,
  input: { post_id: number; is_upvote?: boolean | null },
): Promise<PostView> {
  requireNoBot(requireViewer(ctx));
  const vote = effectiveVote(ctx, "post", input.is_upvote);
  return await inTransaction(ctx, async (ctx) => {
    const { post, community } = await readPost(ctx, input.post_id, {
      asMod: false,
    });
    await requireCommunityUser(ctx, community.id);
    const before = await castVote(ctx, "post", post.id, vote);
    if (vote !== null || before !== null) {
      await addVoteTotals(ctx, post.creator_id, before, vote);
      await recordEvent(ctx, {
        kind: "post_voted",
        post_id: post.id,
        community_id: community.id,
        data: { before, vote },
      });
    }
    await markItemAsRead(ctx, "post", post.id);
    return await readPost(ctx, post.id, { asMod: false });
  });
}
