import { LemmyError } from "../../domain/errors.ts";
import { readJson } from "../../http/body.ts";
import type { State } from "../../http/state.ts";
import type { AnyEndpoint } from "./endpoint.ts";
import { errorResponse } from "./errors.ts";
import { openApi } from "./openapi.ts";
import { parseBody, parseQuery } from "./parse.ts";
import { nothing } from "./schema.ts";
import { serveImage } from "./serve_image.ts";
import { ENDPOINTS } from "./table.ts";

const BASE = "/api/v4";

const routes = new Map<string, AnyEndpoint>(
  Object.values(ENDPOINTS).flatMap((endpoint: AnyEndpoint) =>
    [endpoint, ...endpoint.also ?? []].map((
      { method, path },
    ): [string, AnyEndpoint] => [`${method} ${path}`, endpoint])
  ),
);

/**
 * Answers a request below `/api/v4` (content §0, accounts-and-site §7): login requirement, rate
 * limits, parsing, then the one operation behind the endpoint. An unknown route is an empty 404.
 * Errors without a code of the API are thrown on to the server.
 */
export async function handleApiV4(
  state: State,
  request: Request,
): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname.slice(BASE.length);
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (path === "/openapi.json" && method === "GET") {
    return Response.json(openApi());
  }
  const endpoint = routes.get(`${method} ${path}`);
  try {
    if (endpoint) return await call(endpoint, state, request, url);
    const image = method === "GET"
      ? await serveImage(state, request, url)
      : null;
    return image ?? new Response(null, { status: 404 });
  } catch (error) {
    const answer = errorResponse(request, error);
    if (!answer) throw error;
    return answer;
  }
}

async function call(
  endpoint: AnyEndpoint,
  state: State,
  request: Request,
  url: URL,
): Promise<Response> {
  state.limits.take("message");
  if (endpoint.bucket) state.limits.take(endpoint.bucket);
  if (endpoint.auth === "user" && !state.ctx.viewer) {
    throw new LemmyError("incorrect_login");
  }
  const headers = new Headers();
  const input = await readInput(endpoint, request, url);
  const answer = await endpoint.handle(
    { ctx: state.ctx, state, request, headers },
    input,
  );
  return Response.json(answer, { headers });
}

async function readInput(
  { method, request: schema, upload }: AnyEndpoint,
  request: Request,
  url: URL,
): Promise<unknown> {
  if (schema === nothing) return {};
  return method === "GET" || upload
    ? parseQuery(schema, url.searchParams)
    : parseBody(schema, await readJson(request));
}
