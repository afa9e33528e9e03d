import { HttpError } from "fresh";
import { isConnectionError } from "../db/connection.ts";
import { LemmyError } from "../domain/errors.ts";
import type { Exchange } from "./exchange.ts";
import { plainErrorPage } from "./plain_page.ts";

/** Seconds after which a request may succeed again; a database restarts in less. */
const RETRY_AFTER = 2;

/** The API's answer to an error (accounts-and-site §7.1). */
export function apiError(error: unknown): Response {
  if (error instanceof LemmyError) {
    const { code, detail, status } = error;
    const cause = code.replace(
      /(?:^|_)(\w)/g,
      (_, letter) => letter.toUpperCase(),
    );
    return Response.json({ error: code, message: detail, cause }, { status });
  }
  if (error instanceof HttpError) {
    if (error.status === 404 || error.status === 405) {
      return new Response(null, { status: error.status });
    }
    return unknownError(error.status, error.message);
  }
  return unknownError(500, "internal server error");
}

function unknownError(
  status: number,
  message: string,
  headers?: HeadersInit,
): Response {
  return Response.json({ error: "unknown", message }, { status, headers });
}

/** 503 with `Retry-After` if the error says that the database is away, else null. */
export function unavailable(
  error: unknown,
  exchange: Exchange,
): Response | null {
  if (!isConnectionError(error)) return null;
  const headers = { "retry-after": String(RETRY_AFTER) };
  const { api, requestId, client } = exchange;
  if (api) {
    return unknownError(503, "the database is not available", headers);
  }
  return plainErrorPage(503, {
    requestId,
    acceptLanguage: client.acceptLanguage,
    headers,
    wait: RETRY_AFTER,
  });
}

/** A refusal that no page need be rendered for: JSON to API clients, a plain page to people. */
export function refusal(
  exchange: Exchange,
  status: number,
  message: string,
  headers?: HeadersInit,
): Response {
  const { api, requestId, client } = exchange;
  if (api) return unknownError(status, message, headers);
  return plainErrorPage(status, {
    requestId,
    acceptLanguage: client.acceptLanguage,
    headers,
  });
}

/** 429 that costs next to nothing, for senders who exceed the limit of all requests. */
export function tooManyRequests(exchange: Exchange): Response {
  const { api, requestId, client, limits } = exchange;
  if (api) {
    return Response.json({ error: "too_many_requests" }, { status: 429 });
  }
  const headers = limits.headers();
  return plainErrorPage(429, {
    requestId,
    acceptLanguage: client.acceptLanguage,
    headers,
    wait: Number(headers.get("retry-after")),
  });
}
