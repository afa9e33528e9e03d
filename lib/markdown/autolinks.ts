import type { ActorMention } from "./urls.ts";

/** A bare address or mention in running text. */
export interface AutolinkToken {
  type: "autolink";
  raw: string;
  text: string;
  /** Where it leads, for addresses. */
  href?: string;
  /** Whom it names, for mentions. */
  mention?: ActorMention;
}

const WEB = /^(?:https?:\/\/|www\.)[^\s<]+/i;
const EMAIL =
  /^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,63}(?![\w-])/;
/**
 * Name, host (a top-level domain of at least two letters, or a port as in test networks), query
 * (web-ui §6).
 */
const MENTION =
  /^(?:([!@])|\/([cum])\/)([\p{L}\p{M}\p{N}._%+-]{1,255})@((?:[\p{L}\p{N}-]{1,63}\.)+[\p{L}]{2,63}(?::\d{1,5})?|[A-Za-z0-9.-]{1,253}:\d{1,5})(\?[^\s<>()[\]]*)?/u;

const KINDS = {
  "!": "community",
  "@": "person",
  c: "community",
  u: "person",
  m: "multi_community",
} as const;

/** The address or mention a source begins with. */
export function matchAutolink(source: string): AutolinkToken | undefined {
  const mention = MENTION.exec(source);
  if (mention) {
    const [whole, sign, letter, name, host, query = ""] = mention;
    const kept = query.replace(TRAILING_PUNCTUATION, "");
    const raw = whole.slice(0, whole.length - query.length + kept.length);
    const kind = KINDS[(sign ?? letter) as keyof typeof KINDS];
    return {
      type: "autolink",
      raw,
      text: raw,
      mention: { kind, name, host, query: kept === "?" ? "" : kept },
    };
  }
  const web = WEB.exec(source)?.[0];
  if (web !== undefined) {
    const raw = trimAddress(web);
    if (!HAS_HOST.test(raw)) return undefined;
    const href = /^www\./i.test(raw) ? `http://${raw}` : raw;
    return { type: "autolink", raw, text: raw, href };
  }
  const email = EMAIL.exec(source)?.[0];
  if (email === undefined) return undefined;
  return { type: "autolink", raw: email, text: email, href: `mailto:${email}` };
}

const HAS_HOST = /^(?:https?:\/\/[^\s/?#]|www\.[^\s/?#.]+\.[^\s/?#.])/i;
const TRAILING_PUNCTUATION = /[?!.,:;*_~'"]+$/;

/** GFM's rule: punctuation of the sentence and a bracket it did not open are no part of it. */
function trimAddress(address: string): string {
  let end = address.length;
  let unopened = 0;
  for (let index = 0; index < end; index++) {
    if (address[index] === ")") unopened++;
    else if (address[index] === "(") unopened--;
  }
  for (; end > 0; end--) {
    const last = address[end - 1];
    if (last === ")" && unopened > 0) unopened--;
    else if (!TRAILING_PUNCTUATION.test(last)) break;
  }
  return address.slice(0, end);
}

/** Characters at which some syntax may begin, and beginnings of bare addresses. */
const SYNTAX =
  /[\\<[`*_~^{]|!\[| {2,}\n|(?<![\p{L}\p{N}])(?:https?:\/\/|www\.)|(?<![\p{L}\p{N}_/.@])(?:\/[cum]\/|[!@](?=[\p{L}\p{N}_]))|(?<![A-Za-z0-9._+-])[A-Za-z0-9._+-]{1,64}@/giu;

/** How far a source is plain text, at least one character. */
export function plainTextLength(source: string): number {
  // A character outside the BMP is two units, between which no syntax begins.
  SYNTAX.lastIndex = source.codePointAt(0)! > 0xffff ? 2 : 1;
  return SYNTAX.exec(source)?.index ?? source.length;
}
