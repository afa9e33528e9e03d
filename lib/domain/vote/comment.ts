import { requireViewer } from "../account/session.ts";
import type { Ctx } from "../context.ts";
import { requireNoBot } from "../permissions.ts";
import { readComment } from "../comment/view.ts";
import type { CommentView } from "../views.ts";
import { castVote } from "./cast.ts";
import { effectiveVote } from "./mode.ts";
import { readVoteTarget } from "./target.ts";

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
  const target = await readVoteTarget(ctx, "comment", input.comment_id);
  await castVote(ctx, "comment", target, vote);
  return await readComment(ctx, input.comment_id);
}
