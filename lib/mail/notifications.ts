import { type Ctx, query } from "../domain/context.ts";
import type { NewNotification } from "../domain/notification/item.ts";
import type { NotificationType } from "../domain/views.ts";
import {
  type ItemFacts,
  itemLetter,
  privateMessageLetter,
} from "./notification_letters.ts";
import { type Addressee, queueMail } from "./queue.ts";

/** Somebody to be told by e-mail, and of what kind the notification is. */
interface Recipient extends Addressee {
  kind: NotificationType;
}

/**
 * Those recipients who want notifications by e-mail, have an address, and are neither banned nor
 * gone (content §10.4).
 */
export async function readRecipients(
  ctx: Ctx,
  notificationIds: readonly number[],
): Promise<Recipient[]> {
  return await query<Recipient>(
    ctx,
    `select n.kind, p.name, u.email, u.interface_language
     from notification n join person p on p.id = n.recipient_id
     join local_user u on u.person_id = p.id
     left join instance_actions b on b.person_id = p.id and b.instance_id = p.instance_id
     where n.id = any($1::int4[]) and u.send_notifications_to_email and u.email is not null
       and b.received_ban_at is null and not p.deleted
     order by n.id`,
    [notificationIds],
  );
}

/** Whether the site sends e-mails about what people write. */
function sendsMail(ctx: Ctx): boolean {
  return ctx.config.email !== undefined &&
    !ctx.site.local_site.email_notifications_disabled;
}

/** Name of person `u` of instance `ui`: with its host if it is of another site. */
export const FULL_NAME =
  "case when u.local then u.name else u.name || '@' || ui.domain end";

const COMMENT_FACTS = `
  select ${FULL_NAME} as author, p.name as title, m.content as text,
    coalesce(c.title, c.name) as community, '/comment/' || m.id as path,
    case when m.level > 1 then
      case when parent.deleted or parent.removed then '' else parent.content end
    end as parent
  from comment m join post p on p.id = m.post_id join community c on c.id = m.community_id
  join person u on u.id = m.creator_id join instance ui on ui.id = u.instance_id
  left join comment parent on m.level > 1
    and parent.id = split_part(m.path, '.', m.level)::int4
  where m.id = $1::int4`;

const POST_FACTS = `
  select ${FULL_NAME} as author, p.name as title, coalesce(p.body, p.url, '') as text,
    coalesce(c.title, c.name) as community, '/post/' || p.id as path, null as parent
  from post p join community c on c.id = p.community_id
  join person u on u.id = p.creator_id join instance ui on ui.id = u.instance_id
  where p.id = $1::int4`;

/** Queues the e-mails about a new post or comment to those who were just notified of it. */
export async function mailNewItem(
  ctx: Ctx,
  item: "post" | "comment",
  id: number,
  notified: readonly NewNotification[],
): Promise<void> {
  if (!sendsMail(ctx) || notified.length === 0) return;
  const recipients = await readRecipients(ctx, notified.map((n) => n.id));
  if (recipients.length === 0) return;
  const [row] = await query<
    Omit<ItemFacts, "parent"> & { parent: string | null }
  >(
    ctx,
    item === "comment" ? COMMENT_FACTS : POST_FACTS,
    [id],
  );
  const facts = { ...row, parent: row.parent ?? undefined };
  for (const recipient of recipients) {
    await queueMail(
      ctx,
      recipient,
      itemLetter(
        ctx.config,
        recipient.name,
        recipient.kind as "mention" | "reply" | "subscribed",
        item,
        facts,
      ),
    );
  }
}

/** Queues the e-mail about a new private message. */
export async function mailPrivateMessage(ctx: Ctx, id: number): Promise<void> {
  if (!sendsMail(ctx)) return;
  const [message] = await query<
    { notification_id: number; author: string; text: string }
  >(
    ctx,
    `select n.id as notification_id, ${FULL_NAME} as author, m.content as text
     from private_message m join notification n on n.private_message_id = m.id
     join person u on u.id = m.creator_id join instance ui on ui.id = u.instance_id
     where m.id = $1::int4 and not (m.deleted or m.removed or m.deleted_by_recipient)`,
    [id],
  );
  if (!message) return;
  const [recipient] = await readRecipients(ctx, [message.notification_id]);
  if (!recipient) return;
  await queueMail(
    ctx,
    recipient,
    privateMessageLetter(ctx.config, recipient.name, message),
  );
}
