import { z } from "zod";
import {
  id,
  isObject,
  list,
  maybe,
  one,
  ref,
  skip,
  text,
  time,
  typeName,
  urls,
} from "./coercions.ts";
import { tag } from "./tags.ts";

/** Activities of other servers (§3): the members that each kind is read by. */

/** What every activity has. */
export const envelope = z.object({
  id,
  type: typeName,
  actor: ref,
});

export type Envelope = z.output<typeof envelope>;

/** Whom an activity is addressed to, and the community it says it belongs to. */
const addressed = { to: urls, cc: urls, audience: maybe(ref) };

/** An object that is embedded whole. */
const embedded = z.unknown().transform((value, context) => {
  if (isObject(value)) return value;
  context.addIssue({ code: "custom", message: "is no object" });
  return z.NEVER;
});

/** An activity in an activity: whole, or its id. */
const inner = z.unknown().transform((value, context) => {
  if (isObject(value)) return value;
  const found = ref.safeParse(value);
  if (found.success) return found.data;
  context.addIssue({ code: "custom", message: "is no activity" });
  return z.NEVER;
});

/** Create and Update of content. */
export const publication = z.object({
  ...addressed,
  actor: ref,
  object: embedded,
  tag: list(tag),
});

export const announce = z.object({ ...addressed, actor: ref, object: inner });

/** `to` says nothing that `object` does not, and is odd on some servers. */
const recipients = z.unknown().optional().transform((value) => {
  const read = urls.safeParse(value);
  return read.success ? read.data : [];
});

export const follow = z.object({
  id,
  actor: ref,
  object: ref,
  to: recipients,
});

/** Accept, Reject and Undo of a Follow; and every other Undo as far as it is the same. */
export const answer = z.object({
  actor: ref,
  object: inner,
  to: recipients,
});

/** Undo of what belongs to a community or a site. */
export const undo = z.object({
  ...addressed,
  actor: ref,
  object: inner,
  restoreData: skip(z.boolean()),
  summary: skip(text),
});

/** Like and Dislike. */
export const vote = z.object({
  actor: ref,
  object: ref,
  audience: maybe(ref),
});

export const deletion = z.object({
  ...addressed,
  actor: ref,
  object: ref,
  /** Present, even blank: a moderator removes; absent: the owner deletes. */
  summary: maybe(text),
  withReplies: skip(z.boolean()),
  removeData: skip(z.boolean()),
});

export const block = z.object({
  ...addressed,
  actor: ref,
  object: ref,
  target: ref,
  removeData: skip(z.boolean()),
  summary: skip(text),
  endTime: time,
  expires: time,
});

/** Add and Remove. */
export const collectionChange = z.object({
  ...addressed,
  actor: ref,
  object: ref,
  target: ref,
});

export const lock = z.object({
  ...addressed,
  actor: ref,
  object: ref,
  summary: skip(text),
});

/** Some servers report a list, of which the first that is known counts. */
const reported = z.unknown().transform((value, context): string[] => {
  const read = urls.safeParse(value);
  if (read.success && read.data.length > 0) return read.data;
  context.addIssue({ code: "custom", message: "names nothing" });
  return z.NEVER;
});

export const flagging = z.object({
  id,
  actor: ref,
  to: one(ref),
  object: reported,
  summary: skip(text),
  content: skip(text),
  audience: maybe(ref),
});

export const resolution = z.object({
  actor: ref,
  to: one(ref),
  object: embedded,
  audience: maybe(ref),
});

export const warning = z.object({
  actor: ref,
  to: one(ref),
  object: ref,
  summary: text,
  audience: ref,
});
