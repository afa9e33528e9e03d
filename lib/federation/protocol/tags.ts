import { z } from "zod";
import { TAG_COLORS } from "../../domain/enums.ts";
import { id, skip, text } from "./coercions.ts";

/** Entries of `tag` that mean something to us (§2.12). */

export const mention = z.object({
  type: z.literal("Mention"),
  href: id,
  name: skip(text),
});

export const communityTag = z.object({
  type: z.literal("CommunityPostTag"),
  id,
  preferredUsername: text,
  name: skip(text),
  content: skip(text),
  color: skip(z.enum(TAG_COLORS)),
});

/** An entry of an object's `tag`; hashtags and unknown ones are none of ours. */
export const tag = z.union([mention, communityTag]);

export type Mention = z.output<typeof mention>;
export type CommunityPostTag = z.output<typeof communityTag>;
export type Tag = z.output<typeof tag>;
