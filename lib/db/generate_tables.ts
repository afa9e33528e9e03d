import type { Sql } from "./connection.ts";

/** TypeScript types of what postgres.js returns with the parsers of `connection.ts`. */
const TYPES: Record<string, string> = {
  int2: "number",
  _int4: "number[]",
  varbit: "string",
  int4: "number",
  int8: "number",
  float4: "number",
  float8: "number",
  bool: "boolean",
  text: "string",
  _text: "string[]",
  timestamptz: "string",
  xid8: "string",
  bytea: "Uint8Array",
  jsonb: "unknown",
};

/**
 * Writes the module `tables.ts` from a migrated database, so that the migrations stay the one
 * description of the schema. A column that PostgreSQL fills by itself is `Generated`, a
 * timestamp is RFC 3339 text.
 */
export async function generateTables(sql: Sql): Promise<string> {
  const columns = await sql<
    {
      table: string;
      column: string;
      type: string;
      nullable: boolean;
      filled: boolean;
      always: boolean;
    }[]
  >`
    select c.relname as "table", a.attname as "column", t.typname as "type",
      not a.attnotnull as nullable, a.atthasdef or a.attidentity <> '' as filled,
      a.attidentity = 'a' or a.attgenerated <> '' as "always"
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    join pg_type t on t.oid = a.atttypid
    where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      and c.relname <> 'tundra_migration'
    order by c.relname, a.attnum`;
  const tables = new Map<string, string[]>();
  for (const c of columns) {
    const base = TYPES[c.type];
    if (!base) {
      throw new Error(`no type for ${c.table}.${c.column} (${c.type})`);
    }
    let type = c.nullable ? `${base} | null` : base;
    if (c.always) type = `GeneratedAlways<${type}>`;
    else if (c.filled) type = `Generated<${type}>`;
    const lines = tables.get(c.table) ?? [];
    lines.push(`  ${c.column}: ${type};`);
    tables.set(c.table, lines);
  }
  const name = (table: string) =>
    table.replace(/(^|_)([a-z])/g, (_, __, letter) => letter.toUpperCase()) +
    "Table";
  const interfaces = [...tables].map(([table, lines]) =>
    `export interface ${name(table)} {\n${lines.join("\n")}\n}\n`
  );
  const members = [...tables.keys()].map((t) => `  ${t}: ${name(t)};`);
  return [
    "// Generated from the migrations by `deno task tables`. Do not edit.",
    "",
    'import type { Generated, GeneratedAlways } from "kysely";',
    "",
    ...interfaces,
    "/** Row types of all tables, for Kysely. */",
    `export interface Database {\n${members.join("\n")}\n}\n`,
  ].join("\n");
}
