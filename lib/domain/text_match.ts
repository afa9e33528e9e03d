import { type Conditions, escapeLike, searchPattern } from "./conditions.ts";

/** Columns that a search looks through. */
export interface SearchedColumns {
  /** Names and titles: the only ones in which a term of one or two characters is looked for. */
  names: readonly string[];
  /** Addresses, bodies and the like. */
  texts?: readonly string[];
}

/** A search as two conditions that say the same, for the two ways to go about it. */
export interface TextMatch {
  /** Looks at the row's own text: for walking a listing until enough is found. */
  test: string;
  /** Asks the index of trigrams: for terms that are too rare to be walked to. */
  indexed: string;
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
  return search(where, term, columns)(alias);
}

/**
 * The two ways to search the rows `alias` whose searched text is kept in `table` (migration 0007),
 * under the same column names and the row's id as `key`.
 */
export function textMatch(
  where: Conditions,
  alias: string,
  term: string,
  columns: SearchedColumns,
  { table, key }: { table: string; key: string },
): TextMatch {
  const condition = search(where, term, columns);
  return {
    test: condition(alias),
    indexed: `${alias}.id in (select s.${key} from ${table} s where ${
      condition("s")
    })`,
  };
}

/**
 * The conditions of a listing's scope that the indexes in list order know of. The ids are written
 * out, as a parameter that only some of a search's statements had would be an error.
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

/** Makes the parameter of a search. @returns the condition for rows of an alias */
function search(
  where: Conditions,
  term: string,
  { names, texts = [] }: SearchedColumns,
): (alias: string) => string {
  const trimmed = term.trim();
  const short = [...trimmed].length < SHORT;
  const columns = short ? names : [...names, ...texts];
  if (columns.length === 0) return () => "false";
  const pattern = short
    ? where.value(`${escapeLike(trimmed)}%`, "text")
    : where.value(searchPattern(term), "text");
  return (alias) =>
    columns.map((column) =>
      short
        ? `lower(${alias}.${column}) like lower(${pattern})`
        : `${alias}.${column} ilike ${pattern}`
    ).join(" or ");
}
