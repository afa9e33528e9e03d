import { readComment } from "../comment/view.ts";
import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import { markItemAsRead } from "../notification/mark.ts";
import { requireCommunityUser, requireNoBot } from "../permissions.ts";
import type { CommentView } from "../views.ts";
import { castVote } from "./cast.ts";
import { effectiveVote } from "./mode.ts";
import { addVoteTotals } from "./totals.ts";

/**
 * Votes on a comment: up, down, or (null or absent) withdraws the vote. What
 * tells the caller of the comment counts as read.
 * @throws LemmyError `invalid_bot_action`, `not_found`, and those of `requireCommunityUser`
 */
export async function likeComment(
  ctx: Ctx,
  input: { comment_id: number; is_upvote?: boolean | null },
): Promise<CommentView> {
  requireNoBot(requireViewer(ctx));
  const vote = effectiveVote(ctx, "comment", input.is_upvote);
  return await inTransaction(ctx, async (ctx) => {
    const { comment, community } = await readComment(ctx, input.comment_id);
    await requireCommunityUser(ctx, community.id);
    const before = await castVote(ctx, "comment", comment.id, vote);
    if (vote !== null || before !== null) {
      await addVoteTotals(ctx, comment.creator_id, before, vote);
      await recordEvent(ctx, {
        kind: "comment_voted",
        comment_id: comment.id,
        post_id: comment.post_id,
        community_id: community.id,
        data: { before, vote },
      });
    }
    await markItemAsRead(ctx, "comment", comment.id);
    return await readComment(ctx, comment.id);
  });
}
