import { z } from "zod";
import { id, maybe, skip, text } from "./coercions.ts";

/** Structures that several objects share (§2.3). */

/** Markdown behind an HTML text; other markups count as absent. */
export const source = skip(z.object({
  content: text,
  mediaType: z.literal("text/markdown"),
}));

/** An icon or banner: the picture's address. */
export const image = z.object({ url: z.string().refine(URL.canParse) })
  .transform(({ url }) => new URL(url).href);

/** Only the PEM counts: `id` and `owner` have odd values on some servers. */
export const publicKey = z.object({ publicKeyPem: z.string() })
  .transform(({ publicKeyPem }) => publicKeyPem);

/** The inbox that all actors of a server share. */
export const endpoints = skip(z.object({ sharedInbox: id }));

/** Code of a language. */
export const language = z.object({ identifier: z.string() })
  .transform(({ identifier }) => identifier);

/** HTML or Markdown of posts, comments, messages. */
export const content = {
  content: maybe(text),
  mediaType: skip(z.string()),
  source,
};
