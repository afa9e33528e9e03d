import type { Ctx } from "../domain/context.ts";
import { renderForElsewhere } from "../markdown/mod.ts";
import { xml } from "./feed.ts";

/**
 * Markdown as HTML for readers of feeds.
 * @param id makes footnotes unique
 */
export function feedHtml(ctx: Ctx, markdown: string, id: string): string {
  return renderForElsewhere(markdown, ctx.config, id);
}

/** A link whose text is plain. */
export function link(url: string, text: string): string {
  return `<a href="${xml(url)}">${xml(text)}</a>`;
}

/** A sentence of texts and ready HTML. */
export class Html {
  constructor(readonly source: string) {}
}

/** Joins the parts of a translated sentence; texts are escaped, links are not. */
export function sentence(parts: readonly (string | Html)[]): string {
  return parts.map((part) => part instanceof Html ? part.source : xml(part))
    .join("");
}
