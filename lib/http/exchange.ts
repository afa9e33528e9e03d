import type { Viewer } from "../domain/account/session.ts";
import { ClientLimits } from "./rate_limits.ts";
import { isApiPath, pathOf } from "./request_kind.ts";
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

/** Begins the exchange of a request that has just come. */
export function newExchange(
  services: Services,
  req: Request,
  info: Deno.ServeHandlerInfo,
): Exchange {
  const peer = (info.remoteAddr as Deno.NetAddr).hostname;
  const client = services.clients.clientOf(req.headers, peer);
  const exchange: Exchange = {
    services,
    requestId: newRequestId(),
    client,
    limits: new ClientLimits(
      services.shared.limits,
      client.ip,
      () => services.lastSite!.local_site_rate_limit,
    ),
    api: isApiPath(pathOf(req.url)),
    viewer: null,
  };
  exchanges.set(req, exchange);
  return exchange;
}

/** Lets another request object stand for the same exchange. */
export function setExchange(req: Request, exchange: Exchange): void {
  exchanges.set(req, exchange);
}

/** The exchange that a request belongs to; every request that reaches the app has one. */
export function exchangeOf(req: Request): Exchange {
  const exchange = exchanges.get(req);
  if (!exchange) throw new Error("the request did not pass through the front");
  return exchange;
}

/** Unique enough for a log, and short enough to be read out by a person. */
function newRequestId(): string {
  return Math.random().toString(36).slice(2, 10).padEnd(8, "0") +
    Date.now().toString(36).slice(-4);
}
