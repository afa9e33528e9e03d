import { z } from "zod";
import { NOTIFICATION_TYPES } from "../../domain/enums.ts";
import { getUnreadCounts } from "../../domain/notification/count.ts";
import { listNotifications } from "../../domain/notification/list.ts";
import {
  markAllNotificationsAsRead,
  markNotificationAsRead,
} from "../../domain/notification/mark.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, nothing, page } from "./schema.ts";

/** `/account/notification` and the counts of what is unread (content §10.3) */
export const notification = {
  listNotifications: endpoint({
    method: "GET",
    path: "/account/notification/list",
    auth: "user",
    request: z.object({
      type_: z.enum(NOTIFICATION_TYPES),
      unread_only: flag,
      creator_id: id,
    }).partial().extend(page),
    handle: ({ ctx }, input) => listNotifications(ctx, input),
  }),
  markNotificationAsRead: endpoint({
    method: "POST",
    path: "/account/notification/mark_as_read",
    auth: "user",
    request: z.object({ notification_id: id, read: flag }),
    handle: async ({ ctx }, input) => {
      await markNotificationAsRead(ctx, input);
      return SUCCESS;
    },
  }),
  markAllNotificationsAsRead: endpoint({
    method: "POST",
    path: "/account/notification/mark_as_read/all",
    auth: "user",
    request: nothing,
    handle: async ({ ctx }) => {
      await markAllNotificationsAsRead(ctx);
      return SUCCESS;
    },
  }),
  getUnreadCounts: endpoint({
    method: "GET",
    path: "/account/unread_counts",
    auth: "user",
    request: nothing,
    handle: ({ ctx }) => getUnreadCounts(ctx),
  }),
};
