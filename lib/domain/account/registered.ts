import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { verifyPassword } from "./password.ts";
import type { Register, RegisterClient, RegisterResult } from "./register.ts";
import { createSession } from "./session.ts";
import { ACCOUNT_STATE, type AccountState, requireUsable } from "./usable.ts";

/** So long a form counts as the same one sent twice. */
const MINUTES = 10;
/** Looks for an account whose making is under way, so far apart. */
const LOOKS = 5;
const PAUSE_MS = 200;

interface Row extends AccountState {
  id: number;
  password_encrypted: string | null;
}

/**
 * What a sign-up form gave that was sent a moment ago with the same name, address and password: the
 * browser drops the first answer when the button is pressed twice, and the second finds the name
 * taken or the captcha used up.
 * @param refusal what the second was refused with
 * @returns the answer to the first, with a session of its own; null when there was none
 */
export async function registeredJustNow(
  ctx: Ctx,
  input: Register,
  client: RegisterClient,
  refusal: unknown,
): Promise<RegisterResult | null> {
  const { code, field } = refusal as { code?: unknown; field?: unknown };
  const usedUp = field === "captcha_answer";
  const taken = code === "username_already_taken" ||
    code === "email_already_taken" || code === "invalid_invite_token" ||
    code === UNIQUE_VIOLATION;
  if (!usedUp && !taken) return null;
  let account = await findRecent(ctx, input);
  for (let look = 1; !account && usedUp && look < LOOKS; look++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    account = await findRecent(ctx, input);
  }
  if (!account) return null;
  if (!await verifyPassword(account.password_encrypted, input.password)) {
    return null;
  }
  const result = { registration_created: false, verify_email_sent: false };
  try {
    requireUsable(ctx, account);
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    switch (error.code) {
      case "email_not_verified":
        return {
          registration_created: account.application,
          verify_email_sent: true,
        };
      case "registration_application_is_pending":
        return { ...result, registration_created: true };
      default:
        return null;
    }
  }
  const jwt = await createSession(ctx, account.id, {
    stayLoggedIn: input.stay_logged_in ?? false,
    client,
  });
  return { ...result, jwt };
}

const UNIQUE_VIOLATION = "23505";

async function findRecent(
  ctx: Ctx,
  { username, email }: Register,
): Promise<Row | undefined> {
  const [account] = await query<Row>(
    ctx,
    `select u.id, u.password_encrypted, ${ACCOUNT_STATE}
     from local_user u join person p on p.id = u.person_id
     left join registration_application a on a.local_user_id = u.id
     where lower(p.name) = lower($1) and p.instance_id = $2::int4
       and lower(u.email) is not distinct from lower($3)
       and p.published_at > $4::timestamptz - ${MINUTES} * interval '1 minute'
       and not u.totp_2fa_enabled`,
    [
      username,
      ctx.site.instance.id,
      email?.trim() || null,
      ctx.now.toISOString(),
    ],
  );
  return account;
}
