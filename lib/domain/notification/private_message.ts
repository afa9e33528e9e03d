import { type Ctx, query } from "../context.ts";

/**
 * The notification of a private message, unread. Written with the message, not after it: it is
 * also what lists the message to both sides, the sender included. An edit brings the same row back
 * to the recipient's attention (moderation-and-operations Q17).
 */
export async function notifyOfPrivateMessage(
  ctx: Ctx,
  id: number,
): Promise<void> {
  await query(
    ctx,
    `insert into notification (recipient_id, creator_id, kind, private_message_id, published_at)
     select recipient_id, creator_id, 'private_message', id, published_at
     from private_message where id = $1::int4
     on conflict (private_message_id) do update set read = false`,
    [id],
  );
}
