import { z } from "zod";
import {
  flag,
  id,
  last,
  list,
  maybe,
  refOf,
  skip,
  text,
  time,
} from "./coercions.ts";
import { endpoints, image, language, publicKey, source } from "./shared.ts";
import { communityTag } from "./tags.ts";

/** Persons, communities, multi-communities and sites of other servers (§2.4–§2.7). */

/** Nobody is called by more than this; the names are indexed. */
const MAX_NAME = 255;

const name = text.refine(
  (value) => value !== "" && value.length <= MAX_NAME,
  "is no name",
);

const actor = {
  id,
  inbox: id,
  publicKey,
  endpoints,
  published: time,
  updated: time,
};

export const person = z.object({
  ...actor,
  type: z.enum(["Person", "Service", "Organization"]),
  preferredUsername: name,
  outbox: id,
  name: skip(text),
  summary: skip(text),
  source,
  icon: last(image),
  image: last(image),
  matrixUserId: skip(text),
});

/** Who moderates a community: a collection's address, or persons named in the community itself. */
const moderators = z.unknown().optional().transform((value): {
  collection?: string;
  persons?: string[];
} => {
  if (!Array.isArray(value)) return { collection: refOf(value) };
  const persons = value.flatMap((entry) =>
    entry?.type === "Person" ? refOf(entry) ?? [] : []
  );
  return { persons };
});

export const group = z.object({
  ...actor,
  type: z.literal("Group"),
  preferredUsername: name,
  outbox: id,
  name: skip(text),
  description: skip(text),
  summary: skip(text),
  source,
  mediaType: skip(z.string()),
  icon: last(image),
  image: last(image),
  sensitive: flag,
  followers: skip(id),
  featured: skip(id),
  attributedTo: moderators,
  postingRestrictedToMods: flag,
  manuallyApprovesFollowers: flag,
  discoverable: flag,
  language: list(language),
  /** Null when the community does not speak of tags at all. */
  tag: z.unknown().optional().transform((value) =>
    Array.isArray(value) ? list(communityTag).parse(value) : null
  ),
});

export const feed = z.object({
  ...actor,
  type: z.literal("Feed"),
  preferredUsername: name,
  following: id,
  /** Candidates for the owner: the first that is a person. */
  attributedTo: z.unknown().transform((value, context) => {
    const found = [value].flat().flatMap((entry) => refOf(entry) ?? []);
    if (found.length > 0) return found;
    context.addIssue({ code: "custom", message: "names no owner" });
    return z.NEVER;
  }),
  name: skip(text),
  description: skip(text),
  summary: skip(text),
  source,
  mediaType: skip(z.string()),
});

export const site = z.object({
  ...actor,
  type: z.literal("Application"),
  name: text,
  preferredUsername: skip(text),
  outbox: id,
  content: skip(text),
  mediaType: skip(z.string()),
  source,
  description: skip(text),
  /** Where Lemmy 0.19 has its description. */
  summary: maybe(text),
  icon: last(image),
  image: last(image),
  language: list(language),
  contentWarning: skip(text),
});

export type Person = z.output<typeof person>;
export type Group = z.output<typeof group>;
export type Feed = z.output<typeof feed>;
export type Site = z.output<typeof site>;
