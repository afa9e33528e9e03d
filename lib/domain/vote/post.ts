import { requireViewer } from "../account/session.ts";
import type { Ctx } from "../context.ts";
import { requireNoBot } from "../permissions.ts";
import { readPost } from "../post/view.ts";
import type { PostView } from "../views.ts";
import { castVote } from "./cast.ts";
import { effectiveVote } from "./mode.ts";
import { readVoteTarget } from "./target.ts";

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
  const target = await readVoteTarget(ctx, "post", input.post_id);
  await castVote(ctx, "post", target, vote);
  return await readPost(ctx, input.post_id, { asMod: false });
}
