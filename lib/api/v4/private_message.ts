import { z } from "zod";
import { createPrivateMessage } from "../../domain/private_message/create.ts";
import {
  deletePrivateMessage,
  editPrivateMessage,
} from "../../domain/private_message/edit.ts";
import { endpoint } from "./endpoint.ts";
import { flag, id, text } from "./schema.ts";

/** `/private_message` (moderation-and-operations §11) */
export const privateMessage = {
  createPrivateMessage: endpoint({
    method: "POST",
    path: "/private_message",
    auth: "user",
    request: z.object({ content: text, recipient_id: id }),
    handle: async ({ ctx }, input) => ({
      private_message_view: await createPrivateMessage(ctx, input),
    }),
  }),
  editPrivateMessage: endpoint({
    method: "PUT",
    path: "/private_message",
    auth: "user",
    request: z.object({ private_message_id: id, content: text }),
    handle: async ({ ctx }, input) => ({
      private_message_view: await editPrivateMessage(ctx, input),
    }),
  }),
  deletePrivateMessage: endpoint({
    method: "DELETE",
    path: "/private_message",
    auth: "user",
    request: z.object({ private_message_id: id, deleted: flag }),
    handle: async ({ ctx }, input) => ({
      private_message_view: await deletePrivateMessage(ctx, input),
    }),
  }),
};
