import { LemmyError } from "../errors.ts";
import { checkUrlLength } from "./rules.ts";

/** The site's list of blocked URLs, ready to search texts. */
export interface BlocklistMatcher {
  /** Whether an entry occurs in the text, delimited by word boundaries. */
  matches(text: string): boolean;
}

/** What a regular expression engine that knows Unicode counts as part of a word. */
const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
const WORD_CHARACTER = new RegExp(`^[${WORD}]$`, "u");
const WORDS = new RegExp(`[${WORD}]+`, "gu");
const FIRST_WORD = new RegExp(`^[${WORD}]+`, "u");

/**
 * Compiles the block list (entries as `normalizeBlockedUrl` makes them). An entry hits where it
 * occurs literally with a word boundary on both sides: `rt.com` hits `https://rt.com/a` and
 * `rt.com.example.com`, not `art.com` or `rt.computer`.
 *
 * Entries are found by their first word, so the cost is that of reading the text once, however
 * long the list is.
 */
export function blocklistMatcher(entries: readonly string[]): BlocklistMatcher {
  const byFirstWord = new Map<string, string[]>();
  const others: string[] = [];
  for (const entry of entries) {
    if (entry === "") continue;
    const word = FIRST_WORD.exec(entry)?.[0];
    if (word === undefined) others.push(entry);
    else if (byFirstWord.has(word)) byFirstWord.get(word)!.push(entry);
    else byFirstWord.set(word, [entry]);
  }

  return {
    matches(text) {
      for (const entry of others) {
        let index = text.indexOf(entry);
        for (; index >= 0; index = text.indexOf(entry, index + 1)) {
          if (
            isBoundary(text, index) && isBoundary(text, index + entry.length)
          ) return true;
        }
      }
      if (byFirstWord.size === 0) return false;
      for (const { 0: word, index } of text.matchAll(WORDS)) {
        for (const entry of byFirstWord.get(word) ?? []) {
          if (
            text.startsWith(entry, index) &&
            isBoundary(text, index + entry.length)
          ) return true;
        }
      }
      return false;
    },
  };
}

/** Whether exactly one of the two characters around a position belongs to a word. */
function isBoundary(text: string, position: number): boolean {
  return isWord(characterBefore(text, position)) !==
    isWord(characterAt(text, position));
}

function isWord(character: string): boolean {
  return WORD_CHARACTER.test(character);
}

function characterAt(text: string, position: number): string {
  const code = text.codePointAt(position);
  return code === undefined ? "" : String.fromCodePoint(code);
}

function characterBefore(text: string, position: number): string {
  if (position === 0) return "";
  const low = text.charCodeAt(position - 1);
  const isTrail = low >= 0xdc00 && low <= 0xdfff && position > 1;
  return isTrail ? characterAt(text, position - 2) : text.charAt(position - 1);
}

/**
 * An administrator's entry as it is stored: `http://` is assumed where no scheme is given; the
 * scheme and a trailing slash are dropped, path, query and fragment kept.
 *
 * @throws LemmyError `invalid_url`, `url_length_overflow`
 */
export function normalizeBlockedUrl(entry: string): string {
  const trimmed = entry.trim();
  const url = trimmed.includes("://") ? trimmed : `http://${trimmed}`;
  if (!URL.canParse(url)) {
    throw new LemmyError("invalid_url", { field: "blocked_urls" });
  }
  const stored = new URL(url).href
    .replace(/^[a-z][a-z0-9+.-]*:(?:\/\/)?/i, "").replace(/\/$/, "");
  return checkUrlLength(stored, "blocked_urls");
}

/** A whole list, normalised and without repetitions or blank lines. */
export function normalizeBlockedUrls(entries: readonly string[]): string[] {
  const filled = entries.filter((entry) => entry.trim() !== "");
  return [...new Set(filled.map(normalizeBlockedUrl))];
}
