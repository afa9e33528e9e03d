import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { generateKeyPair } from "../keys.ts";
import { wantBootstrap } from "../site/bootstrap.ts";
import { checkActorName, checkPassword } from "../text/rules.ts";
import { requireCaptcha } from "./captcha.ts";
import { checkNewName, createAccount } from "./create_account.ts";
import { normalizeEmail, requireFreeEmail } from "./email.ts";
import { checkInvite, useInvite } from "./invite.ts";
import { hashPassword } from "./password.ts";
import { type ClientInfo, createSession } from "./session.ts";
import { announceApplicant, requestVerification } from "./verify_email.ts";

export interface Register {
  username: string;
  password: string;
  password_verify: string;
  show_nsfw?: boolean;
  email?: string;
  captcha_uuid?: string;
  captcha_answer?: string;
  honeypot?: string;
  answer?: string;
  stay_logged_in?: boolean;
  /** Invitation; before the set-up also the one-time word that the server logs. */
  token?: string;
}

/** Where a sign-up comes from. */
export interface RegisterClient extends ClientInfo {
  /** The request came from this machine itself, not through a proxy. */
  loopback: boolean;
  acceptLanguage?: string;
}

export interface RegisterResult {
  jwt?: string;
  registration_created: boolean;
  verify_email_sent: boolean;
}

/**
 * Creates an account (accounts-and-site §2.2). The first one of a site that is not set up becomes
 * its admin, and must come from the machine itself or bring the word that the server logs.
 * @throws LemmyError the codes of that section, in its order
 */
export async function register(
  ctx: Ctx,
  input: Register,
  client: RegisterClient,
): Promise<RegisterResult> {
  const { local_site } = ctx.site;
  const first = !local_site.site_setup && await isFirstAccount(ctx);
  const email = normalizeEmail(input.email ?? "") || undefined;
  const invited = local_site.registration_mode === "require_invitation";
  if (invited) await checkInvite(ctx, input.token);
  if (local_site.registration_mode === "closed") {
    throw new LemmyError("registration_closed");
  }
  checkPassword(input.password, "password");
  if (input.honeypot) throw new LemmyError("honeypot_failed");
  if (local_site.email_verification_required && !email) {
    throw new LemmyError("email_required", { field: "email" });
  }
  const applies = !first &&
    local_site.registration_mode === "require_application";
  if (applies && input.answer === undefined) {
    throw new LemmyError("registration_application_answer_required", {
      field: "answer",
    });
  }
  if (input.password !== input.password_verify) {
    throw new LemmyError("passwords_do_not_match", {
      field: "password_verify",
    });
  }
  if (!first) await requireCaptcha(ctx, input);
  await checkNewName(ctx, input);
  if (email) await requireFreeEmail(ctx, email);
  checkActorName(input.username, "username");
  if (first) await requireOperator(ctx, input, client);

  const [keys, password_encrypted] = await Promise.all([
    generateKeyPair(),
    hashPassword(input.password),
  ]);
  const verifies = !first && local_site.email_verification_required;
  return await inTransaction(ctx, async (ctx) => {
    // Two first visitors at once: the second waits here and finds that an admin exists.
    if (first) {
      await query(ctx, "select from local_site for update");
      if (!await isFirstAccount(ctx)) throw new LemmyError("couldnt_create");
    }
    const user = await createAccount(ctx, {
      username: input.username,
      email,
      password_encrypted,
      show_nsfw: input.show_nsfw,
      admin: first,
      email_verified: false,
      accepted_application: !applies,
      answer: applies ? input.answer : undefined,
      invited_by_local_user_id: invited
        ? await useInvite(ctx, input.token!)
        : null,
      acceptLanguage: client.acceptLanguage,
      keys,
    });
    if (first) await wantBootstrap(ctx);
    const result: RegisterResult = {
      registration_created: applies,
      verify_email_sent: verifies,
    };
    if (verifies) {
      await requestVerification(ctx, {
        ...user,
        name: input.username,
        email: email!,
      });
    } else if (applies) {
      await announceApplicant(ctx, input.username);
    }
    if (!applies && !verifies) {
      result.jwt = await createSession(ctx, user.id, {
        stayLoggedIn: input.stay_logged_in ?? false,
        client,
      });
    }
    return result;
  });
}

/** Whether no admin exists yet. */
export async function isFirstAccount(ctx: Ctx): Promise<boolean> {
  const rows = await query(ctx, "select from local_user where admin limit 1");
  return rows.length === 0;
}

/** Refuses a first visitor who is neither at the machine nor has read its log. */
async function requireOperator(
  ctx: Ctx,
  input: Register,
  client: RegisterClient,
): Promise<void> {
  if (client.loopback) return;
  if (input.token && await isSetupToken(ctx, input.token)) return;
  throw new LemmyError("registration_closed");
}

/** Whether this is the one-time word of the set-up address that the server logs. */
export async function isSetupToken(ctx: Ctx, token: string): Promise<boolean> {
  const [row] = await query<{ setup_token: string }>(
    ctx,
    "select setup_token from secret",
  );
  return row !== undefined && row.setup_token === token;
}
