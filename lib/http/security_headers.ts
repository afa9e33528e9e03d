import type { Config } from "../config/mod.ts";

/**
 * Content Security Policy of pages (web-ui §9.2). It allows no inline script or style at all, so it
 * is the same for every page and holds for cached ones. Images may come from any https host until
 * the site proxies them; forms go to this site only.
 */
const POLICY = policyWith([]);

/**
 * The policy of a page whose forms may also lead to other sites: browsers hold redirects after a
 * form to it as well.
 * @param targets addresses there, of which the origins count
 */
export function formPolicy(targets: readonly string[]): string {
  return policyWith(targets.map((target) => new URL(target).origin));
}

function policyWith(formOrigins: readonly string[]): string {
  const forms = ["'self'", ...new Set(formOrigins)].join(" ");
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' https: data: blob:",
    "media-src 'self' https: data:",
    "connect-src 'self'",
    "frame-src https:",
    `form-action ${forms}`,
    "base-uri 'self'",
    "manifest-src 'self'",
    "font-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** For answers that are no pages: whatever a browser takes them for, they load and run nothing. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'; sandbox";

const TWO_YEARS_SECONDS = 2 * 365 * 24 * 3600;

/** Adds the headers of web-ui §9.2 and §9.3; a policy that the handler chose is kept. */
export function addSecurityHeaders(
  headers: Headers,
  config: Pick<Config, "tlsEnabled">,
): void {
  const type = headers.get("content-type") ?? "";
  const page = type.startsWith("text/html");
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "same-origin");
  if (!headers.has("content-security-policy")) {
    if (page) headers.set("content-security-policy", POLICY);
    else if (/^(?:image\/svg|application\/xml|text\/xml)/.test(type)) {
      headers.set("content-security-policy", NO_PAGE);
    }
  }
  if (page) {
    headers.set(
      "permissions-policy",
      "camera=(), microphone=(), geolocation=()",
    );
    headers.set("cross-origin-opener-policy", "same-origin");
  }
  if (config.tlsEnabled) {
    headers.set(
      "strict-transport-security",
      `max-age=${TWO_YEARS_SECONDS}`,
    );
  }
}
