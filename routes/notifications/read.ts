import {
  markAllNotificationsAsRead,
  markNotificationAsRead,
} from "../../lib/domain/notification/mark.ts";
import { requireViewer } from "../../lib/domain/account/session.ts";
import { define } from "../../lib/http/state.ts";
import { perform } from "../(_shared)/forms.ts";

export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/notifications", 302),
  POST(ctx) {
    const { ctx: domain } = ctx.state;
    requireViewer(domain);
    return perform(ctx, "/notifications", async ({ id, on, all }) => {
      if (all === "true") await markAllNotificationsAsRead(domain);
      else if (/^[0-9]{1,9}$/.test(id ?? "")) {
        await markNotificationAsRead(domain, {
          notification_id: Number(id),
          read: on === "true",
        });
      }
      return null;
    });
  },
});
