import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { checkUnixTime } from "../unix_time.ts";

/** Scheduled posts that a user other than an admin may have waiting. */
const MAX_SCHEDULED = 10;

/**
 * The publication time of a scheduled post as text (content §1.2).
 * @param seconds Unix time
 * @throws LemmyError `invalid_unix_time`, `post_schedule_time_must_be_in_future`,
 * `too_many_scheduled_posts`
 */
export async function checkSchedule(
  ctx: Ctx,
  seconds: number,
): Promise<string> {
  const field = "scheduled_publish_time_at";
  const time = checkUnixTime(seconds, field);
  if (time < ctx.now) {
    throw new LemmyError("post_schedule_time_must_be_in_future", { field });
  }
  if (!ctx.viewer!.local_user.admin) {
    const [{ waiting }] = await query<{ waiting: number }>(
      ctx,
      `select count(*) as waiting from post p join community c on c.id = p.community_id
       where p.creator_id = $1::int4 and p.scheduled_publish_time_at > $2::timestamptz
         and not (p.deleted or p.removed or c.deleted or c.removed)`,
      [ctx.viewer!.person.id, ctx.now.toISOString()],
    );
    if (waiting >= MAX_SCHEDULED) {
      throw new LemmyError("too_many_scheduled_posts", { field });
    }
  }
  return time.toISOString();
}
