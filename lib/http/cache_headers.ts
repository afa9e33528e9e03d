import { isRead } from "./request_kind.ts";

/**
 * Says how long and for whom an answer may be kept (accounts-and-site §9.6, web-ui §1.5), unless
 * its handler did. Whatever is no plain success of a reading request is not to be kept at all: a
 * redirect or an error of this minute may be wrong in the next.
 */
export function addCacheHeaders(
  response: { status: number; headers: Headers },
  request: { method: string; hasToken: boolean; api: boolean },
): void {
  const { headers, status } = response;
  if (headers.has("set-cookie")) headers.set("cache-control", "no-store");
  else if (!headers.has("cache-control")) {
    headers.set(
      "cache-control",
      !isRead(request) || (status !== 200 && status !== 301 && status !== 304)
        ? "no-store"
        : request.hasToken
        ? "private"
        : "public, max-age=60",
    );
  }
  addVary(
    headers,
    request.api
      ? ["Authorization", "Cookie", "Origin", "Accept"]
      : ["Cookie", "Accept", "Accept-Language"],
  );
}

/** Adds names to `Vary` that are not in it yet. */
export function addVary(headers: Headers, names: readonly string[]): void {
  const present = headers.get("vary") ?? "";
  if (present.trim() === "*") return;
  const all = present.split(",").map((name) => name.trim()).filter(Boolean);
  const known = new Set(all.map((name) => name.toLowerCase()));
  for (const name of names) {
    if (!known.has(name.toLowerCase())) all.push(name);
  }
  headers.set("vary", all.join(", "));
}
