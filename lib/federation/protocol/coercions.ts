import { z } from "zod";
import { makeStorable } from "../../domain/text/rules.ts";
import { FederationError } from "../errors.ts";
import { PUBLIC } from "../ids.ts";

/**
 * How other servers' JSON is read (§2.2): plain JSON, never expanded, unknown members ignored,
 * `null` the same as absent. Ids come out as the URL parser writes them, texts without what
 * PostgreSQL cannot store.
 */

/** Longer ids would not fit into an index. */
const MAX_ID = 2000;

/** Any text. */
export const text = z.string().transform(makeStorable);

/** An absolute http(s) URL in the URL parser's notation, or undefined. */
function idOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const url = URL.parse(value);
  return url && /^https?:$/.test(url.protocol) && url.href.length <= MAX_ID
    ? url.href
    : undefined;
}

/** The id of an object or actor. */
export const id = z.unknown().transform((value, context) => {
  const found = idOf(value);
  if (found === undefined) {
    context.addIssue({ code: "custom", message: "is no id" });
    return z.NEVER;
  }
  return found;
});

/** **ref**: an id, or an embedded object, of which the id counts. */
export const ref = z.unknown().transform((value, context) => {
  const found = refOf(value);
  if (found === undefined) {
    context.addIssue({ code: "custom", message: "names no object" });
    return z.NEVER;
  }
  return found;
});

/** The id that a string or an embedded object gives, or undefined. */
export function refOf(value: unknown): string | undefined {
  return idOf(isObject(value) ? value.id : value);
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** No vocabulary has a longer name of a type. */
const MAX_TYPE = 100;

/** The name of a type. */
export const typeName = z.string().max(MAX_TYPE);

/** The type of an object; empty for whatever is no name of one. */
export function typeOf({ type }: Record<string, unknown>): string {
  return typeName.safeParse(type).data ?? "";
}

/** Absent or `null` is undefined. */
export function maybe<S extends z.ZodType>(schema: S) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** **skip**: whatever has not the expected shape counts as absent. */
export function skip<S extends z.ZodType>(schema: S) {
  return z.unknown().optional().transform((value): z.output<S> | undefined => {
    const read = schema.safeParse(value);
    return read.success ? read.data : undefined;
  });
}

/** **one**: a single value, or an array with exactly one. */
export function one<S extends z.ZodType>(schema: S) {
  return z.unknown().transform((value, context): z.output<S> => {
    const single = Array.isArray(value) && value.length === 1
      ? value[0]
      : value;
    const read = schema.safeParse(single);
    if (read.success) return read.data;
    context.addIssue({ code: "custom", message: "is not exactly one" });
    return z.NEVER;
  });
}

/** **last**: a single value, or the last of an array; any other shape is absent. */
export function last<S extends z.ZodType>(schema: S) {
  const single = skip(schema);
  return z.unknown().optional().transform((value): z.output<S> | undefined =>
    single.parse(Array.isArray(value) ? value.at(-1) : value)
  );
}

/** **list**: an array, a single value for one of its own; elements of other shapes are dropped. */
export function list<S extends z.ZodType>(schema: S) {
  return z.unknown().optional().transform((value): z.output<S>[] =>
    asArray(value).flatMap((element) => {
      const read = schema.safeParse(element);
      return read.success ? [read.data] : [];
    })
  );
}

function asArray(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/**
 * **urls**: a string or an array of ids, `Public` in any of its forms written out, repetitions
 * dropped. Absent is none.
 */
export const urls = z.unknown().optional().transform((value, context) => {
  const found = new Set<string>();
  for (const element of asArray(value)) {
    const url = element === "Public" || element === "as:Public"
      ? PUBLIC
      : refOf(element);
    if (url === undefined) {
      context.addIssue({ code: "custom", message: "is no list of ids" });
      return z.NEVER;
    }
    found.add(url);
  }
  return [...found];
});

const TIME =
  /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:0\d|1[0-5]):\d\d)$/;

/** Whether it is an instant to PostgreSQL as well, which knows no 30th of February. */
function isInstant(value: string): boolean {
  const day = TIME.exec(value)?.[1];
  return day !== undefined && Date.parse(value) > 0 &&
    new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/**
 * An instant of RFC 3339, as it is written, so that nothing below a millisecond is lost. What is no
 * instant, or is before there was anything to publish, counts as absent.
 */
export const time = skip(
  z.string().refine(isInstant),
);

/** Whether something is so; any other shape is absent. */
export const flag = skip(z.boolean());

/**
 * Reads another server's JSON.
 * @throws FederationError `unreadable`, which names the first member that is not as it must be
 */
export function read<S extends z.ZodType>(
  schema: S,
  json: unknown,
): z.output<S> {
  const found = schema.safeParse(json);
  if (found.success) return found.data;
  const [{ path, message }] = found.error.issues;
  throw new FederationError(
    "unreadable",
    [path.join("."), message].filter((part) => part !== "").join(": "),
  );
}
