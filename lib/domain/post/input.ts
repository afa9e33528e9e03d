import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";
import {
  checkAltText,
  checkBody,
  checkPostTitle,
  LIMITS,
} from "../text/rules.ts";
import { checkPostUrl, parsePostUrl } from "../text/urls.ts";
import { checkSlurs, edited, pipelineInput } from "../text_input.ts";

/** Text and link fields that creating and editing a post share. */
export interface PostFields {
  name?: string;
  url?: string;
  body?: string;
  alt_text?: string;
  nsfw?: boolean;
  custom_thumbnail?: string;
}

/** Checked values: undefined = unchanged, null = erased. */
export interface CheckedPost {
  name?: string;
  url?: string | null;
  body?: string | null;
  alt_text?: string | null;
  thumbnail_url?: string | null;
}

/**
 * Checks a new post's fields in the order of content §1.1. An empty body or alt text is stored as
 * such; an empty link is an error.
 */
export function checkNewPost(
  ctx: Ctx,
  input: PostFields & { name: string },
): CheckedPost & { name: string } {
  checkSlurs(ctx, input.name, "name");
  const body = input.body === undefined ? undefined : pipeline(ctx, input.body);
  const url = input.url === undefined ? undefined : parsePostUrl(input.url);
  const thumbnail = input.custom_thumbnail === undefined
    ? undefined
    : parsePostUrl(input.custom_thumbnail, "custom_thumbnail");
  checkNsfw(ctx, input.nsfw);
  const name = checkPostTitle(input.name);
  checkLinks(ctx, url, thumbnail);
  if (input.alt_text !== undefined) checkAltText(input.alt_text);
  if (body !== undefined) checkBody(body, LIMITS.postBody, "body");
  return {
    name,
    url,
    body,
    alt_text: input.alt_text,
    thumbnail_url: thumbnail,
  };
}

/** Checks the fields of an edit in the order of content §1.4; "" erases. */
export function checkEditedPost(ctx: Ctx, input: PostFields): CheckedPost {
  const url = edited(input.url, (text) => parsePostUrl(text));
  const thumbnail = edited(
    input.custom_thumbnail,
    (text) => parsePostUrl(text, "custom_thumbnail"),
  );
  const body = edited(input.body, (text) => pipeline(ctx, text));
  checkNsfw(ctx, input.nsfw);
  let name: string | undefined;
  if (input.name !== undefined) {
    name = checkPostTitle(input.name);
    checkSlurs(ctx, name, "name");
  }
  if (body) checkBody(body, LIMITS.postBody, "body");
  const alt_text = edited(input.alt_text, (text) => checkAltText(text));
  checkLinks(ctx, url, thumbnail);
  return { name, url, body, alt_text, thumbnail_url: thumbnail };
}

function pipeline(ctx: Ctx, body: string): string {
  return pipelineInput(ctx, body, "body", LIMITS.postBody);
}

function checkNsfw(ctx: Ctx, nsfw: boolean | undefined): void {
  if (nsfw && ctx.site.local_site.nsfw_content_disallowed) {
    throw new LemmyError("nsfw_not_allowed", { field: "nsfw" });
  }
}

function checkLinks(
  ctx: Ctx,
  url: string | null | undefined,
  thumbnail: string | null | undefined,
): void {
  if (url) checkPostUrl(url, { blocklist: ctx.site.blocklist });
  if (thumbnail) checkPostUrl(thumbnail, { field: "custom_thumbnail" });
}
