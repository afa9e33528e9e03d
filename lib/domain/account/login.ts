import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { hashPassword, isOutdated, verifyPassword } from "./password.ts";
import { type ClientInfo, createSession } from "./session.ts";
import { requireTotpCode, spendTotpCode } from "./totp.ts";
import { ACCOUNT_STATE, type AccountState, requireUsable } from "./usable.ts";

export interface Login {
  username_or_email: string;
  password: string;
  totp_2fa_token?: string;
  stay_logged_in?: boolean;
}

interface Account extends AccountState {
  id: number;
  password_encrypted: string | null;
  totp_2fa_enabled: boolean;
  totp_2fa_secret: string | null;
}

/**
 * Signs in by name or e-mail address and password (accounts-and-site §2.6). Banned users may.
 * @returns the session's token
 * @throws LemmyError `incorrect_login`, `deleted`, `email_not_verified`, `registration_denied`,
 * `registration_application_is_pending`, `not_found`, `missing_totp_token`, `missing_totp_secret`,
 * `incorrect_totp_token`
 */
export async function login(
  ctx: Ctx,
  input: Login,
  client: ClientInfo,
): Promise<string> {
  const account = await findAccount(ctx, input.username_or_email);
  const stored = account?.password_encrypted ?? null;
  if (!await verifyPassword(stored, input.password) || !account) {
    throw new LemmyError("incorrect_login");
  }
  requireUsable(ctx, account);
  let period: number | null = null;
  if (account.totp_2fa_enabled) {
    if (!input.totp_2fa_token) throw new LemmyError("missing_totp_token");
    period = await requireTotpCode(
      account.totp_2fa_secret,
      input.totp_2fa_token,
      ctx.now,
    );
  }
  const renewed = stored && isOutdated(stored)
    ? await hashPassword(input.password)
    : null;
  const token = await inTransaction(ctx, async (ctx) => {
    if (!await isStillValid(ctx, account)) return null;
    if (period !== null) await spendTotpCode(ctx, account.id, period);
    if (renewed) {
      await ctx.db.updateTable("local_user")
        .set({ password_encrypted: renewed })
        .where("id", "=", account.id).execute();
    }
    return await createSession(ctx, account.id, {
      stayLoggedIn: input.stay_logged_in ?? false,
      client,
    });
  });
  return token ?? await login(ctx, input, client);
}

/**
 * Whether the stored password and key of codes are those that were checked; they then stay for this
 * transaction. Whoever changes the password ends all sessions, but would not find the one that is
 * about to begin.
 */
async function isStillValid(ctx: Ctx, account: Account): Promise<boolean> {
  const rows = await query(
    ctx,
    `select from local_user
     where id = $1::int4 and password_encrypted = $2 and totp_2fa_enabled = $3
       and totp_2fa_secret is not distinct from $4
     for no key update`,
    [
      account.id,
      account.password_encrypted,
      account.totp_2fa_enabled,
      account.totp_2fa_secret,
    ],
  );
  return rows.length > 0;
}

async function findAccount(
  ctx: Ctx,
  nameOrEmail: string,
): Promise<Account | undefined> {
  const [account] = await query<Account>(
    ctx,
    `select u.id, u.password_encrypted, u.totp_2fa_enabled, u.totp_2fa_secret, ${ACCOUNT_STATE}
     from local_user u join person p on p.id = u.person_id
     left join registration_application a on a.local_user_id = u.id
     where u.id = coalesce(
       (select u2.id from local_user u2 join person p2 on p2.id = u2.person_id
        where lower(p2.name) = lower($1) and p2.instance_id = $2::int4),
       (select id from local_user where lower(email) = lower($1)))`,
    [nameOrEmail, ctx.site.instance.id],
  );
  return account;
}
