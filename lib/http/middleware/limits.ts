import { LemmyError } from "../../domain/errors.ts";
import { tooManyRequests } from "../error_response.ts";
import { exchangeOf } from "../exchange.ts";
import { isRepeated } from "../idempotency.ts";
import { isCounted } from "../request_kind.ts";
import { define } from "../state.ts";
import { preflight } from "../cors.ts";

/** Refuses a request that a signed-in user has sent before (accounts-and-site §9.3): 422, empty. */
export const idempotency = define.middleware((ctx) => {
  const { req } = ctx;
  const { viewer, services } = exchangeOf(req);
  const key = req.headers.get("idempotency-key");
  if (
    key !== null && viewer !== null &&
    (req.method === "POST" || req.method === "PUT") &&
    isRepeated(services.shared.idempotency, viewer.local_user.id, key)
  ) return new Response(null, { status: 422 });
  return ctx.next();
});

/** Answers preflights of browsers and counts every page view and API request once (§4.6). */
export const requestLimits = define.middleware((ctx) => {
  const { req, url } = ctx;
  const exchange = exchangeOf(req);
  const { api, limits, services } = exchange;
  if (api) {
    const answer = preflight(req, services.config);
    if (answer) return answer;
  }
  if (!isCounted(url.pathname, req.headers.get("accept"))) return ctx.next();
  try {
    limits.countRequest();
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    return tooManyRequests(exchange);
  }
  return ctx.next();
});
