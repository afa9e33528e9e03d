import { query } from "../domain/context.ts";
import { publishPost } from "../domain/post/publish.ts";
import { type JobContext, systemContext } from "./job.ts";

/**
 * Publishes the posts whose time has come (content §1.2). Posts that fail a condition, such as
 * a banned author, stay scheduled.
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
  if (due.length === 0) return;
  const system = await systemContext(ctx);
  for (const { id } of due) {
    if (!await publishPost(system, id, ctx.now)) continue;
    ctx.log.info("scheduled post published", { post: id });
  }
}
