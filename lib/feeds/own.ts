import { actorHandle } from "../domain/actor_name.ts";
import type { Ctx } from "../domain/context.ts";
import { getModlog } from "../domain/modlog/list.ts";
import { readModlogViews } from "../domain/modlog/view.ts";
import { listNotifications } from "../domain/notification/list.ts";
import type { ModlogView, NotificationView } from "../domain/views.ts";
import { isMessageKey, type MessageKey, type Translator } from "../i18n/mod.ts";
import { type FeedItem, xml } from "./feed.ts";
import { feedHtml } from "./html.ts";

const NEWEST = 20;

/** The reader's latest notifications, read or not; actions of moderators are left out. */
export async function notificationItems(
  ctx: Ctx,
  t: Translator,
): Promise<FeedItem[]> {
  const { items } = await listNotifications(ctx, { limit: NEWEST });
  return items.flatMap((view) => notificationItem(ctx, t, view) ?? []);
}

const TITLES = {
  reply: "rss.reply",
  mention: "rss.mention",
  private_message: "rss.message",
  subscribed: "notification.subscribed",
} as const;

function notificationItem(
  ctx: Ctx,
  t: Translator,
  { notification, data }: NotificationView,
): FeedItem | null {
  const { origin } = ctx.config;
  if (notification.kind === "mod_action" || !("creator" in data)) return null;
  const { creator } = data;
  const person = actorHandle(creator);
  const [page, text] = data.type_ === "comment"
    ? [`${origin}/comment/${data.comment.id}`, data.comment.content]
    : data.type_ === "post"
    ? [`${origin}/post/${data.post.id}`, data.post.body ?? ""]
    : [`${origin}/notifications`, data.private_message.content];
  return {
    title: t(TITLES[notification.kind], { person }),
    link: page,
    comments: page,
    // Several notifications may lead to one page, and all messages do.
    id: `${page}#notification-${notification.id}`,
    published: notification.published_at,
    author: { name: person, url: `${origin}/u/${person}` },
    html: feedHtml(ctx, text, `notification-${notification.id}`),
  };
}

/** The latest moderation of the communities that the reader moderates, with who did it. */
export async function modlogItems(
  ctx: Ctx,
  t: Translator,
): Promise<FeedItem[]> {
  const { items } = await getModlog(ctx, {
    listing_type: "moderator_view",
    limit: NEWEST,
  });
  const ids = items.map((view) => view.modlog.id);
  const views = await readModlogViews(ctx, ids, { named: true });
  return views.map((view) => modlogItem(ctx, t, view));
}

function modlogItem(ctx: Ctx, t: Translator, view: ModlogView): FeedItem {
  const { origin } = ctx.config;
  const { modlog, moderator } = view;
  const person = moderator && actorHandle(moderator);
  return {
    title: actionPhrase(t, view),
    link: `${origin}/modlog?listing_type=ModeratorView`,
    id: `${origin}/modlog#${modlog.id}`,
    published: modlog.published_at,
    author: person ? { name: person, url: `${origin}/u/${person}` } : undefined,
    html: xml(modlog.reason ?? ""),
  };
}

/** Where `is_revert` says that somebody was appointed (moderation-and-operations §4.3). */
const APPOINTMENTS = new Set(["admin_add", "mod_add_to_community"]);

/** What was done, in plain words that name its target. */
function actionPhrase(t: Translator, view: ModlogView): string {
  const { modlog, target_post, target_comment, target_community } = view;
  const reverted = modlog.is_revert !== APPOINTMENTS.has(modlog.kind);
  const revert = `modlog.revert.${modlog.kind}`;
  const key = reverted && isMessageKey(revert)
    ? revert
    : `modlog.entry.${modlog.kind}` as MessageKey;
  return t(key, {
    post: target_post ? `“${target_post.name}”` : "–",
    comment: target_comment ? `#${target_comment.id}` : "–",
    person: view.target_person ? actorHandle(view.target_person) : "–",
    community: target_community ? actorHandle(target_community) : "–",
    instance: view.target_instance?.domain ?? "–",
    visibility: target_community?.visibility ?? "–",
  });
}
