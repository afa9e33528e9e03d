/** Markdown as readers see it (web-ui §6): HTML, titles, plain text. */
import { RenderCache } from "./cache.ts";
import { parseDocument, parseTitle } from "./parser.ts";
import { excerpt, plainTextOf } from "./plain_text.ts";
import { Renderer, type RenderOptions, renderTitleTokens } from "./render.ts";

export type { RenderOptions } from "./render.ts";

/** About 2 MB in each worker: the texts of some hundred pages. */
const CACHE_CHARACTERS = 1_000_000;
const cache = new RenderCache(CACHE_CHARACTERS);

/**
 * Markdown as safe HTML, to be put into a page unescaped. See `html.ts` for why it is safe, and
 * `parser.ts` for what bounds the time.
 */
export function renderMarkdown(
  markdown: string,
  options: RenderOptions,
): string {
  const key = cacheKey(markdown, options);
  const known = cache.get(key);
  if (known !== undefined) return known;
  const document = parseDocument(markdown);
  const renderer = new Renderer(document, options);
  const html = renderer.document(document.tokens);
  if (!renderer.incomplete) cache.set(key, html);
  return html;
}

/**
 * Markdown as safe HTML that reads well away from this site, in feeds and on other servers: paths
 * are complete addresses.
 */
export function renderForElsewhere(
  markdown: string,
  { hostname, origin }: { hostname: string; origin: string },
  idPrefix: string,
): string {
  return renderMarkdown(markdown, { idPrefix, localHost: hostname })
    .replaceAll(/ (href|src)="\/(?!\/)/g, ` $1="${origin}/`);
}

function cacheKey(markdown: string, options: RenderOptions): string {
  return [
    options.idPrefix,
    options.variant ?? "full",
    options.openInNewTab ?? false,
    options.localHost,
    options.showMedia ?? true,
    options.imageSize ?? "",
    markdown,
  ].join("\n");
}

/** A post's title as safe HTML: emphasis, inline code and strike-through only. */
export function renderInlineTitle(title: string): string {
  return renderTitleTokens(parseTitle(title));
}

/**
 * Markdown as plain text on one line, for descriptions, feed titles and excerpts. Not escaped.
 * Contents of spoilers are replaced by the word "spoiler".
 *
 * @param maxChars length in characters, including the ellipsis of a cut
 */
export function renderPlainText(markdown: string, maxChars: number): string {
  // Markup makes a source longer than its text, but hardly by this much: no need to read a whole
  // article for its first sentences.
  const source = markdown.slice(0, maxChars * 10 + 2000);
  return excerpt(plainTextOf(parseDocument(source).tokens), maxChars);
}
