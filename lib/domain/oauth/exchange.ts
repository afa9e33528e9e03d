import { z } from "zod";
import { OutgoingError } from "../../http/guarded_client.ts";
import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { isStorable } from "../text/rules.ts";

/** What a provider is asked with. */
export interface ProviderSecrets {
  token_endpoint: string;
  userinfo_endpoint: string;
  id_claim: string;
  client_id: string;
  client_secret: string;
}

/** Who has signed in at the provider. */
export interface ProviderUser {
  /** As the provider knows the person; never changes. */
  id: string;
  /** In lower case. */
  email?: string;
  /** False when the provider says that nobody has checked the address. */
  email_verified: boolean;
}

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  token_type: z.string(),
});
const userAnswer = z.record(z.string(), z.unknown());

const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * Turns the code that a browser brought back from the provider into the person it stands for
 * (RFC 6749 §4.1.3, then the provider's user info). The code is spent by that.
 * @throws LemmyError `oauth_login_failed`, whatever went wrong
 */
export async function exchangeCode(
  ctx: Pick<Ctx, "outgoing" | "log">,
  provider: ProviderSecrets,
  grant: { code: string; redirect_uri: string; code_verifier?: string },
): Promise<ProviderUser> {
  try {
    const form = new URLSearchParams({
      client_id: provider.client_id,
      client_secret: provider.client_secret,
      code: grant.code,
      grant_type: "authorization_code",
      redirect_uri: grant.redirect_uri,
    });
    if (grant.code_verifier) form.set("code_verifier", grant.code_verifier);
    const token = tokenAnswer.parse(
      await ask(ctx, provider.token_endpoint, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
      }),
    );
    const info = userAnswer.parse(
      await ask(ctx, provider.userinfo_endpoint, {
        headers: { authorization: `Bearer ${token.access_token}` },
      }),
    );
    const id = claim(info, provider.id_claim);
    if (id === undefined) throw new Refused("the user info names nobody");
    return {
      id,
      email: claim(info, "email")?.toLowerCase(),
      email_verified: info.email_verified !== false &&
        info.email_verified !== "false",
    };
  } catch (cause) {
    const expected = cause instanceof OutgoingError ||
      cause instanceof z.ZodError || cause instanceof Refused;
    if (!expected) throw cause;
    ctx.log.module("oauth").warn("a login through a provider failed", {
      provider: new URL(provider.token_endpoint).host,
      error: cause,
    });
    throw new LemmyError("oauth_login_failed", { cause });
  }
}

/** The provider answered, but not as it should. */
class Refused extends Error {}

async function ask(
  ctx: Pick<Ctx, "outgoing">,
  address: string,
  options: {
    method?: "POST";
    headers: Record<string, string>;
    body?: string;
  },
): Promise<unknown> {
  const response = await ctx.outgoing.request(address, {
    ...options,
    headers: { accept: "application/json", ...options.headers },
    timeout: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
  });
  if (response.status < 200 || response.status > 299) {
    response.discard();
    throw new Refused(`${new URL(address).host} answered ${response.status}`);
  }
  return await response.json();
}

/** A claim that is a text or a number, as text. */
function claim(
  info: Record<string, unknown>,
  name: string,
): string | undefined {
  const value = Object.hasOwn(info, name) ? info[name] : undefined;
  if (typeof value === "number") return String(value);
  const usable = typeof value === "string" && value !== "" && isStorable(value);
  return usable ? value : undefined;
}
