import { RE2JS } from "re2js";
import { LemmyError } from "../errors.ts";

/** Text that stands for a masked word in Markdown. */
const MASK = "*removed*";

/** The site's word filter. */
export interface SlurFilter {
  /** Whether a text contains a filtered word. */
  matches(text: string): boolean;
  /** The text with every filtered word replaced by `*removed*`. */
  mask(text: string): string;
  /** Throws `slurs` when a text of a field that is not masked contains a filtered word. */
  check(text: string | null | undefined, field?: string): void;
}

/** A filter that lets everything pass. */
export const NO_SLURS: SlurFilter = {
  matches: () => false,
  mask: (text) => text,
  check: () => {},
};

/**
 * Compiles the site's filter expression, ignoring case in every script. Filters are written for
 * the linear-time engine of Rust and come from administrators, but are run on anybody's text: an
 * engine that backtracks could be made to hang, this one cannot.
 *
 * `\w`, `\d` and `\s` know all scripts. `\b` is a boundary of ASCII words only, so a word of
 * another script needs its delimiters spelled out.
 *
 * @param regex null or empty matches nothing
 * @throws LemmyError `invalid_regex`
 */
export function compileSlurFilter(
  regex: string | null | undefined,
): SlurFilter {
  if (!regex) return NO_SLURS;
  let pattern: RE2JS;
  try {
    pattern = RE2JS.compile(
      withUnicodeClasses(regex),
      RE2JS.CASE_INSENSITIVE,
    );
  } catch (cause) {
    throw new LemmyError("invalid_regex", {
      field: "slur_filter_regex",
      cause,
    });
  }
  const matches = (text: string) => pattern.test(text);
  return {
    matches,
    // Most texts contain nothing: the plain test is far cheaper than a search for positions.
    mask: (text) =>
      matches(text) ? pattern.matcher(text).replaceAll(MASK) : text,
    check(text, field) {
      if (text && matches(text)) throw new LemmyError("slurs", { field });
    },
  };
}

/** Matching costs the length of the filter times that of the text: a filter must stay small. */
const MAX_FILTER = 5000;

/**
 * Checks an expression before it is saved. One that matches a plain `1` would match nearly
 * everything.
 *
 * @throws LemmyError `invalid_regex` (also when it is longer than 5,000 characters),
 * `permissive_regex`
 */
export function checkSlurRegex(regex: string | null | undefined): void {
  if (regex && regex.length > MAX_FILTER) {
    throw new LemmyError("invalid_regex", { field: "slur_filter_regex" });
  }
  if (compileSlurFilter(regex).matches("1")) {
    throw new LemmyError("permissive_regex", { field: "slur_filter_regex" });
  }
}

const UNICODE_CLASSES: Record<string, string> = {
  w: "\\p{L}\\p{M}\\p{Nd}\\p{Pc}",
  d: "\\p{Nd}",
  s: "\\s\\v\\x{85}\\p{Z}",
};

/** Spells out `\w`, `\d`, `\s` and their negations, which RE2 limits to ASCII. */
function withUnicodeClasses(regex: string): string {
  let inClass = false;
  return regex.replace(/\\[\s\S]|[[\]]/g, (token) => {
    if (token === "[") inClass = true;
    else if (token === "]") inClass = false;
    const letter = token.length === 2 ? token[1] : "";
    const members = UNICODE_CLASSES[letter.toLowerCase()];
    if (members === undefined) return token;
    if (letter !== letter.toLowerCase()) {
      // A negated class cannot be a member of another class, so there it keeps its ASCII meaning.
      return inClass ? token : `[^${members}]`;
    }
    return inClass ? members : `[${members}]`;
  });
}
