import { requireViewer } from "../account/session.ts";
import { type Ctx, query } from "../context.ts";

/**
 * Marks one of the caller's notifications as read, or unread again. Those of others, and unknown
 * ones, stay as they are, silently (content §10.3).
 */
export async function markNotificationAsRead(
  ctx: Ctx,
  input: { notification_id: number; read: boolean },
): Promise<void> {
  await query(
    ctx,
    "update notification set read = $3::boolean where id = $1::int4 and recipient_id = $2::int4",
    [input.notification_id, requireViewer(ctx).person.id, input.read],
  );
}

/** Marks everything the caller was told as read. */
export async function markAllNotificationsAsRead(ctx: Ctx): Promise<void> {
  await query(
    ctx,
    "update notification set read = true where recipient_id = $1::int4 and not read",
    [requireViewer(ctx).person.id],
  );
}

/** The statement of `markItemAsRead`: `$1` is the reader, `$2` the item. */
export function markItemStatement(item: "post" | "comment"): string {
  return `update notification set read = true
    where recipient_id = $1::int4 and ${item}_id = $2::int4 and not read`;
}

/**
 * Marks as read what tells the caller of an item that they react to. For a post that includes the
 * comments in it (content §5.1).
 */
export async function markItemAsRead(
  ctx: Ctx,
  item: "post" | "comment",
  id: number,
): Promise<void> {
  await query(ctx, markItemStatement(item), [
    requireViewer(ctx).person.id,
    id,
  ]);
}
