import Hjson from "hjson";
import type { z } from "zod";
import { OperatorError } from "./operator_error.ts";
import {
  type ConfigFile,
  fileSchema,
  isSecret,
  OLD_KEYS,
} from "./file_schema.ts";

/**
 * Reads and checks a `lemmy.hjson`. Throws one {@link OperatorError} with a line for every fault:
 * file, key, value (never a secret one), and what is allowed.
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new OperatorError(
      `${path}: cannot be read (${
        (error as Error).message
      }); LEMMY_CONFIG_LOCATION or --config names the file`,
      { exitCode: 2, cause: error },
    );
  }
  return parseConfigFile(text, path);
}

/** The same for a text; `path` is for the messages. */
export function parseConfigFile(text: string, path: string): ConfigFile {
  let raw: unknown;
  try {
    raw = text.trim() === "" ? {} : Hjson.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    // The parser quotes the text behind ">>>", which may be a password.
    const reason = (error as Error).message.split(" >>>")[0];
    throw new OperatorError(`${path}: not valid Hjson: ${reason}`, {
      exitCode: 2,
    });
  }
  const result = fileSchema.safeParse(raw);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => describe(issue, raw));
  throw new OperatorError(
    faults.map((fault) => `${path}: ${fault}`).join("\n"),
    { exitCode: 2 },
  );
}

function describe(issue: z.core.$ZodIssue, raw: unknown): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...path, key]));
  }
  // A choice of blocks: the alternative that the operator began to write tells more.
  if (issue.code === "invalid_union") {
    const branch = issue.errors.find((issues) =>
      issues.every(({ path }) => path.length > 0)
    );
    if (branch) {
      return branch.flatMap((inner) =>
        describe({ ...inner, path: [...issue.path, ...inner.path] }, raw)
      );
    }
  }
  const value = path.reduce<unknown>(
    (at, key) => (at as Record<string, unknown> | undefined)?.[key],
    raw,
  );
  const key = path.join(".") || "the file";
  return value === undefined
    ? [`${key} is missing; expected ${issue.message}`]
    : [
      `${key}: ${show(path, value)} is not allowed; expected ${issue.message}`,
    ];
}

function unknownKey(path: string[]): string {
  const key = path.join(".");
  const old = OLD_KEYS[key] ?? OLD_KEYS[path[0]];
  if (old) return `${key} belongs to an older version: ${old}`;
  const known = knownKeys(path.slice(0, -1));
  const where = path.length > 1
    ? `in ${path.slice(0, -1).join(".")}`
    : "at the top level";
  return `unknown key ${key}; ${where} are allowed: ${known.join(", ")}`;
}

/** Names of the keys that a block may have, found by walking the schema. */
function knownKeys(path: string[]): string[] {
  let schemas: unknown[] = [fileSchema];
  for (const key of path) {
    schemas = schemas.flatMap(unwrap).map((schema) =>
      /^\d+$/.test(key)
        ? (schema as { element?: unknown }).element
        : (schema as { shape?: Record<string, unknown> }).shape?.[key]
    ).filter((schema) => schema !== undefined);
  }
  return schemas.flatMap(unwrap).flatMap((schema) =>
    Object.keys((schema as { shape?: object }).shape ?? {})
  );
}

/** What an optional, nullable or alternative schema consists of. */
function unwrap(schema: unknown): unknown[] {
  const { options, unwrap: inner } = schema as {
    options?: unknown[];
    unwrap?: () => unknown;
    element?: unknown;
  };
  if (options) return options.flatMap(unwrap);
  const isArray = "element" in (schema as object);
  return inner && !isArray ? unwrap(inner.call(schema)) : [schema];
}

function show(path: string[], value: unknown): string {
  const named = path.filter((key) => !/^\d+$/.test(key)).join(".");
  if (isSecret(named)) return "the value (hidden, it is secret)";
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "a list" : "a block";
  }
  return JSON.stringify(value);
}
