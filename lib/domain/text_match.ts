import { type Conditions, escapeLike, searchPattern } from "./conditions.ts";
import type { TextScope } from "./text_index/grams.ts";

/** Columns that a search looks through. */
export interface SearchedColumns {
  /** Names and titles: the only ones in which a term of one or two characters is looked for. */
  names: readonly string[];
  /** Addresses, bodies and the like. */
  texts?: readonly string[];
}

/** Where the searched text of a listing's rows is kept, in lower case under the same column names. */
export interface SearchedTable {
  table: string;
  /** Column with the row's id. */
  key: string;
  /** Whether it has the row's `published_at` as well, with an index of its rows in that order. */
  dated?: boolean;
  /** Whether its texts are in chunks as well (`text_index`); they are single columns. */
  chunks?: boolean;
  /** What the listing's rows belong to. */
  scope?: TextScope;
}

/** A search, in the two ways to go about it. Each use adds its own parameter to a statement. */
export interface TextMatch extends SearchedTable {
  /** Nothing can match, as there is nothing to look through for so short a term. */
  impossible: boolean;
  /** The columns that are looked through. */
  columns: readonly string[];
  term: string;
  /** Number of words in the term. */
  words: number;
  /** The condition on the text of one row, whose columns are named so: for walking a listing. */
  test(where: Conditions, name: (column: string) => string): string;
  /**
   * The same of a row of the listing itself, as its index of beginnings in each scope answers it;
   * null for all but short terms.
   */
  beginning: ((where: Conditions, alias: string) => string) | null;
  /** A query of the matching rows' ids, which uses the index of trigrams: for rare terms. */
  ids(where: Conditions): string;
}

/** Characters below which a term has no trigrams. */
export const SHORT = 3;
/** Indexed characters of names: what is shorter than `SHORT` may grow when it is put in lower case. */
const INDEXED = 4;

/**
 * The condition that one of the columns of `alias` contains a search term (content §6.7): without
 * regard to case, each space matching any run of characters. Short terms match beginnings of names.
 */
export function textCondition(
  where: Conditions,
  alias: string,
  term: string,
  columns: SearchedColumns,
): string {
  return condition(
    where,
    term,
    columns,
    (column) => `lower(${alias}.${column})`,
  );
}

/** The search among rows whose searched text is kept in `searched`. */
export function textMatch(
  term: string,
  columns: SearchedColumns,
  searched: SearchedTable,
): TextMatch {
  const names = searchedOf(term, columns);
  return {
    ...searched,
    impossible: names.length === 0,
    columns: names,
    term,
    words: wordsOf(term).length,
    test: (where, name) => condition(where, term, columns, name),
    beginning: !isShort(term) ? null : (where, alias) =>
      condition(
        where,
        term,
        columns,
        (column) => `left(lower(${alias}.${column}), ${INDEXED})`,
      ),
    ids: (where) =>
      `select s.${searched.key} as id from ${searched.table} s where ${
        indexedCondition(where, term, columns)
      }`,
  };
}

/** Whether a term is looked for in the beginnings of names only. */
export function isShort(term: string): boolean {
  return [...term.trim()].length < SHORT;
}

/** The columns in which a term is looked for. */
function searchedOf(
  term: string,
  { names, texts = [] }: SearchedColumns,
): readonly string[] {
  return isShort(term) ? names : [...names, ...texts];
}

function condition(
  where: Conditions,
  term: string,
  columns: SearchedColumns,
  text: (column: string) => string,
): string {
  const searched = searchedOf(term, columns);
  if (searched.length === 0) return "false";
  const pattern = isShort(term)
    ? `${escapeLike(term.trim())}%`
    : searchPattern(term);
  const value = where.value(pattern, "text");
  return searched.map((column) => `${text(column)} like lower(${value})`)
    .join(" or ");
}

/**
 * The condition on a row of the searched table, as the index of trigrams answers it soonest. It
 * looks up every trigram of a pattern for each row that has the rarest of them; for a term of
 * several words a piece of each is enough to leave few rows, whose texts are then looked at.
 */
function indexedCondition(
  where: Conditions,
  term: string,
  columns: SearchedColumns,
): string {
  const pieces = isShort(term) ? [] : piecesOf(term);
  if (pieces.length < 2) {
    return condition(where, term, columns, (column) => `s.${column}`);
  }
  const piece = where.value(`%${pieces.join("%")}%`, "text");
  const whole = where.value(searchPattern(term), "text");
  // A text that has been put together is not looked for in the index.
  return searchedOf(term, columns).map((column) =>
    `s.${column} like lower(${piece}) and (s.${column} || '') like lower(${whole})`
  ).join(" or ");
}

/** Letters by how often they stand in English texts; all others are taken for rarer. */
const FREQUENT = "etaoinsrhldcumfpgwybvkxjqz";
const LETTERS = /^[\p{L}\p{N}]+$/u;

function wordsOf(term: string): string[] {
  return term.split(" ").filter((word) => word !== "");
}

/** Of each word that has trigrams, the piece that fewest texts will contain. */
function piecesOf(term: string): string[] {
  const words = wordsOf(term);
  const length = Math.max(3, 8 - words.length);
  return words.flatMap((word) => {
    const letters = [...word];
    const pieces = letters.map((_, start) =>
      letters.slice(start).slice(0, length)
    )
      .filter((piece) => piece.length >= 3 && LETTERS.test(piece.join("")));
    const [rarest] = pieces.sort((a, b) => rarity(b) - rarity(a));
    return rarest ? [rarest.join("")] : [];
  });
}

function rarity(piece: readonly string[]): number {
  return piece.map((letter) => {
    const place = FREQUENT.indexOf(letter.toLowerCase());
    return place < 0 ? FREQUENT.length : place;
  }).reduce((a, b) => a + b, 0);
}

/**
 * The conditions of a listing's scope that the indexes in list order know of. The ids are written
 * out, as a parameter that not every statement of a search uses would be an error.
 */
export function scopeOf(
  alias: string,
  { community_id, creator_id }: { community_id?: number; creator_id?: number },
): string | undefined {
  const clauses = [];
  if (community_id !== undefined) {
    clauses.push(`${alias}.community_id = ${Math.trunc(community_id)}`);
  }
  if (creator_id !== undefined) {
    clauses.push(`${alias}.creator_id = ${Math.trunc(creator_id)}`);
  }
  return clauses.length === 0 ? undefined : clauses.join(" and ");
}
