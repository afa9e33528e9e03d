import { checkNewName, createAccount } from "../account/create_account.ts";
import { type ClientInfo, createSession } from "../account/session.ts";
import {
  ACCOUNT_STATE,
  type AccountState,
  requireUsable,
} from "../account/usable.ts";
import { requestVerification } from "../account/verify_email.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { generateKeyPair } from "../keys.ts";
import { checkActorName } from "../text/rules.ts";
import {
  exchangeCode,
  type ProviderSecrets,
  type ProviderUser,
} from "./exchange.ts";

export interface AuthenticateWithOAuth {
  code: string;
  oauth_provider_id: number;
  redirect_uri: string;
  show_nsfw?: boolean;
  /** For a new account. */
  username?: string;
  answer?: string;
  pkce_code_verifier?: string;
  stay_logged_in?: boolean;
}

export interface OAuthResult {
  jwt?: string;
  registration_created: boolean;
  verify_email_sent: boolean;
}

interface Provider extends ProviderSecrets {
  id: number;
  auto_verify_email: boolean;
  account_linking_enabled: boolean;
  use_pkce: boolean;
}

interface Account extends AccountState {
  id: number;
  banned: boolean;
}

/** Bytes of a code at most. */
const MAX_CODE = 300;
/** RFC 7636 §4.1. */
const CODE_VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/;

/**
 * Signs in, or up, through a provider, with the code that the browser brought back from there
 * (accounts-and-site §2.11). The provider is asked outside of any transaction.
 * @throws LemmyError `oauth_authorization_invalid`, `invalid_code_verifier`, `oauth_login_failed`;
 * for an account: `site_ban` and those of `requireUsable`; for a sign-up:
 * `oauth_registration_closed`, `email_already_taken`, `email_required`,
 * `registration_application_answer_required`, `registration_username_required` and those of names
 */
export async function authenticateWithOAuth(
  ctx: Ctx,
  input: AuthenticateWithOAuth,
  client: ClientInfo & { acceptLanguage?: string },
): Promise<OAuthResult> {
  const bytes = new TextEncoder().encode(input.code).length;
  if (
    bytes === 0 || bytes > MAX_CODE ||
    input.redirect_uri !== callbackAddress(ctx)
  ) throw new LemmyError("oauth_authorization_invalid");
  const provider = await readProvider(ctx, input.oauth_provider_id);
  checkVerifier(provider, input.pkce_code_verifier);
  const user = await exchangeCode(ctx, provider, {
    code: input.code,
    redirect_uri: input.redirect_uri,
    code_verifier: input.pkce_code_verifier,
  });
  const known = await findLinked(ctx, provider, user) ??
    await link(ctx, provider, user);
  if (known === null) return await signUp(ctx, provider, user, input, client);
  return {
    jwt: await createSession(ctx, known.id, {
      stayLoggedIn: input.stay_logged_in ?? false,
      client,
    }),
    registration_created: false,
    verify_email_sent: false,
  };
}

/** Where a provider sends the browser back to. */
export function callbackAddress(ctx: Pick<Ctx, "config">): string {
  return `${ctx.config.origin}/oauth/callback`;
}

async function readProvider(ctx: Ctx, id: number): Promise<Provider> {
  const [provider] = await query<Provider>(
    ctx,
    `select id, token_endpoint, userinfo_endpoint, id_claim, client_id, client_secret,
       auto_verify_email, account_linking_enabled, use_pkce
     from oauth_provider where id = $1::int4 and enabled`,
    [id],
  );
  if (!provider) throw new LemmyError("oauth_authorization_invalid");
  return provider;
}

function checkVerifier(provider: Provider, verifier: string | undefined): void {
  if (!provider.use_pkce) return;
  if (!verifier) throw new LemmyError("oauth_authorization_invalid");
  if (!CODE_VERIFIER.test(verifier)) {
    throw new LemmyError("invalid_code_verifier");
  }
}

const ACCOUNT = `
  select u.id, b.received_ban_at is not null as banned, ${ACCOUNT_STATE}
  from local_user u join person p on p.id = u.person_id
  left join registration_application a on a.local_user_id = u.id
  left join instance_actions b on b.person_id = p.id and b.instance_id = p.instance_id`;

/** Unlike by password, banned people may not sign in through a provider. */
function requireWelcome(ctx: Ctx, account: Account): void {
  if (account.banned) throw new LemmyError("site_ban");
  requireUsable(ctx, account);
}

async function findLinked(
  ctx: Ctx,
  provider: Provider,
  user: ProviderUser,
): Promise<Account | null> {
  const [account] = await query<Account>(
    ctx,
    `${ACCOUNT} join oauth_account o on o.local_user_id = u.id
     where o.oauth_provider_id = $1::int4 and o.oauth_user_id = $2`,
    [provider.id, user.id],
  );
  if (!account) return null;
  requireWelcome(ctx, account);
  return account;
}

/**
 * Links the account that has the person's address, if site and provider vouch for addresses; null
 * when there is no such account, and so a new one is due.
 */
async function link(
  ctx: Ctx,
  provider: Provider,
  user: ProviderUser,
): Promise<Account | null> {
  const { oauth_registration, email_verification_required } =
    ctx.site.local_site;
  if (!oauth_registration) throw new LemmyError("oauth_registration_closed");
  if (user.email === undefined) return null;
  const [account] = await query<Account>(
    ctx,
    `${ACCOUNT} where lower(u.email) = $1`,
    [user.email],
  );
  if (!account) return null;
  // Who may choose any address at the provider could choose somebody else's.
  if (
    !provider.account_linking_enabled || !email_verification_required ||
    !user.email_verified
  ) {
    throw new LemmyError("email_already_taken");
  }
  requireWelcome(ctx, account);
  await storeLink(ctx, provider, user, account.id);
  return account;
}

async function storeLink(
  ctx: Ctx,
  provider: Provider,
  user: ProviderUser,
  localUserId: number,
): Promise<void> {
  await ctx.db.insertInto("oauth_account").values({
    oauth_provider_id: provider.id,
    oauth_user_id: user.id,
    local_user_id: localUserId,
    published_at: ctx.now.toISOString(),
  }).execute();
}

async function signUp(
  ctx: Ctx,
  provider: Provider,
  user: ProviderUser,
  input: AuthenticateWithOAuth,
  client: ClientInfo & { acceptLanguage?: string },
): Promise<OAuthResult> {
  const { local_site } = ctx.site;
  const { email } = user;
  const required = local_site.email_verification_required;
  if (required && email === undefined) throw new LemmyError("email_required");
  const applies = local_site.registration_mode === "require_application";
  const { username, answer } = input;
  if (applies && answer === undefined) {
    throw new LemmyError("registration_application_answer_required", {
      field: "answer",
    });
  }
  if (!username) {
    throw new LemmyError("registration_username_required", {
      field: "username",
    });
  }
  await checkNewName(ctx, { username, answer });
  checkActorName(username, "username");
  const verified = provider.auto_verify_email && user.email_verified;
  const verifies = required && !verified;
  const stored = applies && local_site.site_setup;
  const keys = await generateKeyPair();
  return await inTransaction(ctx, async (ctx) => {
    const account = await createAccount(ctx, {
      username,
      email,
      password_encrypted: null,
      show_nsfw: input.show_nsfw,
      admin: false,
      email_verified: verified,
      accepted_application: !applies,
      answer: stored ? answer : undefined,
      acceptLanguage: client.acceptLanguage,
      keys,
    });
    await storeLink(ctx, provider, user, account.id);
    if (verifies) {
      await requestVerification(ctx, {
        ...account,
        name: username,
        email: email!,
      });
    }
    const result: OAuthResult = {
      registration_created: applies,
      verify_email_sent: verifies,
    };
    if (!applies && !verifies) {
      result.jwt = await createSession(ctx, account.id, {
        stayLoggedIn: input.stay_logged_in ?? false,
        client,
      });
    }
    return result;
  });
}
