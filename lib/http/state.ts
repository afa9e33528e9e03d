import { createDefine } from "fresh";
import type { Ctx } from "../domain/context.ts";
import type { Translator } from "../i18n/mod.ts";

/** Who sent the request, as far as the connection and a trusted proxy tell. */
export interface RequestClient {
  /** Address that limits and sessions go by; see accounts-and-site §9.4. */
  ip: string;
  /** Came from this machine itself, and not through a proxy for someone else. */
  loopback: boolean;
  userAgent?: string;
  acceptLanguage?: string;
}

/** A one-time message shown at the top of the next page (web-ui §0.2). */
export interface Flash {
  kind: "success" | "error";
  /** Key of `lib/i18n`. */
  key: string;
  params?: Record<string, string | number>;
}

/** The limits of accounts-and-site §4.6. */
export const RATE_BUCKETS = [
  "message",
  "post",
  "register",
  "image",
  "comment",
  "search",
  "import_user_settings",
] as const;
export type RateBucket = typeof RATE_BUCKETS[number];

/** What the sender of a request may still do. */
export interface RequestLimits {
  /**
   * Counts one request of the bucket. Every page view and API request has been counted once as
   * `message` before its handler runs, so the first `take("message")` is that one; a second call
   * counts a second request (`GET /report/list` does that).
   * @throws LemmyError `too_many_requests`
   */
  take(bucket: RateBucket): void;
  /** `x-ratelimit-*`, and `retry-after` once refused. The server adds them to API answers itself. */
  headers(): Headers;
}

/** What middlewares prepare for every route. */
export interface State {
  /** Domain context: viewer, site, database. */
  ctx: Ctx;
  client: RequestClient;
  /** Named in error pages and logs. */
  requestId: string;
  t: Translator;
  flash: Flash | null;
  limits: RequestLimits;
  /**
   * Where the log of events stood when the request came, for `/live?last_event_id=`: a stream
   * opened with it tells everything that the page does not show yet. Empty before the first event
   * reading.
   */
  liveCursor: string;
}

/** `define.page`, `define.handlers`, `define.middleware` with this app's state. */
export const define = createDefine<State>();
