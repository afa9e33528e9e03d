import { Parser } from "htmlparser2";

/** What a web page says of itself (content §1.3). */
export interface PageMetadata {
  title?: string;
  description?: string;
  image?: string;
  image_width?: number;
  image_height?: number;
  embed_video_url?: string;
  video_width?: number;
  video_height?: number;
}

/** Longest texts that are kept; pages that say more are not meant to be quoted. */
const MAX_TITLE = 500;
const MAX_DESCRIPTION = 2000;
const MAX_URL = 2000;
/** Where browsers look for the encoding (HTML, "prescan a byte stream"). */
const PRESCAN_BYTES = 1024;

/**
 * Reads the metadata of an HTML page.
 * @param bytes its beginning
 * @param url address it came from, which its relative addresses refer to
 * @param charset the encoding that its sender named
 */
export function readPage(
  bytes: Uint8Array,
  url: string,
  charset?: string,
): PageMetadata {
  const { meta, title } = collect(decode(bytes, charset));
  const first = (...names: string[]) => {
    for (const name of names) {
      const value = meta.get(name)?.find((text) => text !== "");
      if (value) return value;
    }
  };
  const address = (name: string) => {
    const value = meta.get(name)?.find((text) => text !== "");
    const target = value === undefined ? null : URL.parse(value, url);
    const usable = target && /^https?:$/.test(target.protocol) &&
      target.href.length <= MAX_URL;
    return usable ? target.href : undefined;
  };
  const number = (name: string) => {
    const value = first(name);
    const size = /^\d{1,5}$/.test(value ?? "") ? Number(value) : NaN;
    return size <= 65535 ? size : undefined;
  };
  return {
    title: (first("og:title") ?? title)?.slice(0, MAX_TITLE),
    description: first("og:description", "description")
      ?.slice(0, MAX_DESCRIPTION),
    image: address("og:image"),
    image_width: number("og:image:width"),
    image_height: number("og:image:height"),
    embed_video_url: address("og:video"),
    video_width: number("og:video:width"),
    video_height: number("og:video:height"),
  };
}

/** Where a page wants to be told of links to it: its first element of that relation. */
export function readWebmention(bytes: Uint8Array): string | null {
  let found: string | null = null;
  const parser = new Parser({
    onopentag(name, { rel, href }) {
      if (found !== null || (name !== "link" && name !== "a")) return;
      const relations = (rel ?? "").toLowerCase().split(/\s+/);
      // An empty address is the page itself.
      if (href !== undefined && relations.includes("webmention")) found = href;
    },
  });
  parser.end(decode(bytes));
  return found;
}

/** Every `<meta>` by its name or property, and the first title, with blanks made single. */
function collect(
  html: string,
): { meta: Map<string, string[]>; title?: string } {
  const meta = new Map<string, string[]>();
  let title: string | undefined;
  let inTitle = false;
  let text = "";
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === "meta") {
        const key = (attributes.property ?? attributes.name)?.toLowerCase();
        const content = attributes.content;
        if (key === undefined || content === undefined) return;
        const list = meta.get(key) ?? [];
        list.push(clean(content));
        meta.set(key, list);
      } else if (name === "title" && title === undefined) {
        inTitle = true;
        text = "";
      }
    },
    ontext(part) {
      if (inTitle) text += part;
    },
    onclosetag(name) {
      if (name !== "title" || !inTitle) return;
      inTitle = false;
      title = clean(text) || undefined;
    },
  });
  parser.end(html);
  return { meta, title };
}

/** Without what the database cannot store, blanks made single. */
function clean(text: string): string {
  return text.replaceAll("\0", "").toWellFormed().replace(/\s+/g, " ").trim();
}

function decode(bytes: Uint8Array, charset?: string): string {
  const head = new TextDecoder("latin1").decode(
    bytes.subarray(0, PRESCAN_BYTES),
  );
  const named = charset ??
    /<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(head)?.[1];
  return decoderOf(named).decode(bytes);
}

function decoderOf(label = "utf-8"): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // An encoding that nobody knows: what is ASCII in it can be read all the same.
    return new TextDecoder();
  }
}
