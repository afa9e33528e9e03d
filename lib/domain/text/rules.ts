/**
 * Rules for single texts: lengths, allowed characters, formats (content §0.3,
 * accounts-and-site §10). Every function throws a `LemmyError` with the code of the rule and the
 * name of the field, and answers with the text as it is to be stored.
 *
 * "Units" are UTF-16 code units, the length clients see; "characters" are Unicode code points.
 */
import { LemmyError } from "../errors.ts";

/** Limits clients may show or set as `maxlength`. */
export const LIMITS = {
  actorName: 20,
  altText: 1500,
  bio: 1000,
  /** Comments, private messages, sidebars, notes, reasons of bans. */
  body: 10_000,
  displayName: 50,
  /** RFC 5321 §4.5.3.1.3, without the angle brackets. */
  email: 254,
  keyword: 50,
  password: 60,
  postBody: 50_000,
  postTitle: 200,
  reportReason: 1000,
  siteName: 20,
  summary: 150,
  tagDisplayName: 255,
  url: 2000,
} as const;

/** Arrays in requests must have fewer elements. */
const MAX_ITEMS = 10_000;

/**
 * PostgreSQL stores neither NUL nor half a surrogate pair in text; both reach us through JSON
 * escapes. Refusing them at the border keeps them from surfacing as failures of the database.
 */
export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

/** Removes what `isStorable` refuses, for texts from other servers that are not to be lost. */
export function makeStorable(text: string): string {
  return isStorable(text) ? text : text.replaceAll("\0", "").toWellFormed();
}

/** Characters that turn the direction of what follows, beyond the name's end as well. */
const DIRECTION_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;

/** Removes what a name must not contain, as it would turn around the texts beside it. */
export function withoutDirectionControls(text: string): string {
  return text.replace(DIRECTION_CONTROLS, "");
}

function turnsDirection(text: string): boolean {
  return withoutDirectionControls(text) !== text;
}

/** Post title: 3–200 characters after trimming, no line feed anywhere, 3 of them visible. */
export function checkPostTitle(title: string, field = "name"): string {
  const trimmed = title.trim();
  const length = characters(trimmed);
  require(
    length >= 3 && length <= LIMITS.postTitle && !title.includes("\n") &&
      visibleCharacters(trimmed) >= 3 && isStorable(trimmed),
    "invalid_post_title",
    field,
  );
  return trimmed;
}

/** Markdown text of at most `max` units; applied to the result of the pipeline. */
export function checkBody(
  text: string,
  max: number = LIMITS.body,
  field = "content",
): string {
  require(
    text.length <= max && isStorable(text),
    "invalid_body_field",
    field,
  );
  return text;
}

const ACTOR_NAME =
  /^(?:[A-Za-z0-9_]+|[0-9_\p{Script=Arabic}]+|[0-9_\p{Script=Cyrillic}]+)$/u;

/**
 * Name of a person, community, multi-community or tag: 2 to `max` units of one script.
 *
 * @param max the site may allow longer names than 20
 */
export function checkActorName(
  name: string,
  field = "name",
  max: number = LIMITS.actorName,
): string {
  require(
    name.length >= 2 && name.length <= max && ACTOR_NAME.test(name),
    "invalid_name",
    field,
  );
  return name;
}

/** Display name of a person, community or multi-community, trimmed. */
export function checkDisplayName(name: string, field = "display_name"): string {
  const trimmed = name.trim();
  require(
    characters(trimmed) <= LIMITS.displayName && !trimmed.startsWith("@") &&
      !STARTS_INVISIBLE.test(trimmed) && !trimmed.includes("\n") &&
      visibleCharacters(trimmed) >= 3 && isStorable(trimmed) &&
      !turnsDirection(trimmed),
    "invalid_display_name",
    field,
  );
  return trimmed;
}

/** Display name of a tag: short labels are in use, so 1–255 characters on one line (Q46). */
export function checkTagDisplayName(
  name: string,
  field = "display_name",
): string {
  const length = characters(name);
  require(
    length >= 1 && length <= LIMITS.tagDisplayName && !name.includes("\n") &&
      isStorable(name) && !turnsDirection(name),
    "invalid_display_name",
    field,
  );
  return name;
}

const MATRIX_ID = /^@[\x21-\x39\x3B-\x7F]+:[A-Za-z0-9.-]+(?::[0-9]{2,5})?$/;

/** Matrix address `@user:host`. */
export function checkMatrixId(id: string, field = "matrix_user_id"): string {
  require(MATRIX_ID.test(id), "invalid_matrix_id", field);
  return id;
}

/** New password of 10–60 characters. */
export function checkPassword(password: string, field = "password"): string {
  const length = characters(password);
  require(
    length >= 10 && length <= LIMITS.password && isStorable(password),
    "invalid_password",
    field,
  );
  return password;
}

/** One-line summary of a site, community, multi-community or tag. */
export function checkSummary(summary: string, field = "summary"): string {
  require(
    summary.length <= LIMITS.summary && isStorable(summary),
    "site_description_length_overflow",
    field,
  );
  return summary;
}

/** Profile text; applied to the result of the pipeline. */
export function checkBio(bio: string, field = "bio"): string {
  require(
    bio.length <= LIMITS.bio && isStorable(bio),
    "bio_length_overflow",
    field,
  );
  return bio;
}

/** Description of a picture. */
export function checkAltText(text: string, field = "alt_text"): string {
  require(
    text.length <= LIMITS.altText && isStorable(text),
    "alt_text_length_overflow",
    field,
  );
  return text;
}

/** Serialized URL of at most 2000 units. */
export function checkUrlLength(url: string, field = "url"): string {
  require(url.length <= LIMITS.url, "url_length_overflow", field);
  return url;
}

/** Name of the site, 1–20 units. */
export function checkSiteName(name: string, field = "name"): string {
  require(name.length > 0, "site_name_required", field);
  require(
    name.length <= LIMITS.siteName && isStorable(name),
    "site_name_length_overflow",
    field,
  );
  return name;
}

/** Reason of a report, trimmed, 1–1000 characters. */
export function checkReportReason(reason: string, field = "reason"): string {
  const trimmed = reason.trim();
  require(trimmed !== "", "report_reason_required", field);
  require(
    characters(trimmed) <= LIMITS.reportReason && isStorable(trimmed),
    "report_too_long",
    field,
  );
  return trimmed;
}

/** Words that hide posts: each trimmed, 3–50 units; repetitions are dropped. */
export function checkKeywords(
  keywords: readonly string[],
  field = "blocking_keywords",
): string[] {
  checkItemCount(keywords, field);
  const trimmed = keywords.map((keyword) => keyword.trim());
  for (const keyword of trimmed) {
    require(keyword.length >= 3, "block_keyword_too_short", field);
    require(
      keyword.length <= LIMITS.keyword && isStorable(keyword),
      "block_keyword_too_long",
      field,
    );
  }
  return [...new Set(trimmed)];
}

/** Arrays of ids, names or words in a request. */
export function checkItemCount(
  items: readonly unknown[],
  field?: string,
): void {
  require(items.length < MAX_ITEMS, "too_many_items", field);
}

function require(condition: boolean, code: string, field?: string): void {
  if (!condition) throw new LemmyError(code, { field });
}

/** Number of Unicode code points. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Blank and format characters that show nothing (accounts-and-site §10.2). */
const INVISIBLE = "\\u{9}-\\u{D}\\u{20}\\u{A0}\\u{AD}\\u{34F}\\u{61C}" +
  "\\u{115F}\\u{1160}\\u{1680}\\u{17B4}\\u{17B5}\\u{180E}\\u{2000}-\\u{200F}" +
  "\\u{202F}\\u{205F}-\\u{206F}\\u{2800}\\u{3000}\\u{3164}\\u{FEFF}\\u{FFA0}" +
  "\\u{FFF9}-\\u{FFFC}\\u{1D000}\\u{1D0F0}\\u{1D100}\\u{1D129}\\u{1D130}" +
  "\\u{1D13F}\\u{1D140}\\u{1D145}\\u{1D150}\\u{1D159}\\u{1D173}-\\u{1D17A}" +
  "\\u{E0020}";
const STARTS_INVISIBLE = new RegExp(`^[${INVISIBLE}]`, "u");
const VISIBLE = new RegExp(`[^${INVISIBLE}]`, "gu");

function visibleCharacters(text: string): number {
  return text.match(VISIBLE)?.length ?? 0;
}
