import { requireViewer, type Viewer } from "../account/session.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";

/** Refuses to write to a person who has blocked the caller (`person_is_blocked`). */
export async function requireNotBlocked(
  ctx: Ctx,
  recipientId: number,
): Promise<void> {
  const rows = await query(
    ctx,
    `select from person_actions
     where person_id = $1::int4 and target_id = $2::int4 and blocked_at is not null`,
    [recipientId, requireViewer(ctx).person.id],
  );
  if (rows.length > 0) throw new LemmyError("person_is_blocked");
}

/** Refuses senders who have switched messages off for themselves (`couldnt_create`). */
export function requireOwnToggle(viewer: Viewer): void {
  if (!viewer.local_user.private_messages_enabled) {
    throw new LemmyError("couldnt_create");
  }
}
