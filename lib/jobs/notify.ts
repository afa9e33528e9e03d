import type { Ctx } from "../domain/context.ts";
import type { ContentReceived } from "../domain/event/record.ts";
import type { ModActionData } from "../domain/modlog/record.ts";
import { notifyOfComment, notifyOfPost } from "../domain/notification/item.ts";
import { notifyOfModAction } from "../domain/notification/mod_action.ts";
import { mailModAction, mailReport } from "../mail/moderation.ts";
import { mailNewItem, mailPrivateMessage } from "../mail/notifications.ts";
import type { EventReaction, StoredEvent } from "./event_consumer.ts";
import { systemContext } from "./job.ts";

/** Data of the events about private messages, and about reports. */
interface MessageData {
  private_message_id: number;
}
interface ReportData {
  report_id: number;
}

/** Tells people of what concerns them, in the inbox and by e-mail (content §10.2, §10.4). */
export const NOTIFY: EventReaction = {
  name: "notifications",
  kinds: [
    "post_created",
    "post_updated",
    "comment_created",
    "comment_updated",
    "private_message_created",
    "mod_action",
    "report_created",
  ],
  async handle(context, events) {
    const ctx = await systemContext(context);
    for (const event of events) await react(ctx, event);
  },
};

async function react(ctx: Ctx, event: StoredEvent): Promise<void> {
  const { kind, post_id, comment_id } = event;
  const { mentioned } = (event.data ?? {}) as Partial<ContentReceived>;
  switch (kind) {
    case "post_created":
      await mailNewItem(
        ctx,
        "post",
        post_id!,
        await notifyOfPost(ctx, post_id!, mentioned),
      );
      break;
    case "post_updated":
      await notifyOfPost(ctx, post_id!, mentioned);
      break;
    case "comment_created":
      await mailNewItem(
        ctx,
        "comment",
        comment_id!,
        await notifyOfComment(ctx, comment_id!, mentioned),
      );
      break;
    case "comment_updated":
      await notifyOfComment(ctx, comment_id!, mentioned);
      break;
    case "private_message_created": {
      // The notification itself came with the message.
      const { private_message_id } = event.data as MessageData;
      await mailPrivateMessage(ctx, private_message_id);
      break;
    }
    case "mod_action": {
      const { modlog_id } = event.data as ModActionData;
      const notification = await notifyOfModAction(ctx, modlog_id);
      if (notification !== null) {
        await mailModAction(ctx, modlog_id, notification);
      }
      break;
    }
    case "report_created":
      await mailReport(ctx, (event.data as ReportData).report_id);
  }
}
