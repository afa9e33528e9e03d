import { makeStorable } from "../domain/text/rules.ts";
import { FederationError } from "./errors.ts";

/** Deeper JSON means nothing to anybody here, and would exhaust the stack of what reads it. */
const MAX_DEPTH = 64;

/**
 * Parses JSON of another server; its texts come without characters that cannot be stored.
 * @throws FederationError `unreadable` for what is no JSON, nested too deep, or has a member whose
 * name cannot be stored
 */
export function parseJson(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) {
    throw new FederationError("unreadable", "is nested too deep");
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FederationError("unreadable", "is no JSON", { cause });
  }
  return UNSTORABLE.test(text) ? storable(value) : value;
}

/** Escapes of characters that PostgreSQL cannot store. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i;

/** The JSON text to store for a value that `parseJson` made of this one. */
export function storableJson(text: string, value: unknown): string {
  return UNSTORABLE.test(text) ? JSON.stringify(value) : text;
}

function storable(value: unknown): unknown {
  if (typeof value === "string") return makeStorable(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      // Mended, it could take the place of another member, such as the actor who was verified.
      if (makeStorable(key) !== key) {
        throw new FederationError("unreadable", "has a name of odd characters");
      }
      return [key, storable(member)];
    }),
  );
}

/** How deep the brackets of a JSON text are nested, those in strings left out. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 92) i++;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 123 || code === 91) deepest = Math.max(deepest, ++depth);
    else if (code === 125 || code === 93) depth--;
  }
  return deepest;
}
