import type { Viewer } from "../domain/account/session.ts";
import type { ClientLimits } from "./rate_limits.ts";
import type { Services } from "./services.ts";
import type { RequestClient } from "./state.ts";

/** What is known of a request outside of Fresh, and what its handling found out. */
export interface Exchange {
  services: Services;
  requestId: string;
  client: RequestClient;
  limits: ClientLimits;
  /** Whether it belongs to the API, whose answers are JSON. */
  api: boolean;
  /** Set by the session middleware. */
  viewer: Viewer | null;
}

const exchanges = new WeakMap<Request, Exchange>();

export function setExchange(req: Request, exchange: Exchange): void {
  exchanges.set(req, exchange);
}

/** The exchange that a request belongs to; every request that reaches the app has one. */
export function exchangeOf(req: Request): Exchange {
  const exchange = exchanges.get(req);
  if (!exchange) throw new Error("the request did not pass through the front");
  return exchange;
}
