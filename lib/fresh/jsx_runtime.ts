/**
 * Preact's JSX runtime with one fault mended. `deno.json` maps
 * `preact/jsx-runtime` to it, for JSX compiled on the server.
 */
// The development entry is the same module; the plain one leads here.
import { jsxEscape as escapeChild } from "preact/jsx-dev-runtime";

export * from "preact/jsx-dev-runtime";

type Child = Parameters<typeof escapeChild>[0];

/**
 * Escapes a dynamic child of a precompiled template. Lists stay as they are:
 * the renderer escapes what is in them. Preact would escape their texts here as
 * well, in place, so that `&` showed as `&amp;`, and more so on each use.
 */
export function jsxEscape(value: Child): ReturnType<typeof escapeChild> {
  return Array.isArray(value)
    ? value as ReturnType<typeof escapeChild>
    : escapeChild(value);
}
