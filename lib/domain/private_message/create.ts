import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { notifyOfPrivateMessage } from "../notification/private_message.ts";
import { requireActiveUser } from "../permissions.ts";
import { markdownInput } from "../text_input.ts";
import type { PrivateMessageView } from "../views.ts";
import { requireNotBlocked, requireOwnToggle } from "./rules.ts";
import { readPrivateMessage } from "./view.ts";

/**
 * Writes to a person, here or elsewhere (moderation-and-operations §11).
 * @throws LemmyError `blocked_url`, `invalid_body_field`, `person_is_blocked`, `couldnt_create`
 * when one of the two wants no messages or the recipient does not exist
 */
export async function createPrivateMessage(
  ctx: Ctx,
  input: { content: string; recipient_id: number },
): Promise<PrivateMessageView> {
  const viewer = requireActiveUser(ctx);
  const content = markdownInput(ctx, input.content, "content");
  return await inTransaction(ctx, async (ctx) => {
    await requireNotBlocked(ctx, input.recipient_id);
    requireOwnToggle(viewer);
    await requireWelcome(ctx, input.recipient_id);
    const [{ id }] = await query<{ id: number }>(
      ctx,
      `insert into private_message (id, ap_id, creator_id, recipient_id, content, published_at)
       select n.id, $1 || '/private_message/' || n.id, $2::int4, $3::int4, $4, $5::timestamptz
       from (select nextval(pg_get_serial_sequence('private_message', 'id'))::int4 as id) n
       returning id`,
      [
        ctx.config.origin,
        viewer.person.id,
        input.recipient_id,
        content,
        ctx.now.toISOString(),
      ],
    );
    await notifyOfPrivateMessage(ctx, id);
    await recordEvent(ctx, {
      kind: "private_message_created",
      data: { private_message_id: id },
    });
    return await readPrivateMessage(ctx, id);
  });
}

/** Refuses recipients who are gone or, being of this site, want no messages. */
async function requireWelcome(ctx: Ctx, recipientId: number): Promise<void> {
  const rows = await query(
    ctx,
    `select from person p left join local_user u on u.person_id = p.id
     where p.id = $1::int4 and not p.deleted and coalesce(u.private_messages_enabled, true)`,
    [recipientId],
  );
  if (rows.length === 0) throw new LemmyError("couldnt_create");
}
