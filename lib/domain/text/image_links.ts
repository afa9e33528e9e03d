import { splitCode } from "./code_regions.ts";

/** Where foreign pictures are served from when the site proxies them. */
export interface ImageProxy {
  /** Scheme, host and port of this site, such as `https://example.com`. */
  origin: string;
}

/** Address under which this site serves a foreign picture. */
export function proxiedImageUrl(proxy: ImageProxy, url: string): string {
  // Brackets are legal in a URL but would end a Markdown link target.
  const encoded = encodeURIComponent(url).replace(
    /[()']/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${proxy.origin}/api/v4/image/proxy?url=${encoded}`;
}

/**
 * Rewrites the targets of Markdown images outside code so that readers fetch foreign pictures
 * from this site (content §0.3 step 4). Images on this host (with its port) stay; a target that
 * is no URL is emptied; titles are kept. Definitions that an image refers to are rewritten too,
 * since `![text][label]` would otherwise be a way around the proxy.
 *
 * @returns the text, and every foreign image URL found, to be recorded as a known remote image
 */
export function proxyImages(
  text: string,
  proxy: ImageProxy,
): { text: string; remoteImages: string[] } {
  const host = new URL(proxy.origin).host;
  const remoteImages = new Set<string>();
  const rewrite = (rawTarget: string): string => {
    const target = unescapeTarget(rawTarget);
    if (!URL.canParse(target)) return "";
    const url = new URL(target);
    if (url.host === host) return rawTarget;
    remoteImages.add(url.href);
    return proxiedImageUrl(proxy, url.href);
  };

  const regions = splitCode(text);
  const labels = new Set<string>();
  const rewritten = regions.map((region) =>
    region.code ? region.text : rewriteInline(region.text, rewrite, labels)
  );
  const result = rewritten.map((part, index) =>
    regions[index].code || labels.size === 0
      ? part
      : rewriteDefinitions(part, rewrite, labels)
  ).join("");
  return { text: result, remoteImages: [...remoteImages] };
}

/** A link target behind `](`: in angle brackets, or without blanks and with paired brackets. */
const TARGET =
  /[ \t]*\n?[ \t]*(<(?:\\.|[^\n<>\\])*>|(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*\))*\))*)/y;
const LABEL = /\[((?:\\.|[^\[\]\\])*)\]/y;

/**
 * One pass with a stack of open brackets, so that neither nesting nor unclosed brackets make it
 * slower. Labels that images refer to are added to `labels`.
 */
function rewriteInline(
  text: string,
  rewrite: (target: string) => string,
  labels: Set<string>,
): string {
  let result = "";
  let copied = 0;
  const open: { image: boolean; from: number }[] = [];
  for (const mark of text.matchAll(/\\[\s\S]|!?\[|\]/g)) {
    if (mark[0] !== "]") {
      if (mark[0].endsWith("[")) {
        open.push({
          image: mark[0] === "![",
          from: mark.index + mark[0].length,
        });
      }
      continue;
    }
    const bracket = open.pop();
    if (!bracket?.image || mark.index < copied) continue;
    const after = mark.index + 1;
    if (text[after] === "(") {
      TARGET.lastIndex = after + 1;
      const target = TARGET.exec(text)?.[1];
      if (!target) continue;
      const end = TARGET.lastIndex;
      result += text.slice(copied, end - target.length) +
        rewrite(target);
      copied = end;
      continue;
    }
    LABEL.lastIndex = after;
    const label = LABEL.exec(text)?.[1] || text.slice(bracket.from, mark.index);
    if (label.length <= MAX_LABEL_LENGTH) labels.add(normalizeLabel(label));
  }
  return result + text.slice(copied);
}

const MAX_LABEL_LENGTH = 999; // CommonMark 0.30 §4.7
const DEFINITION =
  /^((?:[ \t]*>)*[ \t]{0,3}\[((?:\\.|[^\[\]\\\n])+)\]:[ \t]*(?:\n[ \t]*)?)(<[^<>\n]*>|\S+)/gm;

function rewriteDefinitions(
  text: string,
  rewrite: (target: string) => string,
  labels: Set<string>,
): string {
  return text.replace(
    DEFINITION,
    (whole, start, label, target) =>
      labels.has(normalizeLabel(label)) ? `${start}${rewrite(target)}` : whole,
  );
}

function normalizeLabel(label: string): string {
  return label.trim().replace(/\s+/g, " ").toLowerCase();
}

/** The URL a target stands for: without angle brackets, escapes and `&amp;`. */
function unescapeTarget(target: string): string {
  return target.replace(/^<([\s\S]*)>$/, "$1")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1").replaceAll("&amp;", "&");
}
