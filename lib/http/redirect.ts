import type { Context } from "fresh";
import { flashCookie } from "./flash.ts";
import type { Flash, State } from "./state.ts";

/**
 * Answers a form: 303 to a path of this site, with a message to show there (web-ui §0.2).
 * @param path path with query, as {@link returnPath} gives it
 */
export function seeOther(
  ctx: Context<State>,
  path: string,
  flash?: Flash,
): Response {
  const response = ctx.redirect(path, 303);
  if (flash) {
    const { config, site } = ctx.state.ctx;
    response.headers.append(
      "set-cookie",
      flashCookie(config, site.jwtSecret, flash),
    );
  }
  return response;
}

/**
 * The path that a form's hidden `return` field or `?prev=` names, or `fallback` when it is absent
 * or could lead to another site.
 */
export function returnPath(
  value: FormDataEntryValue | null | undefined,
  fallback = "/",
): string {
  if (typeof value !== "string" || !/^\/(?![/\\])/.test(value)) return fallback;
  const base = "http://this.invalid";
  if (!URL.canParse(value, base)) return fallback;
  const url = new URL(value, base);
  // Browsers drop tabs and line feeds before they look for a host.
  return url.origin === base && !url.pathname.startsWith("//")
    ? url.pathname + url.search + url.hash
    : fallback;
}
