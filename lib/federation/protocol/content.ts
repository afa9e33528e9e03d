import { z } from "zod";
import { attachment } from "./attachments.ts";
import {
  flag,
  id,
  isObject,
  list,
  maybe,
  one,
  refOf,
  skip,
  text,
  time,
  urls,
} from "./coercions.ts";
import { content, language } from "./shared.ts";
import { tag } from "./tags.ts";

/** Posts, comments and private messages of other servers (§2.8–§2.11). */

/** Who made a post, and, when it is said here, which community it is in. */
export interface Attribution {
  id: string;
  type: string | undefined;
}

/** One id, or a list of ids or of `{type, id}`. */
const attribution = z.unknown().transform((value, context): Attribution[] => {
  const found = (Array.isArray(value) ? value : [value]).flatMap((entry) => {
    const id = refOf(entry);
    if (id === undefined || (isObject(entry) && !Array.isArray(value))) {
      return [];
    }
    const type = isObject(entry) ? entry.type : undefined;
    return [{ id, type: typeof type === "string" ? type : undefined }];
  });
  if (found.length > 0) return found;
  context.addIssue({ code: "custom", message: "names no author" });
  return z.NEVER;
});

const conversation = {
  published: time,
  updated: time,
  to: urls,
  cc: urls,
  audience: maybe(id),
  language: skip(language),
  tag: list(tag),
  attachment: list(attachment),
  /** Where the whole conversation, and the answers, are listed. */
  context: skip(id),
  replies: z.unknown().optional().transform((value) => refOf(value)),
};

export const page = z.object({
  ...conversation,
  ...content,
  type: z.enum(["Page", "Article", "Note", "Video", "Event"]),
  id,
  attributedTo: attribution,
  /** An answer to something is no post. */
  inReplyTo: z.null().optional(),
  name: maybe(text),
  sensitive: flag,
});

export const note = z.object({
  ...conversation,
  ...content,
  type: z.literal("Note"),
  id,
  attributedTo: id,
  inReplyTo: id,
  content: text,
  distinguished: flag,
});

export const privateMessage = z.object({
  ...content,
  type: z.enum(["Note", "ChatMessage"]),
  id,
  attributedTo: id,
  to: one(id),
  /** Nobody else may be addressed. */
  cc: urls.refine((value) => value.length === 0, "has further recipients"),
  content: text,
  published: time,
  updated: time,
});

export const tombstone = z.object({ type: z.literal("Tombstone"), id });

export type Page = z.output<typeof page>;
export type Note = z.output<typeof note>;
export type PrivateMessage = z.output<typeof privateMessage>;
export type Tombstone = z.output<typeof tombstone>;
