import { isRead } from "./request_kind.ts";

/** Headers that describe a body, which a 304 has none of. */
const OF_BODY = ["content-type", "content-length", "content-encoding"];

/**
 * The answer for a reader who has it already: 304 in place of a success whose `ETag` or
 * `Last-Modified` the request names (RFC 9110 §13).
 */
export function conditional(req: Request, response: Response): Response {
  if (
    !isRead(req) || response.status !== 200 || !isKnown(req.headers, response)
  ) {
    return response;
  }
  const headers = new Headers(response.headers);
  for (const name of OF_BODY) headers.delete(name);
  response.body?.cancel();
  return new Response(null, { status: 304, headers });
}

function isKnown(request: Headers, { headers }: Response): boolean {
  const etag = headers.get("etag");
  const known = request.get("if-none-match");
  if (known !== null) {
    // Two weak names of one thing are equal where only reading is meant.
    return etag !== null &&
      (known.trim() === "*" ||
        known.split(",").some((tag) => weak(tag.trim()) === weak(etag)));
  }
  const modified = Date.parse(headers.get("last-modified") ?? "");
  const since = Date.parse(request.get("if-modified-since") ?? "");
  return since >= modified;
}

function weak(tag: string): string {
  return tag.replace(/^W\//, "");
}
