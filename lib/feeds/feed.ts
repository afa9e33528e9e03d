/** A feed in no particular format. Texts are plain, `html` is HTML. */
export interface Feed {
  title: string;
  /** The page that shows the same. */
  link: string;
  /** Names the feed for ever; an address without tokens. */
  id: string;
  /** Where the feed is found again; absent where its address is a secret. */
  self?: string;
  html?: string;
  /** BCP 47. */
  language: string;
  /** RFC 3339; of the latest item, or of the place itself. */
  updated: string;
  items: FeedItem[];
}

export interface FeedItem {
  title: string;
  link: string;
  /** Page of the discussion. */
  comments?: string;
  /** Names the item for ever. */
  id: string;
  /** RFC 3339. */
  published: string;
  updated?: string;
  author?: { name: string; url: string };
  category?: { name: string; url: string };
  html: string;
  enclosure?: { url: string; type: string };
  image?: string;
}

export type FeedFormat = "rss" | "atom";

/** Text in XML, as content or in double quotes; characters that XML has no place for are left out. */
export function xml(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.toWellFormed().replace(/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** An element with text, or nothing where there is none. */
export function element(
  name: string,
  text: string | undefined,
  attributes: Record<string, string> = {},
): string {
  return text === undefined
    ? ""
    : `<${name}${attributeList(attributes)}>${xml(text)}</${name}>`;
}

/** An element without content. */
export function empty(
  name: string,
  attributes: Record<string, string | undefined>,
): string {
  return `<${name}${attributeList(attributes)}/>`;
}

function attributeList(attributes: Record<string, string | undefined>): string {
  return Object.entries(attributes)
    .map(([name, value]) =>
      value === undefined ? "" : ` ${name}="${xml(value)}"`
    )
    .join("");
}
