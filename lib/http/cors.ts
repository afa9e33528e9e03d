import type { Config } from "../config/mod.ts";

const PREFLIGHT_SECONDS = 3600;

/** Whether a page of this origin may read our answers (accounts-and-site §9.5). */
function isAllowed(
  origin: string,
  config: Pick<Config, "corsOrigin" | "origin">,
): boolean {
  const { corsOrigin } = config;
  return corsOrigin.length === 0 || corsOrigin.includes("*") ||
    origin === config.origin || corsOrigin.includes(origin);
}

/** The answer to a browser's question before a cross-origin request; null if it is not one. */
export function preflight(
  req: Request,
  config: Pick<Config, "corsOrigin" | "origin">,
): Response | null {
  const origin = req.headers.get("origin");
  const method = req.headers.get("access-control-request-method");
  if (req.method !== "OPTIONS" || origin === null || method === null) {
    return null;
  }
  if (!isAllowed(origin, config)) {
    return Response.json({
      error: "unknown",
      message: "Origin is not allowed to make this request",
    }, { status: 400 });
  }
  const headers = new Headers({
    "access-control-allow-origin": origin,
    "access-control-allow-methods": method,
    "access-control-max-age": String(PREFLIGHT_SECONDS),
    vary:
      "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
  });
  const asked = req.headers.get("access-control-request-headers");
  if (asked !== null) headers.set("access-control-allow-headers", asked);
  return new Response(null, { status: 200, headers });
}

/** Lets pages of allowed origins read an answer and all its headers. */
export function allowOrigin(
  headers: Headers,
  origin: string | null,
  config: Pick<Config, "corsOrigin" | "origin">,
): void {
  if (origin === null || !isAllowed(origin, config)) return;
  headers.set("access-control-allow-origin", origin);
  headers.set(
    "access-control-expose-headers",
    [...new Set([...headers.keys(), "content-encoding", "content-length"])]
      .filter((name) => !name.startsWith("access-control-")).join(", "),
  );
}
