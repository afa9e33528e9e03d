import { z } from "zod";
import {
  createCustomEmoji,
  deleteCustomEmoji,
  editCustomEmoji,
} from "../../domain/emoji/edit.ts";
import {
  type CustomEmojiView,
  listCustomEmojis,
} from "../../domain/emoji/view.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { id, text } from "./schema.ts";

const fields = z.object({
  category: text,
  shortcode: text,
  image_url: text,
  alt_text: text,
  keywords: z.array(text),
});

interface CustomEmojiResponse {
  custom_emoji: CustomEmojiView;
}

async function answer(
  view: Promise<CustomEmojiView>,
): Promise<CustomEmojiResponse> {
  return { custom_emoji: await view };
}

/** `/custom_emoji` (accounts-and-site §4.13) */
export const emoji = {
  createCustomEmoji: endpoint({
    method: "POST",
    path: "/custom_emoji",
    auth: "user",
    request: fields,
    handle: ({ ctx }, input) => answer(createCustomEmoji(ctx, input)),
  }),
  editCustomEmoji: endpoint({
    method: "PUT",
    path: "/custom_emoji",
    auth: "user",
    request: fields.partial().extend({ id }),
    handle: ({ ctx }, input) => answer(editCustomEmoji(ctx, input)),
  }),
  deleteCustomEmoji: endpoint({
    method: "POST",
    path: "/custom_emoji/delete",
    also: [{ method: "DELETE", path: "/custom_emoji" }],
    auth: "user",
    request: z.object({ id }),
    handle: async ({ ctx }, input) => {
      await deleteCustomEmoji(ctx, input);
      return SUCCESS;
    },
  }),
  listCustomEmojis: endpoint({
    method: "GET",
    path: "/custom_emoji/list",
    auth: "none",
    request: z.object({ category: text.optional() }),
    handle: async ({ ctx }, input) => ({
      custom_emojis: await listCustomEmojis(ctx, input),
    }),
  }),
};
