import { type Conditions, escapeLike, searchPattern } from "./conditions.ts";

/** Columns that a search looks through. */
export interface SearchedColumns {
  /** Names and titles: the only ones in which a term of one or two characters is looked for. */
  names: readonly string[];
  /** Addresses, bodies and the like. */
  texts?: readonly string[];
}

/** A search, in the two ways to go about it. Each use adds its own parameter to a statement. */
export interface TextMatch {
  /** Nothing can match, as there is nothing to look through for so short a term. */
  impossible: boolean;
  /** The condition on the row's own text: for walking a listing until enough is found. */
  test(where: Conditions): string;
  /** A query of the matching rows' ids, which uses the index of trigrams: for rare terms. */
  ids(where: Conditions): string;
}

/** Characters below which a term has no trigrams. */
const SHORT = 3;

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

/**
 * The search among rows `alias` whose searched text is kept in `table` (migration 0007), in lower
 * case under the same column names, and the row's id as `key`.
 */
export function textMatch(
  alias: string,
  term: string,
  columns: SearchedColumns,
  { table, key }: { table: string; key: string },
): TextMatch {
  return {
    impossible: searchedOf(term, columns).length === 0,
    test: (where) => textCondition(where, alias, term, columns),
    ids: (where) =>
      `select s.${key} as id from ${table} s where ${
        condition(where, term, columns, (column) => `s.${column}`)
      }`,
  };
}

function isShort(term: string): boolean {
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
