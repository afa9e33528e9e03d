import { type Ctx, inTransaction } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { notifyOfPrivateMessage } from "../notification/private_message.ts";
import { requireActiveUser } from "../permissions.ts";
import { markdownInput } from "../text_input.ts";
import type { PrivateMessageView } from "../views.ts";
import { requireNotBlocked, requireOwnToggle } from "./rules.ts";
import { readPrivateMessage } from "./view.ts";

/**
 * Changes the text of the caller's own message, deleted or not; the recipient is told anew.
 * @throws LemmyError `not_found`, `edit_private_message_not_allowed`, `blocked_url`,
 * `invalid_body_field`, `person_is_blocked`, `couldnt_create` when the sender has switched messages
 * off
 */
export async function editPrivateMessage(
  ctx: Ctx,
  input: { private_message_id: number; content: string },
): Promise<PrivateMessageView> {
  const viewer = requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const message = await findOwn(ctx, input.private_message_id);
    if (message.creator_id !== viewer.person.id) {
      throw new LemmyError("edit_private_message_not_allowed");
    }
    const content = markdownInput(ctx, input.content, "content");
    await requireNotBlocked(ctx, message.recipient_id);
    requireOwnToggle(viewer);
    await ctx.db.updateTable("private_message")
      .set({ content, updated_at: ctx.now.toISOString() })
      .where("id", "=", message.id).execute();
    await notifyOfPrivateMessage(ctx, message.id);
    await recordEvent(ctx, {
      kind: "private_message_updated",
      data: { private_message_id: message.id },
    });
    return await readPrivateMessage(ctx, message.id);
  });
}

/**
 * Deletes a message for both sides, when its sender asks, or puts it away for the recipient alone;
 * and undoes that. Repeating it succeeds.
 * @throws LemmyError `not_found`, `edit_private_message_not_allowed` to anybody else
 */
export async function deletePrivateMessage(
  ctx: Ctx,
  input: { private_message_id: number; deleted: boolean },
): Promise<PrivateMessageView> {
  requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const message = await findOwn(ctx, input.private_message_id);
    const { deleted } = input;
    // Whoever writes to themself deletes as recipient.
    const received = message.recipient_id === ctx.viewer?.person.id;
    await ctx.db.updateTable("private_message")
      .set(received ? { deleted_by_recipient: deleted } : { deleted })
      .where("id", "=", message.id).execute();
    // What the recipient puts away stays between the two of them and this site.
    if (!received) {
      await recordEvent(ctx, {
        kind: "private_message_deleted",
        data: { private_message_id: message.id, deleted },
      });
    }
    return await readPrivateMessage(ctx, message.id);
  });
}

interface Found {
  id: number;
  creator_id: number;
  recipient_id: number;
}

/** A message that the caller sent or received, locked. */
async function findOwn(ctx: Ctx, id: number): Promise<Found> {
  const message = await ctx.db.selectFrom("private_message")
    .select(["id", "creator_id", "recipient_id"]).where("id", "=", id)
    .forNoKeyUpdate().executeTakeFirst();
  if (!message) throw new LemmyError("not_found");
  const me = ctx.viewer!.person.id;
  if (message.creator_id !== me && message.recipient_id !== me) {
    throw new LemmyError("edit_private_message_not_allowed");
  }
  return message;
}
