import { query } from "../domain/context.ts";
import type { JobContext } from "./job.ts";

/**
 * Publishes the posts whose time has come (content §1.2). The publication counts from now, not
 * from the writing (Q9), and what follows from a new post follows from its event. Posts that fail
 * a condition, such as a banned author, stay scheduled.
 */
export async function publishScheduledPosts(ctx: JobContext): Promise<void> {
  const now = ctx.now.toISOString();
  const due = await query<{ id: number }>(
    ctx,
    `select p.id from post p
     join community c on c.id = p.community_id join person u on u.id = p.creator_id
     where p.scheduled_publish_time_at <= $1::timestamptz
       and not (p.deleted or p.removed or c.deleted or c.removed or u.deleted)
       and not exists (select from community_actions b where b.community_id = c.id
         and b.person_id = u.id and b.received_ban_at is not null)
       and not exists (select from instance_actions b join site s on s.instance_id = b.instance_id
         join local_site l on l.site_id = s.id
         where b.person_id = u.id and b.received_ban_at is not null)
     order by p.scheduled_publish_time_at, p.id`,
    [now],
  );
  for (const { id } of due) {
    // One statement, so that the event is there if and only if the post is out.
    await query(
      ctx,
      `with published as (
         update post p set scheduled_publish_time_at = null, published_at = $2::timestamptz,
           hot_rank = r.rank, hot_rank_active = r.rank,
           scaled_rank = scaled_rank(p.score, $2, c.interactions_month, $2 + interval '1 second')
         from post q join community c on c.id = q.community_id,
           lateral hot_rank(q.score, $2::timestamptz, $2 + interval '1 second') as r(rank)
         where p.id = $1::int4 and q.id = p.id and p.scheduled_publish_time_at <= $2
           and not (p.deleted or p.removed)
         returning p.id, p.creator_id, p.community_id
       )
       insert into event (kind, person_id, community_id, post_id)
       select 'post_created', creator_id, community_id, id from published`,
      [id, now],
    );
    ctx.log.info("scheduled post published", { post: id });
  }
}
