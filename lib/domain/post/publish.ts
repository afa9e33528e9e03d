import { type Ctx, query } from "../context.ts";

/**
 * Publishes a scheduled post (content §1.2): it counts as published now, not when it was written
 * (Q9), with the ranks of a new post, and what follows from a new post follows from its event. One
 * statement, so that the event is there if and only if the post is out.
 *
 * @param due the post is left alone when it is scheduled for a later time than this
 * @returns whether it was published: not when it is deleted, removed, or out already
 */
export async function publishPost(
  ctx: Pick<Ctx, "db" | "now">,
  postId: number,
  due: Date | "infinity",
): Promise<boolean> {
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
  return rows.length > 0;
}
