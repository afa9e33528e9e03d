import { z } from "zod";
import { BodyError } from "../../http/body.ts";

/** Where a request's values come from; names the error message. */
type Source = "Json" | "Query";

/**
 * Checks a JSON body that has been parsed. Members that are null count as absent.
 * @throws BodyError naming the field
 */
export function parseBody<Schema extends z.ZodObject>(
  schema: Schema,
  body: unknown,
): z.output<Schema> {
  const given = typeof body === "object" && body !== null &&
      !Array.isArray(body)
    ? Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== null),
    )
    : body;
  return check(schema, given, "Json");
}

/**
 * Checks a query string: numbers are digits, booleans `true` or `false`.
 * @throws BodyError naming the field
 */
export function parseQuery<Schema extends z.ZodObject>(
  schema: Schema,
  query: URLSearchParams,
): z.output<Schema> {
  const given: Record<string, unknown> = {};
  for (const [key, value] of query) {
    if (!Object.hasOwn(schema.shape, key)) continue;
    if (Object.hasOwn(given, key)) {
      throw new BodyError(
        400,
        `Query deserialize error: ${key} is given twice`,
      );
    }
    given[key] = fromText(schema.shape[key], value);
  }
  return check(schema, given, "Query");
}

function fromText(schema: z.core.$ZodType, value: string): unknown {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  if (inner instanceof z.ZodNumber && /^-?\d+$/.test(value)) {
    return Number(value);
  }
  if (inner instanceof z.ZodBoolean && /^(true|false)$/.test(value)) {
    return value === "true";
  }
  return value;
}

function check<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  source: Source,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  throw new BodyError(
    400,
    `${source} deserialize error: ${where}${issue.message}`,
  );
}
