import type { Ctx } from "../domain/context.ts";
import {
  type NewNotification,
  notifyOfComment,
  notifyOfPost,
} from "../domain/notification/item.ts";
import type { EventReaction, StoredEvent } from "./event_consumer.ts";
import { systemContext } from "./job.ts";

/** Tells people of what concerns them (content §10.2). */
export const NOTIFY: EventReaction = {
  name: "notifications",
  kinds: [
    "post_created",
    "post_updated",
    "comment_created",
    "comment_updated",
  ],
  async handle(context, events) {
    const ctx = await systemContext(context);
    for (const event of events) await notify(ctx, event);
  },
};

async function notify(
  ctx: Ctx,
  { kind, post_id, comment_id }: StoredEvent,
): Promise<NewNotification[]> {
  switch (kind) {
    case "comment_created":
    case "comment_updated":
      return await notifyOfComment(ctx, comment_id!);
    default:
      return await notifyOfPost(ctx, post_id!);
  }
}
