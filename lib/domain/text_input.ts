import type { Ctx } from "./context.ts";
import { LemmyError } from "./errors.ts";
import { processMarkdown } from "./text/pipeline.ts";
import { checkBody, isStorable, LIMITS } from "./text/rules.ts";

/** Runs a Markdown field through the site's pipeline (content §0.3), then checks its length. */
export function markdownInput(
  ctx: Ctx,
  text: string,
  field: string,
  max: number = LIMITS.body,
): string {
  // Before the pipeline, whose steps cost time in proportion to the text.
  if (text.length > 4 * max) {
    throw new LemmyError("invalid_body_field", { field });
  }
  const { text: processed } = processMarkdown(text, {
    slurs: ctx.site.slurs,
    blocklist: ctx.site.blocklist,
  });
  return checkBody(processed, max, field);
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

/** Whether PostgreSQL can store the text at all; names and queries are checked by this first. */
export function requireStorable(text: string): void {
  if (!isStorable(text)) {
    throw new LemmyError("unknown", {
      detail: "text contains NUL or a lone surrogate",
    });
  }
}
