import { type Ctx, inTransaction, query } from "../context.ts";

/**
 * Publishes a scheduled post (content §1.2): it counts as published now, not when it was written
 * (Q9), with the ranks of a new post, and what follows from a new post follows from its event. What
 * its author has done to it and below it in the meantime was nobody's business and happens now.
 *
 * @param due the post is left alone when it is scheduled for a later time than this
 * @returns whether it was published: not when it is deleted, removed, or out already
 */
export async function publishPost(
  ctx: Ctx,
  postId: number,
  due: Date | "infinity",
): Promise<boolean> {
  return await inTransaction(ctx, async (ctx) => {
    const rows = await query(
      ctx,
      `with published as (
         update post p set scheduled_publish_time_at = null, published_at = $2::timestamptz,
           hot_rank = r.rank, hot_rank_active = r.rank,
           scaled_rank = scaled_rank(p.score, $2, c.interactions_month, $2 + interval '1 second')
         from post q join community c on c.id = q.community_id,
           lateral hot_rank(q.score, $2::timestamptz, $2 + interval '1 second') as r(rank)
         where p.id = $1::int4 and q.id = p.id and p.scheduled_publish_time_at <= $3::timestamptz
           and not (p.deleted or p.removed)
         returning p.id, p.creator_id, p.community_id
       )
       insert into event (kind, person_id, community_id, post_id)
       select 'post_created', creator_id, community_id, id from published
       returning post_id`,
      [
        postId,
        ctx.now.toISOString(),
        due === "infinity" ? due : due.toISOString(),
      ],
    );
    if (rows.length === 0) return false;
    await tellWhatHappened(ctx, postId);
    return true;
  });
}

/**
 * Records what has become of a post before its publication: comments, votes other than the authors'
 * own upvotes, which come with what they wrote, lock and pin. A statement of its own, after that
 * which locked the post: whoever comments waits for that lock, so that each comment is either seen
 * here or told of after the publication.
 */
async function tellWhatHappened(
  ctx: Pick<Ctx, "db">,
  postId: number,
): Promise<void> {
  await query(
    ctx,
    `with comments as (
       select * from comment where post_id = $1::int4 and not (deleted or removed)
     ), acts as (
       select distinct on (kind) * from modlog
       where target_post_id = $1 and kind in ('mod_lock_post', 'mod_feature_post_community')
       order by kind, id desc
     ), happened (part, position, kind, person_id, comment_id, data) as (
       select 1, id, 'comment_created', creator_id, id, null::jsonb from comments
       union all
       select 2, 0, 'post_voted', p.creator_id, null,
         jsonb_build_object('before', true, 'vote', a.vote_is_upvote)
       from post p join post_actions a on a.post_id = p.id and a.person_id = p.creator_id
       where p.id = $1 and a.vote_is_upvote is distinct from true
       union all
       select 2, m.id, 'comment_voted', m.creator_id, m.id,
         jsonb_build_object('before', true, 'vote', a.vote_is_upvote)
       from comments m
       join comment_actions a on a.comment_id = m.id and a.person_id = m.creator_id
       where a.vote_is_upvote is distinct from true
       union all
       select 3, id, 'mod_action', moderator_id, null, jsonb_build_object('modlog_id', id)
       from acts where not is_revert
     )
     insert into event (kind, person_id, community_id, post_id, comment_id, data)
     select h.kind, h.person_id, p.community_id, p.id, h.comment_id, h.data
     from happened h, post p where p.id = $1 order by h.part, h.position`,
    [postId],
  );
}
