import { randomBytes } from "node:crypto";
import type { TOTP } from "otpauth";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser } from "../permissions.ts";

const PERIOD_MS = 30_000;
/** Codes of so many periods before and after count as well, for clocks that are off. */
const TOLERANCE = 1;
const SECRET_BYTES = 20;

/**
 * Two-factor login by time-based codes, RFC 6238 with its defaults: SHA-1, six digits, 30 seconds
 * (accounts-and-site §2.10). The key is the text of the stored secret, as accounts that come from
 * Lemmy have it. The library is loaded with the first code: most people never send one.
 */
async function totpOf(secret: string): Promise<TOTP> {
  const { Secret, TOTP } = await import("otpauth");
  const { buffer } = new TextEncoder().encode(secret);
  return new TOTP({ secret: new Secret({ buffer }) });
}

/**
 * Refuses a code that is not right now, in the period before or in the one after.
 * @returns the period that the code is of, for `spendTotpCode`
 * @throws LemmyError `missing_totp_secret`, `incorrect_totp_token`
 */
export async function requireTotpCode(
  secret: string | null,
  code: string,
  now: Date,
): Promise<number> {
  if (secret === null) throw new LemmyError("missing_totp_secret");
  const token = code.trim();
  const shift = /^\d{6}$/.test(token)
    ? (await totpOf(secret)).validate({
      token,
      timestamp: now.getTime(),
      window: TOLERANCE,
    })
    : null;
  if (shift === null) throw incorrectCode();
  return Math.floor(now.getTime() / PERIOD_MS) + shift;
}

/**
 * Refuses a code of this period or an earlier one from now on: none is good twice (RFC 6238 §5.2).
 * To be called in the transaction that does what the code is asked for.
 * @throws LemmyError `incorrect_totp_token` when such a code has been accepted before
 */
export async function spendTotpCode(
  ctx: Ctx,
  localUserId: number,
  period: number,
): Promise<void> {
  const spent = await query(
    ctx,
    `update local_user set totp_2fa_last_period = $2::int4
     where id = $1::int4 and coalesce(totp_2fa_last_period, 0) < $2::int4 returning id`,
    [localUserId, period],
  );
  if (spent.length === 0) throw incorrectCode();
}

function incorrectCode(): LemmyError {
  return new LemmyError("incorrect_totp_token", { field: "totp_token" });
}

/**
 * Makes a new secret for the caller, in the place of one that was never switched on.
 * @returns `otpauth://` address for an authenticator app
 * @throws LemmyError `totp_already_enabled`, `couldnt_generate_totp` when the site's name has a
 * colon, which such addresses cannot hold
 */
export async function generateTotpSecret(ctx: Ctx): Promise<string> {
  const viewer = requireActiveUser(ctx);
  const issuer = ctx.site.site.name;
  if (viewer.local_user.totp_2fa_enabled) {
    throw new LemmyError("totp_already_enabled");
  }
  if (issuer.includes(":")) throw new LemmyError("couldnt_generate_totp");
  const secret = randomBytes(SECRET_BYTES).toString("hex");
  const updated = await ctx.db.updateTable("local_user")
    .set({ totp_2fa_secret: secret, totp_2fa_last_period: null })
    .where("id", "=", viewer.local_user.id)
    .where("totp_2fa_enabled", "=", false).returning("id").execute();
  if (updated.length === 0) throw new LemmyError("totp_already_enabled");
  return await totpAddress(issuer, viewer.person.name, secret);
}

/** The key for an authenticator app; what it leaves out are the defaults. */
async function totpAddress(
  issuer: string,
  name: string,
  secret: string,
): Promise<string> {
  const who = encodeURIComponent(issuer);
  const { base32 } = (await totpOf(secret)).secret;
  return `otpauth://totp/${who}:${
    encodeURIComponent(name)
  }?secret=${base32}&issuer=${who}`;
}

/**
 * The caller's secret that waits to be switched on, as an address for an authenticator app, or
 * null.
 */
export async function readPendingTotp(ctx: Ctx): Promise<string | null> {
  const viewer = requireActiveUser(ctx);
  const row = await ctx.db.selectFrom("local_user").select("totp_2fa_secret")
    .where("id", "=", viewer.local_user.id)
    .where("totp_2fa_enabled", "=", false).executeTakeFirst();
  return row?.totp_2fa_secret
    ? await totpAddress(
      ctx.site.site.name,
      viewer.person.name,
      row.totp_2fa_secret,
    )
    : null;
}

/**
 * Switches two-factor login on or off; either takes a valid code. Off also forgets the secret.
 * @returns whether it is on now
 * @throws LemmyError `missing_totp_secret`, `incorrect_totp_token`
 */
export async function editTotp(
  ctx: Ctx,
  input: { totp_token: string; enabled: boolean },
): Promise<boolean> {
  const viewer = requireActiveUser(ctx);
  const { enabled } = input;
  return await inTransaction(ctx, async (ctx) => {
    const row = await ctx.db.selectFrom("local_user").select("totp_2fa_secret")
      .where("id", "=", viewer.local_user.id).forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    const period = await requireTotpCode(
      row.totp_2fa_secret,
      input.totp_token,
      ctx.now,
    );
    await spendTotpCode(ctx, viewer.local_user.id, period);
    await ctx.db.updateTable("local_user").set({
      totp_2fa_enabled: enabled,
      ...(enabled ? {} : { totp_2fa_secret: null }),
    }).where("id", "=", viewer.local_user.id).execute();
    return enabled;
  });
}
