import { requireViewer } from "../account/session.ts";
import { readCommentViews } from "../comment/view.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, query, queryViews } from "../context.ts";
import { ID_LIST, select } from "../columns.ts";
import {
  checkLimit,
  type Cursor,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { type Keyset, pageIds } from "../keyset.ts";
import { readModlogViews } from "../modlog/view.ts";
import { readPostViews } from "../post/view.ts";
import { readPrivateMessageViews } from "../private_message/view.ts";
import type {
  Notification,
  NotificationData,
  NotificationType,
  NotificationView,
} from "../views.ts";
import { addShownNotifications } from "./shown.ts";

export interface ListNotifications {
  type_?: NotificationType | "all";
  unread_only?: boolean;
  creator_id?: number;
  page_cursor?: string;
  limit?: number;
}

const DEFAULT_LIMIT = 20;
const LIST = "n";

/**
 * What the caller was told, the latest first (content §10.3). The list of private messages also
 * has those that the caller sent, unless only unread ones are asked for; with a person it is the
 * conversation with them.
 * @throws LemmyError `invalid_fetch_limit`, and those of cursors
 */
export async function listNotifications(
  ctx: Ctx,
  input: ListNotifications,
): Promise<PagedResponse<NotificationView>> {
  const limit = checkLimit(input.limit, DEFAULT_LIMIT);
  const cursor = input.page_cursor === undefined
    ? null
    : decodeCursor(LIST, input.page_cursor);
  const pages = await Promise.all(
    scopes(ctx, input).map(async (where) => {
      await addShownNotifications(where, ctx);
      return await pageIds(ctx, KEYSET, where, cursor, limit);
    }),
  );
  const ids = await merge(ctx, pages, cursor, limit);
  const items = await readNotificationViews(ctx, ids);
  return { items, ...pageCursors(LIST, cursor, ids, limit) };
}

const KEYSET: Keyset = {
  from: "notification n",
  alias: "n",
  table: "notification",
  segments: [{
    where: "true",
    keys: [
      { expression: "n.published_at", type: "timestamptz" },
      { expression: "n.id", type: "int4" },
    ],
    direction: "desc",
  }],
};

/**
 * Whose notifications of which kind. Messages sent and received are two scans, each of an index in
 * order; one condition with OR would sort everything.
 */
function scopes(ctx: Ctx, input: ListNotifications): Conditions[] {
  const viewer = requireViewer(ctx);
  const { type_ = "all", unread_only, creator_id } = input;
  const scope = (mine: "recipient_id" | "creator_id") => {
    const where = new Conditions();
    const me = where.value(viewer.person.id, "int4");
    where.add(`n.${mine} = ${me}`);
    // Who writes to themself has received it.
    if (mine === "creator_id") where.add(`n.recipient_id <> ${me}`);
    if (unread_only) where.add("not n.read");
    if (type_ !== "all") where.add(`n.kind = ${where.value(type_, "text")}`);
    if (creator_id !== undefined) {
      const theirs = mine === "creator_id" ? "recipient_id" : "creator_id";
      where.add(`n.${theirs} = ${where.value(creator_id, "int4")}`);
      // Asking for what one moderator did would tell who it was.
      if (!viewer.local_user.admin) where.add("n.kind <> 'mod_action'");
    }
    return where;
  };
  return type_ === "private_message" && !unread_only
    ? [scope("recipient_id"), scope("creator_id")]
    : [scope("recipient_id")];
}

/** The page of a list whose parts have these pages. */
async function merge(
  ctx: Ctx,
  pages: readonly number[][],
  cursor: Cursor | null,
  limit: number,
): Promise<number[]> {
  const found = pages.filter((ids) => ids.length > 0);
  if (found.length < 2) return found[0] ?? [];
  const rows = await query<{ id: number }>(
    ctx,
    `select id from notification where id = any($1::int4[])
     order by published_at desc, id desc`,
    [found.flat()],
  );
  const ids = rows.map((row) => row.id);
  // A page before the anchor holds what is next to it.
  return cursor?.direction === "back" ? ids.slice(-limit) : ids.slice(0, limit);
}

const NOTIFICATION = `id recipient_id comment_id read published_at kind post_id
  private_message_id modlog_id`.split(/\s+/);

/**
 * The notifications with these ids as the viewer sees them, in the order of the ids. Who the
 * acting moderator was is told to admins only (Q14).
 */
export async function readNotificationViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<NotificationView[]> {
  if (ids.length === 0) return [];
  const rows = await queryViews<{ notification: Notification }>(
    ctx,
    `select ${select("n", "notification", NOTIFICATION)},
       case when n.kind = 'mod_action' and not $2::boolean then 0 else n.creator_id end
         as "notification.creator_id"
     from ${ID_LIST} join notification n on n.id = list.id order by list.position`,
    [ids, requireViewer(ctx).local_user.admin],
  );
  const notifications = rows
    .map((row) => row.notification);
  const data = await readData(ctx, notifications);
  return notifications.flatMap((notification) => {
    const item = data(notification);
    return item ? [{ notification, data: item }] : [];
  });
}

/** Reads what notifications are about; gives the data of each. */
async function readData(
  ctx: Ctx,
  notifications: readonly Notification[],
): Promise<(notification: Notification) => NotificationData | undefined> {
  const idsOf = (of: (n: Notification) => number | undefined | false) =>
    notifications.flatMap((n) => of(n) || []);
  const [actions, comments, posts, messages] = await Promise.all([
    readModlogViews(ctx, idsOf((n) => n.modlog_id), {
      named: requireViewer(ctx).local_user.admin,
    }),
    readCommentViews(ctx, idsOf((n) => !n.modlog_id && n.comment_id)),
    readPostViews(
      ctx,
      idsOf((n) => !n.modlog_id && !n.comment_id && n.post_id),
    ),
    readPrivateMessageViews(ctx, idsOf((n) => n.private_message_id)),
  ]);
  const actionsById = new Map(actions.map((view) => [view.modlog.id, view]));
  const commentsById = new Map(comments.map((view) => [view.comment.id, view]));
  const postsById = new Map(posts.map((view) => [view.post.id, view]));
  const messagesById = new Map(
    messages.map((view) => [view.private_message.id, view]),
  );
  return (n) => {
    if (n.modlog_id !== undefined) {
      const view = actionsById.get(n.modlog_id);
      return view && { type_: "mod_action", ...view };
    }
    if (n.private_message_id !== undefined) {
      const view = messagesById.get(n.private_message_id);
      return view && { type_: "private_message", ...view };
    }
    if (n.comment_id !== undefined) {
      const view = commentsById.get(n.comment_id);
      return view && { type_: "comment", ...view };
    }
    const view = postsById.get(n.post_id!);
    return view && { type_: "post", ...view };
  };
}
