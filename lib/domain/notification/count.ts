import { requireViewer } from "../account/session.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, query, queryListing } from "../context.ts";
import { countReports } from "../report/list.ts";
import type { UnreadCountsResponse } from "../views.ts";
import { addShownNotifications } from "./shown.ts";

/**
 * What waits for the caller (accounts-and-site §3.8): notifications for everybody, reports and
 * requests to join for moderators and admins, applications for admins. A banned moderator or admin counts as none.
 */
export async function getUnreadCounts(ctx: Ctx): Promise<UnreadCountsResponse> {
  const viewer = requireViewer(ctx);
  if (viewer.banned) return { notification_count: await countUnread(ctx) };
  const { admin } = viewer.local_user;
  const [notification_count, reports, row, applications] = await Promise.all([
    countUnread(ctx),
    countReports(ctx),
    countFollows(ctx),
    admin ? countApplications(ctx) : null,
  ]);
  const counts: UnreadCountsResponse = { notification_count };
  if (reports !== null) counts.report_count = reports;
  if (admin || row.moderates) counts.pending_follow_count = row.follows;
  if (applications !== null) {
    counts.registration_application_count = applications;
  }
  return counts;
}

/** Whether the caller moderates anything, and the requests to join private ones of it. */
async function countFollows(
  ctx: Ctx,
): Promise<{ moderates: boolean; follows: number }> {
  const [row] = await query<{ moderates: boolean; follows: number }>(
    ctx,
    `select count(*) > 0 as moderates, coalesce(sum(f.requests), 0)::int4 as follows
     from community_actions a join community c on c.id = a.community_id
     left join lateral (select count(*) as requests from community_actions r
       where c.visibility = 'private' and r.community_id = c.id and r.followed_at is not null
         and r.follow_state = 'approval_required') f on true
     where a.person_id = $1::int4 and a.became_moderator_at is not null`,
    [requireViewer(ctx).person.id],
  );
  return row;
}

/** Unread notifications, under the filters of their list. */
async function countUnread(ctx: Ctx): Promise<number> {
  const where = new Conditions();
  const me = where.value(requireViewer(ctx).person.id, "int4");
  await addShownNotifications(where, ctx, "unread");
  const [{ count }] = await queryListing<{ count: number }>(
    ctx,
    `with unread as materialized (
       select * from notification where recipient_id = ${me} and not read
     )
     select count(*)::int4 as count from unread n where ${where}`,
    where.parameters,
  );
  return count;
}

/** Applications that no admin has acted on; while addresses must be verified, of verified ones. */
async function countApplications(ctx: Ctx): Promise<number> {
  const [{ count }] = await query<{ count: number }>(
    ctx,
    `select count(*)::int4 as count from registration_application a
     join local_user u on u.id = a.local_user_id
     where a.admin_id is null and (u.email_verified or not $1::boolean)`,
    [ctx.site.local_site.email_verification_required],
  );
  return count;
}
