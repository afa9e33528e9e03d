import { LemmyError } from "../domain/errors.ts";
import { addCacheHeaders, addVary } from "./cache_headers.ts";
import {
  chooseEncoding,
  compress,
  isCompressible,
  MIN_COMPRESSED_BYTES,
} from "./compress.ts";
import { conditional } from "./conditional.ts";
import { allowOrigin } from "./cors.ts";
import {
  apiError,
  refusal,
  tooManyRequests,
  unavailable,
} from "./error_response.ts";
import { type Exchange, newExchange, setExchange } from "./exchange.ts";
import { PageCache } from "./page_cache.ts";
import {
  isAssetPath,
  isCounted,
  isInboxPath,
  pathOf,
  sessionToken,
} from "./request_kind.ts";
import { addSecurityHeaders } from "./security_headers.ts";
import type { Services } from "./services.ts";

type Fetch = (
  req: Request,
  info: Deno.ServeHandlerInfo,
) => Response | Promise<Response>;

/** Methods after which pages may look different. */
const WRITES = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * What stands between the connection and the app: names and logs every request, serves anonymous
 * readers from memory, and gives every answer, error pages included, its headers and compression.
 */
export function createFront(services: Services, app: Fetch): Fetch {
  const { config, shared } = services;
  const log = services.log.module("http");
  const cache = new PageCache(shared);

  return async (req, info) => {
    const start = performance.now();
    const exchange = newExchange(services, req, info);
    const path = pathOf(req.url);
    let response: Response;
    try {
      const key = cache.keyOf(req, path);
      response = key === null
        ? await compressed(req, await answer(req, info, exchange))
        : await fromCache(key, req, info, exchange);
    } catch (error) {
      const away = unavailable(error, exchange);
      if (!away) {
        log.error("request failed", { request: exchange.requestId, error });
      }
      response = away ??
        (exchange.api
          ? apiError(error)
          : refusal(exchange, 500, "internal server error"));
      finish(req, response, exchange);
    }
    response = conditional(req, response);
    if (response.status >= 500) exchange.limits.refund();
    else if (
      WRITES.has(req.method) && response.status < 400 && !isInboxPath(path)
    ) {
      shared.contentChanged();
    }
    if (exchange.api) addApiHeaders(req, response, exchange);
    response.headers.set("x-request-id", exchange.requestId);
    const level = isAssetPath(path) ? "debug" : "info";
    if (log.enabled(level)) {
      log[level]("request", {
        id: exchange.requestId,
        client: exchange.client.ip,
        method: req.method,
        path: withoutToken(req.url.slice(req.url.indexOf("/", 8))),
        status: response.status,
        bytes: Number(response.headers.get("content-length") ?? 0),
        ms: Math.round((performance.now() - start) * 10) / 10,
        referer: req.headers.get("referer") ?? undefined,
        agent: exchange.client.userAgent,
      });
    }
    return response;
  };

  /** An answer of the app with its headers, not compressed. */
  async function answer(
    req: Request,
    info: Deno.ServeHandlerInfo,
    exchange: Exchange,
  ): Promise<Response> {
    let response = await app(req, info);
    const unrendered = response.status >= 500 && !exchange.api &&
      response.headers.get("content-type")?.startsWith("text/plain");
    if (unrendered) {
      response = refusal(exchange, response.status, "internal server error");
    }
    return finish(req, response, exchange);
  }

  function finish(
    req: Request,
    response: Response,
    exchange: Exchange,
  ): Response {
    const { headers } = response;
    addSecurityHeaders(headers, config);
    addCacheHeaders(response, {
      method: req.method,
      hasToken: sessionToken(req.headers) !== null,
      api: exchange.api,
    });
    return response;
  }

  async function fromCache(
    key: string,
    req: Request,
    info: Deno.ServeHandlerInfo,
    exchange: Exchange,
  ): Promise<Response> {
    if (services.siteIsOutdated) await services.site();
    const { url, headers } = req;
    try {
      if (isCounted(pathOf(url), headers.get("accept"))) {
        exchange.limits.countRequest();
      }
    } catch (error) {
      if (!(error instanceof LemmyError)) throw error;
      return finish(req, tooManyRequests(exchange), exchange);
    }
    const found = await cache.get(key, req, async (copy, background) => {
      // The readers of what is kept are counted one by one, not the rendering.
      const own = background ? newExchange(services, copy, info) : exchange;
      if (background) own.limits.markCounted();
      setExchange(copy, own);
      return await answer(copy, info, own);
    });
    if (found?.shared) return found.response;
    return await compressed(
      req,
      found?.response ?? await answer(req, info, exchange),
    );
  }

  function addApiHeaders(
    req: Request,
    { headers, status }: Response,
    exchange: Exchange,
  ): void {
    for (const [name, value] of exchange.limits.headers()) {
      headers.set(name, value);
    }
    // A repeated idempotency key is refused before anything is said about origins (§9.3).
    if (status !== 422) allowOrigin(headers, req.headers.get("origin"), config);
  }
}

/** An address without the token that private feeds carry in it. */
function withoutToken(path: string): string {
  return path.replace(
    /^(\/feeds\/(?:front|notifications|inbox|modlog)\/)[^/?]+(\.\w+)/,
    "$1…$2",
  );
}

/** Compresses a body that is worth it and is sent once. */
async function compressed(req: Request, response: Response): Promise<Response> {
  const { headers } = response;
  if (
    response.body === null || headers.has("content-encoding") ||
    !isCompressible(headers.get("content-type")) ||
    headers.get("cache-control")?.includes("no-transform")
  ) return response;
  addVary(headers, ["Accept-Encoding"]);
  const encoding = chooseEncoding(req.headers.get("accept-encoding"), "once");
  let bytes = new Uint8Array(await response.arrayBuffer());
  if (encoding !== null && bytes.byteLength >= MIN_COMPRESSED_BYTES) {
    bytes = await compress(bytes, encoding, "once");
    headers.set("content-encoding", encoding);
  }
  headers.set("content-length", String(bytes.byteLength));
  return new Response(bytes, {
    status: response.status,
    headers,
  });
}
