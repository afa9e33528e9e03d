import { requireViewer } from "../account/session.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, query } from "../context.ts";
import { countReports } from "../report/list.ts";
import type { UnreadCountsResponse } from "../views.ts";
import { addShownNotifications, NOTIFICATION_JOINS } from "./shown.ts";

/**
 * What waits for the caller (accounts-and-site §3.8): notifications for everybody, reports and
 * requests to join for moderators and admins, applications for admins. A banned moderator or admin counts as none.
 */
export async function getUnreadCounts(ctx: Ctx): Promise<UnreadCountsResponse> {
  const viewer = requireViewer(ctx);
  const counts: UnreadCountsResponse = {
    notification_count: await countUnread(ctx),
  };
  if (viewer.banned) return counts;
  const { admin } = viewer.local_user;
  const reports = await countReports(ctx);
  if (reports !== null) counts.report_count = reports;
  const [row] = await query<{ moderates: boolean; follows: number }>(
    ctx,
    `select count(*) > 0 as moderates, coalesce(sum(f.requests), 0)::int4 as follows
     from community_actions a join community c on c.id = a.community_id
     left join lateral (select count(*) as requests from community_actions r
       where c.visibility = 'private' and r.community_id = c.id and r.followed_at is not null
         and r.follow_state = 'approval_required') f on true
     where a.person_id = $1::int4 and a.became_moderator_at is not null`,
    [viewer.person.id],
  );
  if (admin || row.moderates) counts.pending_follow_count = row.follows;
  if (admin) {
    counts.registration_application_count = await countApplications(ctx);
  }
  return counts;
}

/** Unread notifications, under the filters of their list. */
async function countUnread(ctx: Ctx): Promise<number> {
  const where = new Conditions();
  where.add(
    `n.recipient_id = ${
      where.value(requireViewer(ctx).person.id, "int4")
    } and not n.read`,
  );
  await addShownNotifications(where, ctx);
  const [{ count }] = await query<{ count: number }>(
    ctx,
    `select count(*)::int4 as count from notification n ${NOTIFICATION_JOINS} where ${where}`,
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
