import { type Ctx, query } from "../domain/context.ts";
import {
  describeModAction,
  isTakenBack,
  type ModActionNames,
} from "../i18n/mod.ts";
import { reportLetter } from "./account_letters.ts";
import { queueMailToAdmins } from "./admins.ts";
import { modActionLetter } from "./notification_letters.ts";
import { FULL_NAME, readRecipients } from "./notifications.ts";
import { queueMail } from "./queue.ts";

interface Action extends ModActionNames {
  reason: string | null;
}

/** Longest piece of a comment that names it, in characters. */
const EXCERPT = 80;

/**
 * Queues the e-mail about a moderator's action to whom it was done; the switch that turns
 * notification mails off for the site does not hold for it (content Q27).
 * @param notificationId of the notification that tells of it
 */
export async function mailModAction(
  ctx: Ctx,
  modlogId: number,
  notificationId: number,
): Promise<void> {
  if (!ctx.config.email) return;
  const [recipient] = await readRecipients(ctx, [notificationId]);
  if (!recipient) return;
  const [action] = await query<Action>(
    ctx,
    `select l.kind, l.is_revert, l.reason, t.name as person,
       coalesce(c.title, c.name, '') as community, coalesce(p.name, '') as post,
       left(coalesce(m.content, ''), ${EXCERPT}) as comment
     from modlog l join person t on t.id = l.target_person_id
     left join community c on c.id = l.target_community_id
     left join post p on p.id = l.target_post_id
     left join comment m on m.id = l.target_comment_id
     where l.id = $1::int4`,
    [modlogId],
  );
  if (!action) return;
  await queueMail(
    ctx,
    recipient,
    modActionLetter(ctx.config, recipient.name, {
      reverted: isTakenBack(action),
      reason: action.reason,
      describe: (t) => describeModAction(t, action),
    }),
  );
}

/** Queues the e-mail about a new report of this site's people to the admins who asked for it. */
export async function mailReport(ctx: Ctx, reportId: number): Promise<void> {
  if (!ctx.config.email || !ctx.site.local_site.reports_email_admins) return;
  const [report] = await query<{ reporter: string; reported: string }>(
    ctx,
    `select reporter.name as reporter,
       coalesce(${FULL_NAME}, c.title, c.name) as reported
     from report r join person reporter on reporter.id = r.creator_id and reporter.local
     left join post p on p.id = r.post_id left join comment m on m.id = r.comment_id
     left join private_message pm on pm.id = r.private_message_id
     left join community c on c.id = r.community_id
     left join person u on u.id = coalesce(m.creator_id, p.creator_id, pm.creator_id)
     left join instance ui on ui.id = u.instance_id
     where r.id = $1::int4`,
    [reportId],
  );
  if (report) await queueMailToAdmins(ctx, reportLetter(ctx.config, report));
}
