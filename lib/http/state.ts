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

/** What middlewares prepare for every route. */
export interface State {
  /** Domain context: viewer, site, database. */
  ctx: Ctx;
  client: RequestClient;
  /** Named in error pages and logs. */
  requestId: string;
  t: Translator;
  flash: Flash | null;
}

/** `define.page`, `define.handlers`, `define.middleware` with this app's state. */
export const define = createDefine<State>();
