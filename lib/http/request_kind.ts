import { cookieValue, SESSION_COOKIE } from "./cookies.ts";

/** Whether a request only reads; HEAD is answered as GET is, but for the body (RFC 9110 §9.3.2). */
export function isRead({ method }: { method: string }): boolean {
  return method === "GET" || method === "HEAD";
}

/** Below `/api/`: answers are JSON. */
export function isApiPath(path: string): boolean {
  return path.startsWith("/api/");
}

/** What other servers and feed readers ask for; neither pages nor limited (§4.6, §9.5). */
export function isServicePath(path: string): boolean {
  return /^\/(?:inbox|nodeinfo|version|\.well-known|pictrs|feeds|c\/[^/]+\/inbox|u\/[^/]+\/inbox)(?:[/.]|$)/
    .test(path) || isActivityPath(path);
}

/** Where other servers deliver (federation §1.3): what arrives is carried out later. */
export function isInboxPath(path: string): boolean {
  return /^\/(?:[uc]\/[^/]+\/)?inbox$/.test(path);
}

/** Addresses at which there is an ActivityPub document and never a page (federation §1.2). */
export function isActivityPath(path: string): boolean {
  return /^\/(?:site_outbox|u\/[^/]+\/outbox|c\/[^/]+\/(?:outbox|followers|moderators|featured|tag\/[^/]+)|m\/[^/]+\/following|(?:post|comment)\/[^/]+\/context|activities\/.+)$/
    .test(path);
}

const ACTIVITY_STREAMS = "https://www.w3.org/ns/activitystreams";

/**
 * Whether a reader asks for ActivityPub (federation §1.4): `application/activity+json`, or
 * `application/ld+json` with the profile of ActivityStreams, whatever else it takes.
 */
export function acceptsActivity(accept: string | null): boolean {
  if (accept === null || !/\bjson\b/i.test(accept)) return false;
  // Profiles are quoted, and have commas nowhere.
  return accept.split(",").some((range) => {
    const [type, ...parameters] = range.split(";").map((part) => part.trim());
    switch (type.toLowerCase()) {
      case "application/activity+json":
        return true;
      case "application/ld+json":
        return parameters.some((parameter) => {
          const [name, ...value] = parameter.split("=");
          return name.trim().toLowerCase() === "profile" &&
            value.join("=").trim().replace(/^"(.*)"$/, "$1").split(" ")
              .includes(ACTIVITY_STREAMS);
        });
      default:
        return false;
    }
  });
}

/** Images of the store and the proxy: sent piece by piece, and dozens of them make one page. */
export function isImagePath(path: string): boolean {
  return /^\/(?:(?:api\/v4|pictrs)\/image\/|api\/v3\/image_proxy$)/.test(path);
}

/** Files of the build, whose requests are not worth a line in the log. */
export function isAssetPath(path: string): boolean {
  return path.startsWith("/_fresh/") ||
    /\.(?:css|js|map|svg|png|ico|webp|woff2|webmanifest)$/.test(path);
}

/** The path of a request's URL, without query, as sent. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", 8);
  const end = url.indexOf("?", start);
  return end === -1 ? url.slice(start) : url.slice(start, end);
}

/** What the sender wants to read. */
export function acceptKind(
  accept: string | null,
): "activity" | "html" | "other" {
  if (accept === null) return "other";
  if (acceptsActivity(accept)) return "activity";
  return accept.includes("text/html") ? "html" : "other";
}

/**
 * Whether the limit of all requests counts it when it comes: pages and API, not what other servers
 * fetch. Images are counted where they cause work.
 */
export function isCounted(path: string, accept: string | null): boolean {
  if (isImagePath(path)) return false;
  return isApiPath(path) ||
    (!isServicePath(path) && acceptKind(accept) !== "activity");
}

export type TokenSource =
  | { kind: "bearer"; token: string }
  | { kind: "cookie"; token: string };

/** The session token of a request (accounts-and-site §9.2). */
export function sessionToken(headers: Headers): TokenSource | null {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const bearer = /^Bearer +(\S+) *$/i.exec(authorization);
    if (bearer) return { kind: "bearer", token: bearer[1] };
  }
  const cookie = headers.get("cookie");
  if (cookie === null || !cookie.includes(SESSION_COOKIE)) return null;
  const token = cookieValue(cookie, SESSION_COOKIE);
  return token ? { kind: "cookie", token } : null;
}
