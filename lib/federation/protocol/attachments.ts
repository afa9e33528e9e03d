import { z } from "zod";
import { skip, text } from "./coercions.ts";

/** What is attached to a post or comment (§2.12); other kinds are dropped. */

const address = z.string().refine(URL.canParse)
  .transform((url) => new URL(url).href);

const link = z.object({
  type: z.literal("Link"),
  href: address,
  mediaType: skip(z.string()),
}).transform(({ href, mediaType }) => ({
  type: "Link" as const,
  url: href,
  mediaType,
  name: undefined,
}));

const picture = z.object({
  type: z.literal("Image"),
  url: address,
  name: skip(text),
}).transform((value) => ({ ...value, mediaType: undefined }));

const document = z.object({
  type: z.literal("Document"),
  url: address,
  mediaType: skip(z.string()),
  name: skip(text),
});

export const attachment = z.union([link, picture, document]);

export interface Attachment {
  type: "Link" | "Image" | "Document";
  url: string;
  mediaType: string | undefined;
  /** What the picture shows. */
  name: string | undefined;
}
