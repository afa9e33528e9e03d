import type { Config } from "../config/mod.ts";

/** Name of the session cookie; Lemmy's API reads the same (design §7). */
export const SESSION_COOKIE = "jwt";
export const FLASH_COOKIE = "flash";
/** Interface language of visitors without an account. */
export const LANGUAGE_COOKIE = "language";

const YEAR_SECONDS = 365 * 24 * 3600;

/** The value of a cookie in a `Cookie` header, or null. */
export function cookieValue(
  header: string | null,
  name: string,
): string | null {
  if (header === null) return null;
  for (const part of header.split(";")) {
    const start = part.indexOf("=");
    if (start !== -1 && part.slice(0, start).trim() === name) {
      return part.slice(start + 1).trim().replace(/^"(.*)"$/, "$1");
    }
  }
  return null;
}

export interface CookieOptions {
  /** Seconds to live; absent: until the browser is closed; 0 removes it. */
  maxAge?: number;
  httpOnly?: boolean;
  sameSite?: "Lax" | "Strict";
}

/** A `Set-Cookie` value for the whole site. The value must not need quoting. */
export function setCookie(
  config: Pick<Config, "tlsEnabled">,
  name: string,
  value: string,
  options: CookieOptions = {},
): string {
  const { maxAge, httpOnly = true, sameSite = "Lax" } = options;
  return [
    `${name}=${value}`,
    "Path=/",
    ...(maxAge === undefined ? [] : [`Max-Age=${maxAge}`]),
    ...(httpOnly ? ["HttpOnly"] : []),
    `SameSite=${sameSite}`,
    ...(config.tlsEnabled ? ["Secure"] : []),
  ].join("; ");
}

/** Signs a browser in: for a year, or until it is closed. */
export function sessionCookie(
  config: Pick<Config, "tlsEnabled">,
  token: string,
  options: { stayLoggedIn: boolean },
): string {
  return setCookie(config, SESSION_COOKIE, token, {
    maxAge: options.stayLoggedIn ? YEAR_SECONDS : undefined,
  });
}

/** Signs a browser out. */
export function endSessionCookie(config: Pick<Config, "tlsEnabled">): string {
  return setCookie(config, SESSION_COOKIE, "", { maxAge: 0 });
}
