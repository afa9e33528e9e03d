import { POST_LISTING_MODES } from "../domain/enums.ts";
import type { PostListingMode } from "../domain/views.ts";
import { cookieValue } from "./cookies.ts";
import type { State } from "./state.ts";

/**
 * Display choices of visitors without an account, one cookie each (web-ui §0.3). They change what
 * a page looks like, so caches of pages must tell their values apart.
 */
export const PREFERENCE_COOKIES = ["view", "theme", "language"] as const;

export type Preferences = Partial<
  Record<typeof PREFERENCE_COOKIES[number], string>
>;

const VALUE = /^[A-Za-z0-9_-]{1,40}$/;

/** The preference cookies of a request; values that cannot be ours are ignored. */
export function readPreferences(headers: Headers): Preferences {
  const preferences: Preferences = {};
  for (const part of (headers.get("cookie") ?? "").split(";")) {
    const [name, value] = part.trim().split("=", 2);
    const known = PREFERENCE_COOKIES.find((cookie) => cookie === name);
    if (known && value !== undefined && VALUE.test(value)) {
      preferences[known] = value;
    }
  }
  return preferences;
}

const YEAR_SECONDS = 365 * 24 * 3600;

/** `Set-Cookie` for a preference; null when the value cannot be one. */
export function preferenceCookie(
  name: typeof PREFERENCE_COOKIES[number],
  value: string,
  secure: boolean,
): string | null {
  if (!VALUE.test(value)) return null;
  return `${name}=${value}; Path=/; Max-Age=${YEAR_SECONDS}; SameSite=Lax; HttpOnly${
    secure ? "; Secure" : ""
  }`;
}

const CONSENT_COOKIE = "adultConsent";

/** Whether the visitor has accepted the site's content warning in this browser session. */
export function hasConsented(headers: Headers): boolean {
  return cookieValue(headers.get("cookie"), CONSENT_COOKIE) === "true";
}

/** `Set-Cookie` that remembers the consent until the browser is closed. */
export function consentCookie(secure: boolean): string {
  return `${CONSENT_COOKIE}=true; Path=/; SameSite=Strict; HttpOnly${
    secure ? "; Secure" : ""
  }`;
}

/** How posts are laid out for this reader: own setting, else cookie, else the site's. */
export function listingMode(state: State, headers: Headers): PostListingMode {
  const { viewer, site } = state.ctx;
  if (viewer) return viewer.local_user.post_listing_mode;
  const chosen = readPreferences(headers).view;
  return POST_LISTING_MODES.find((mode) => mode === chosen) ??
    site.local_site.default_post_listing_mode;
}

/** Themes that come with the program (web-ui §7); a style sheet overrides custom properties. */
export const THEMES = [
  "darkly",
  "darkly-red",
  "darkly-compact",
  "darkly-pureblack",
  "litely",
  "litely-red",
  "litely-compact",
] as const;

export interface Theme {
  /** What the page says of light and dark; null follows the system. */
  scheme: "light" | "dark" | null;
  /** Style sheets beside the base, each for a colour scheme or for all. */
  sheets: { name: string; media?: string }[];
}

/** The base style already is these two. */
const BUILT_IN = new Set(["litely", "darkly"]);

/**
 * The theme of a page (web-ui §7): the user's, else the cookie's, else the site's; "browser"
 * follows the system's colour scheme without any script.
 */
export function resolveTheme(state: State, headers: Headers): Theme {
  const { viewer, site } = state.ctx;
  let name: string = viewer?.local_user.theme ??
    readPreferences(headers).theme ?? "instance";
  const compact = name === "instance-compact";
  if (name === "instance" || compact) {
    name = site.local_site.default_theme;
    if (name === "instance" || name === "instance-compact") name = "browser";
  }
  if (name === "light") name = "litely";
  if (name === "dark") name = "darkly";
  const known = (THEMES as readonly string[]).includes(name);
  if (name === "browser" || name === "browser-compact" || !known) {
    if (!compact && name !== "browser-compact") {
      return { scheme: null, sheets: [] };
    }
    return { scheme: null, sheets: [{ name: "litely-compact" }] };
  }
  return {
    scheme: /dark/i.test(name) ? "dark" : "light",
    sheets: BUILT_IN.has(name) ? [] : [{ name }],
  };
}
