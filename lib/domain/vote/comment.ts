import { readComment } from "../comment/view.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import {
  requireActiveUser,
  requireCommunityUser,
  requireNoBot,
} from "../permissions.ts";
import type { CommentView } from "../views.ts";
import { effectiveVote } from "./mode.ts";
import { addVoteTotals } from "./totals.ts";

/**
 * Votes on a comment: up, down, or (null or absent) withdraws the vote.
 * @throws LemmyError `invalid_bot_action`, `not_found`, and those of `requireCommunityUser`
 */
export async function likeComment(
  ctx: Ctx,
  input: { comment_id: number; is_upvote?: boolean | null },
): Promise<CommentView> {
  const viewer = requireActiveUser(ctx);
  requireNoBot(viewer);
  const vote = effectiveVote(ctx, "comment", input.is_upvote);
  return await inTransaction(ctx, async (ctx) => {
    const { comment, community } = await readComment(ctx, input.comment_id);
    await requireCommunityUser(ctx, community.id);
    const [row] = await query<{ vote_is_upvote: boolean | null }>(
      ctx,
      `select vote_is_upvote from comment_actions
       where person_id = $1::int4 and comment_id = $2::int4 for update`,
      [viewer.person.id, comment.id],
    );
    const before = row?.vote_is_upvote ?? null;
    if (vote === null) {
      await query(
        ctx,
        `update comment_actions set voted_at = null, vote_is_upvote = null
         where person_id = $1::int4 and comment_id = $2::int4`,
        [viewer.person.id, comment.id],
      );
    } else {
      await query(
        ctx,
        `insert into comment_actions (person_id, comment_id, voted_at, vote_is_upvote)
         values ($1::int4, $2::int4, $3::timestamptz, $4::boolean)
         on conflict (person_id, comment_id) do update set voted_at = excluded.voted_at,
           vote_is_upvote = excluded.vote_is_upvote`,
        [viewer.person.id, comment.id, ctx.now.toISOString(), vote],
      );
    }
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
    return await readComment(ctx, comment.id);
  });
}
