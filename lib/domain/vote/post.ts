import { type Ctx, inTransaction, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import {
  requireActiveUser,
  requireCommunityUser,
  requireNoBot,
} from "../permissions.ts";
import { readPost } from "../post/view.ts";
import type { PostView } from "../views.ts";
import { effectiveVote } from "./mode.ts";
import { addVoteTotals } from "./totals.ts";

/**
 * Votes on a post: up, down, or (null or absent) withdraws the vote. Also marks the post read.
 * @throws LemmyError `invalid_bot_action`, `not_found`, and those of `requireCommunityUser`
 */
export async function likePost(
  ctx: Ctx,
  input: { post_id: number; is_upvote?: boolean | null },
): Promise<PostView> {
  const viewer = requireActiveUser(ctx);
  requireNoBot(viewer);
  const vote = effectiveVote(ctx, "post", input.is_upvote);
  return await inTransaction(ctx, async (ctx) => {
    const { post, community } = await readPost(ctx, input.post_id, {
      asMod: false,
    });
    await requireCommunityUser(ctx, community.id);
    const [row] = await query<{ vote_is_upvote: boolean | null }>(
      ctx,
      `select vote_is_upvote from post_actions
       where person_id = $1::int4 and post_id = $2::int4 for update`,
      [viewer.person.id, post.id],
    );
    const before = row?.vote_is_upvote ?? null;
    await query(
      ctx,
      `insert into post_actions (person_id, post_id, voted_at, vote_is_upvote, read_at)
       values ($1::int4, $2::int4, $3::timestamptz, $4::boolean, $5::timestamptz)
       on conflict (person_id, post_id) do update set voted_at = excluded.voted_at,
         vote_is_upvote = excluded.vote_is_upvote, read_at = excluded.read_at`,
      [
        viewer.person.id,
        post.id,
        vote === null ? null : ctx.now.toISOString(),
        vote,
        ctx.now.toISOString(),
      ],
    );
    if (vote !== null || before !== null) {
      await addVoteTotals(ctx, post.creator_id, before, vote);
      await recordEvent(ctx, {
        kind: "post_voted",
        post_id: post.id,
        community_id: community.id,
        data: { before, vote },
      });
    }
    return await readPost(ctx, post.id, { asMod: false });
  });
}
