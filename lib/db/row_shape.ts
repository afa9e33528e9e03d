import type { CompiledQuery } from "kysely";

/** Makes an object of a row's values, which stand in the order of the columns. */
export type RowMaker = (values: readonly unknown[]) => unknown;

/** A statement whose rows are made into objects of a shape of their own. */
export interface ShapedQuery extends CompiledQuery {
  /**
   * Called once per statement with the names of its columns. Rows that are made thus cost a third
   * of what postgres.js's own take: those are filled name by name, which turns objects of more than
   * a dozen members into hash tables.
   */
  shape(names: readonly string[]): RowMaker;
}

/** The statement with the shape of its rows. */
export function shaped(
  query: CompiledQuery,
  shape: ShapedQuery["shape"],
): ShapedQuery {
  return { ...query, shape };
}

/** postgres.js keeps one list of columns for each statement of a connection. */
const makers = new WeakMap<object, RowMaker>();

/** The objects that the rows of a shaped statement stand for. */
export function makeRows(
  rows: Iterable<readonly unknown[]>,
  columns: readonly { name: string }[],
  shape: ShapedQuery["shape"],
): unknown[] {
  let make = makers.get(columns);
  if (make === undefined) {
    make = shape(columns.map((column) => column.name));
    makers.set(columns, make);
  }
  return Array.from(rows, make);
}
