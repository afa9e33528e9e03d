import { refusal } from "../error_response.ts";
import { exchangeOf } from "../exchange.ts";
import { isServicePath, sessionToken } from "../request_kind.ts";
import { define } from "../state.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses changes that another site's page could have a browser make (design §7): requests that
 * the cookie authenticates, and every form, must come from our own pages. Requests with a bearer
 * token, API clients without cookie and other servers are not checked.
 */
export const sameOrigin = define.middleware((ctx) => {
  const { req, url } = ctx;
  if (SAFE.has(req.method)) return ctx.next();
  const exchange = exchangeOf(req);
  const token = sessionToken(req.headers);
  const exempt = token?.kind === "bearer" || isServicePath(url.pathname) ||
    exchange.api && token === null;
  if (
    exempt || isSameOrigin(req.headers, url.host, exchange.services.config)
  ) return ctx.next();
  return refusal(exchange, 403, "the request does not come from this site");
});

/** Whether a browser says that the request comes from a page of ours. */
export function isSameOrigin(
  headers: Headers,
  ownHost: string,
  config: { hostname: string },
): boolean {
  const site = headers.get("sec-fetch-site");
  // "none": the person's own doing, such as sending a form again after a restart of the browser.
  if (site !== null) return site === "same-origin" || site === "none";
  const source = headers.get("origin") ?? headers.get("referer");
  if (source === null || !URL.canParse(source)) return false;
  const { host, protocol } = new URL(source);
  return /^https?:$/.test(protocol) &&
    (host === config.hostname || host === ownHost);
}
