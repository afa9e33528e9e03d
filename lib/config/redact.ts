import type { Config } from "./types.ts";

const HIDDEN = "(hidden)";
const SECRET_KEYS = new Set([
  "password",
  "adminPassword",
  "accessKey",
  "secretKey",
]);

/** A copy that may be shown: every secret is replaced by "(hidden)". */
export function redact(config: Config): Record<string, unknown> {
  return redactValue(config) as Record<string, unknown>;
}

function redactValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (inner === undefined) return [key, inner];
      if (SECRET_KEYS.has(key)) return [key, HIDDEN];
      if (key === "connection" && typeof inner === "string") {
        return [key, hidePassword(inner)];
      }
      // A plugin's settings are its own; any of them may be a key.
      if (key === "config" && typeof inner === "object") {
        return [key, HIDDEN];
      }
      return [key, redactValue(inner)];
    }),
  );
}

/** A URL without its password. */
function hidePassword(text: string): string {
  if (!URL.canParse(text)) return HIDDEN;
  const url = new URL(text);
  if (url.password) url.password = "hidden";
  return url.href;
}

/**
 * Freezes a value and all it holds, and lets it show itself redacted wherever it is inspected,
 * converted to text or written as JSON. The hooks are not enumerable, so posting the
 * value to a worker leaves them behind; freeze it again there.
 */
export function freezeConfig<T extends object>(value: T): Readonly<T> {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) freezeConfig(inner);
  }
  if (!Array.isArray(value)) {
    const show = () => redactValue(value);
    const hooks = {
      toJSON: show,
      toString: () => JSON.stringify(show()),
      [Symbol.for("Deno.customInspect")]: (
        inspect: typeof Deno.inspect,
        options: Deno.InspectOptions,
      ) => inspect(show(), options),
      [Symbol.for("nodejs.util.inspect.custom")]: show,
    };
    for (const key of Reflect.ownKeys(hooks)) {
      const hook = hooks[key as keyof typeof hooks];
      Object.defineProperty(value, key, { value: hook, enumerable: false });
    }
  }
  return Object.freeze(value);
}
