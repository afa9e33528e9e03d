import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { randomText } from "../random_text.ts";
import { callbackAddress } from "./authenticate.ts";
import { listOAuthProviders } from "./provider.ts";

/** A login that begins at a provider; the browser brings `state` back from there. */
export interface Authorization {
  /** Where the browser is sent. */
  address: string;
  state: string;
  /** Of PKCE, for providers that use it. */
  code_verifier: string;
}

/** Bits enough, and within RFC 7636's 43 to 128 characters. */
const VERIFIER_LENGTH = 64;
const STATE_LENGTH = 32;

/**
 * Begins a login through a provider (RFC 6749 §4.1.1, RFC 7636).
 * @throws LemmyError `oauth_authorization_invalid` for an unknown or disabled provider
 */
export async function beginAuthorization(
  ctx: Ctx,
  providerId: number,
): Promise<Authorization> {
  const provider = (await listOAuthProviders(ctx))
    .find(({ id, enabled }) => id === providerId && enabled);
  if (!provider) throw new LemmyError("oauth_authorization_invalid");
  const state = randomText(STATE_LENGTH);
  const code_verifier = randomText(VERIFIER_LENGTH);
  const url = new URL(provider.authorization_endpoint);
  const parameters: Record<string, string> = {
    client_id: provider.client_id,
    response_type: "code",
    scope: provider.scopes,
    redirect_uri: callbackAddress(ctx),
    state,
  };
  if (provider.use_pkce) {
    const digest = await crypto.subtle.digest(
      "SHA-256",
      new TextEncoder().encode(code_verifier),
    );
    parameters.code_challenge = new Uint8Array(digest).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    });
    parameters.code_challenge_method = "S256";
  }
  for (const [name, value] of Object.entries(parameters)) {
    url.searchParams.set(name, value);
  }
  return { address: url.href, state, code_verifier };
}
