import { LemmyError } from "../domain/errors.ts";
import { imageMode } from "../domain/image/media.ts";
import { isOwnUrl, proxyUrl } from "../domain/image/urls.ts";
import type { Ctx } from "../domain/context.ts";
import { pipelineInput } from "../domain/text_input.ts";
import { LIMITS, withoutDirectionControls } from "../domain/text/rules.ts";
import type { FedCtx } from "./context.ts";
import { FederationError } from "./errors.ts";
import { localLinks } from "./local_links.ts";

/** The text of an object as it came. */
export interface ReceivedText {
  content?: string;
  mediaType?: string;
  source?: { content: string };
}

/** Units of any text that are kept: as much as a post of ours may have. */
const MAX_TEXT = LIMITS.postBody;

/**
 * The Markdown of a received text, ready to be stored (§2.2 "Text rule"); null if there is none.
 * Links to what is known here lead here.
 * @param options.actor actors' texts are HTML whatever they say
 * @param options.anyLink lets blocked links pass: sidebars
 * @throws FederationError `blocked_url`
 */
export async function receivedText(
  ctx: FedCtx,
  received: ReceivedText,
  options: { actor?: boolean; anyLink?: boolean } = {},
): Promise<string | null> {
  const { content, mediaType, source } = received;
  if (content === undefined) return null;
  const markdown = source?.content ??
    (mediaType === "text/markdown" && !options.actor
      ? content
      : await htmlToMarkdown(content));
  if (markdown.trim() === "") return null;
  const text = markdown.length > MAX_TEXT
    ? `${markdown.slice(0, MAX_TEXT - 1).toWellFormed()}…`
    : markdown;
  return await localLinks(
    ctx,
    refused(() => pipelineInput(ctx, text, "content", MAX_TEXT, options)),
  );
}

/** The converter is loaded when HTML comes: each thread would keep 3 MB for it. */
async function htmlToMarkdown(html: string): Promise<string> {
  const converter = await import("./html_to_markdown.ts");
  return converter.htmlToMarkdown(html);
}

/** Runs a check of the domain; what it refuses is refused to the other server. */
export function refused<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    throw new FederationError(error.code, error.detail, { cause: error });
  }
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * A name or title on one line, with filtered words masked and without characters that turn the
 * direction of text, cut after `max` characters between two
 * graphemes; null if nothing is left.
 */
export function receivedLine(
  ctx: Pick<Ctx, "site">,
  line: string | undefined,
  max: number,
): string | null {
  if (line === undefined) return null;
  // More than this is cut anyhow.
  const start = withoutDirectionControls(line.slice(0, 20 * max))
    .replace(/\s+/g, " ").trim();
  const masked = ctx.site.slurs.mask(start);
  let result = "";
  let characters = 0;
  for (const { segment } of GRAPHEMES.segment(masked)) {
    characters += [...segment].length;
    if (characters > max) break;
    result += segment;
  }
  return result.trim() || null;
}

/** An actor's picture under the address that the site shows it at. */
export function receivedPicture(
  ctx: Ctx,
  url: string | undefined,
): string | null {
  if (url === undefined || !/^https?:/.test(url)) return null;
  if (imageMode(ctx) !== "proxy_all_images" || isOwnUrl(ctx, url)) return url;
  ctx.shownImages.add(url);
  return proxyUrl(ctx, url);
}
