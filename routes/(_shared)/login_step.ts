import type { Context } from "fresh";
import { cookieValue, setCookie } from "../../lib/http/cookies.ts";
import { seal, unseal } from "../../lib/http/sealed_cookie.ts";
import type { State } from "../../lib/http/state.ts";

/** What the first step of a login knows and the second needs (web-ui §3.15). */
export interface LoginStep {
  username_or_email: string;
  password: string;
  stayLoggedIn: boolean;
  prev: string;
}

const COOKIE = "login_step";
const LIFE_SECONDS = 300;

/** `Set-Cookie` that keeps the first step, readable by this site only. */
export function keepLoginStep(ctx: Context<State>, step: LoginStep): string {
  const { config, site } = ctx.state.ctx;
  return setCookie(
    config,
    COOKIE,
    seal(site.jwtSecret, COOKIE, step, LIFE_SECONDS),
    { maxAge: LIFE_SECONDS },
  );
}

/** The first step, or null when it is too long ago. */
export function readLoginStep(ctx: Context<State>): LoginStep | null {
  return unseal<LoginStep>(
    ctx.state.ctx.site.jwtSecret,
    COOKIE,
    cookieValue(ctx.req.headers.get("cookie"), COOKIE),
  );
}

/** `Set-Cookie` that forgets the first step. */
export function forgetLoginStep(ctx: Context<State>): string {
  return setCookie(ctx.state.ctx.config, COOKIE, "", { maxAge: 0 });
}
