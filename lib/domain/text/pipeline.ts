import { LemmyError } from "../errors.ts";
import type { BlocklistMatcher } from "./blocklist.ts";
import { splitCode } from "./code_regions.ts";
import { type ImageProxy, proxyImages } from "./image_links.ts";
import type { SlurFilter } from "./slurs.ts";
import { cleanUrl } from "./urls.ts";

/** What the site's settings make of Markdown texts. */
export interface PipelineOptions {
  slurs: SlurFilter;
  /** Absent for sidebars of other servers, which are exempt. */
  blocklist?: BlocklistMatcher;
  /** Given only in image mode `proxy_all_images`. */
  imageProxy?: ImageProxy;
  /** Name of the form field for errors. */
  field?: string;
}

/** A processed text. */
export interface ProcessedMarkdown {
  text: string;
  /** Foreign picture URLs that now lead through the proxy; to be recorded, else it refuses them. */
  remoteImages: string[];
}

/**
 * Steps 1 to 4 every Markdown text goes through before it is stored, own and federated alike
 * (content §0.3, moderation-and-operations §12.2): mask filtered words, strip tracking parameters
 * outside code, refuse blocked URLs, lead pictures through the proxy. The length is checked on
 * the result by the caller (`checkBody`, `checkBio`).
 *
 * @throws LemmyError `blocked_url`
 */
export function processMarkdown(
  text: string,
  options: PipelineOptions,
): ProcessedMarkdown {
  const cleaned = cleanLinks(options.slurs.mask(text));
  if (options.blocklist?.matches(cleaned)) {
    throw new LemmyError("blocked_url", { field: options.field });
  }
  return options.imageProxy
    ? proxyImages(cleaned, options.imageProxy)
    : { text: cleaned, remoteImages: [] };
}

/** Strips tracking parameters from every http(s) URL outside code. */
export function cleanLinks(text: string): string {
  return mapLinks(text, cleanUrl);
}

/** Replaces every http(s) URL outside code. */
export function mapLinks(
  text: string,
  replace: (url: string) => string,
): string {
  if (!/https?:\/\//i.test(text)) return text;
  return splitCode(text).map((region) =>
    region.code ? region.text : mapProse(region.text, replace)
  ).join("");
}

function mapProse(text: string, replace: (url: string) => string): string {
  let result = "";
  let copied = 0;
  const scheme = /https?:\/\//gi;
  for (let found = scheme.exec(text); found; found = scheme.exec(text)) {
    const end = urlEnd(text, found.index);
    result += text.slice(copied, found.index) +
      replace(text.slice(found.index, end));
    copied = end;
    scheme.lastIndex = Math.max(end, scheme.lastIndex);
  }
  return result + text.slice(copied);
}

const NOT_IN_URL = /[\s<>"`|\\]/;
const SENTENCE_PUNCTUATION = ".,;:!?'*_~^";

/**
 * Where a URL that starts at `start` ends in running text: before a closing bracket that it did
 * not open (the end of a Markdown link), and before punctuation of the sentence or emphasis.
 */
function urlEnd(text: string, start: number): number {
  let parentheses = 0;
  let brackets = 0;
  let end = start;
  for (; end < text.length; end++) {
    const character = text[end];
    if (character === "(") parentheses++;
    else if (character === "[") brackets++;
    else if (character === ")" && --parentheses < 0) break;
    else if (character === "]" && --brackets < 0) break;
    else if (NOT_IN_URL.test(character)) break;
  }
  while (end > start && SENTENCE_PUNCTUATION.includes(text[end - 1])) end--;
  return end;
}
