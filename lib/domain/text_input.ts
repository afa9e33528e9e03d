import type { Ctx } from "./context.ts";
import { LemmyError } from "./errors.ts";
import { imageMode } from "./image/media.ts";
import { processMarkdown } from "./text/pipeline.ts";
import { checkBody, LIMITS } from "./text/rules.ts";

/**
 * Runs a Markdown field through the site's pipeline (content §0.3). The caller checks the length
 * of the result where the order of its checks has it. A text far beyond that length comes back as
 * it is: the pipeline costs time in proportion to it, and the check refuses it anyway.
 *
 * @param max length that the caller will allow
 * @param options.anyLink lets blocked links pass: sidebars of other servers
 * @throws LemmyError `blocked_url`
 */
export function pipelineInput(
  ctx: Ctx,
  text: string,
  field: string,
  max: number = LIMITS.body,
  options: { anyLink?: boolean } = {},
): string {
  if (text.length > 4 * max) return text;
  const { text: result, remoteImages } = processMarkdown(text, {
    slurs: ctx.site.slurs,
    blocklist: options.anyLink ? undefined : ctx.site.blocklist,
    imageProxy: imageMode(ctx) === "proxy_all_images"
      ? { origin: ctx.config.origin }
      : undefined,
    field,
  });
  for (const url of remoteImages) ctx.shownImages.add(url);
  return result;
}

/** Runs a Markdown field through the pipeline, then checks its length (`invalid_body_field`). */
export function markdownInput(
  ctx: Ctx,
  text: string,
  field: string,
  max: number = LIMITS.body,
): string {
  return checkBody(pipelineInput(ctx, text, field, max), max, field);
}

/** Refuses text that matches the slur filter (`slurs`). */
export function checkSlurs(ctx: Ctx, text: string, field: string): void {
  if (ctx.site.slurs.matches(text)) throw new LemmyError("slurs", { field });
}

/** The value of an optional field of an edit: unchanged, erased by "", or new. */
export function edited<T>(
  value: string | undefined,
  make: (text: string) => T,
): T | null | undefined {
  if (value === undefined) return undefined;
  return value === "" ? null : make(value);
}
