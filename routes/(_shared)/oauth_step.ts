import type { Context } from "fresh";
import { cookieValue, setCookie } from "../../lib/http/cookies.ts";
import { seal, unseal } from "../../lib/http/sealed_cookie.ts";
import { formPolicy } from "../../lib/http/security_headers.ts";
import type { State } from "../../lib/http/state.ts";
import { listOAuthProviders } from "../../lib/domain/oauth/provider.ts";
import type { AdminOAuthProvider } from "../../lib/domain/views.ts";
import { NO_STORE, type Values } from "./forms.ts";

/** What a browser keeps while it is away at a provider (web-ui §3.15). */
export interface OAuthStep {
  provider: number;
  state: string;
  code_verifier: string;
  prev: string;
  /** Answers to the questions for a new account, if they have been asked. */
  account: Values;
}

/** Characters of an application's answer, which has to fit into the cookie. */
export const OAUTH_ANSWER_LENGTH = 700;

const COOKIE = "oauth_step";
const LIFE_SECONDS = 300;

/** `Set-Cookie` that keeps the step, readable by this site only. */
export function keepOAuthStep(ctx: Context<State>, step: OAuthStep): string {
  const { config, site } = ctx.state.ctx;
  return setCookie(
    config,
    COOKIE,
    seal(site.jwtSecret, COOKIE, step, LIFE_SECONDS),
    { maxAge: LIFE_SECONDS },
  );
}

/** The step that `state` belongs to, or null when it is another one's or too long ago. */
export function readOAuthStep(
  ctx: Context<State>,
  state: string | null,
): OAuthStep | null {
  const step = unseal<OAuthStep>(
    ctx.state.ctx.site.jwtSecret,
    COOKIE,
    cookieValue(ctx.req.headers.get("cookie"), COOKIE),
  );
  return step && step.state === state ? step : null;
}

/** `Set-Cookie` that forgets the step. */
export function forgetOAuthStep(ctx: Context<State>): string {
  return setCookie(ctx.state.ctx.config, COOKIE, "", { maxAge: 0 });
}

/** Providers to sign in through, and headers of a page whose forms lead there. */
export async function offeredProviders(ctx: Context<State>): Promise<
  { providers: AdminOAuthProvider[]; headers: Record<string, string> }
> {
  const all = await listOAuthProviders(ctx.state.ctx);
  const providers = all.filter((provider) => provider.enabled);
  const targets = providers.map((provider) => provider.authorization_endpoint);
  return {
    providers,
    headers: targets.length === 0
      ? NO_STORE
      : { ...NO_STORE, "content-security-policy": formPolicy(targets) },
  };
}
