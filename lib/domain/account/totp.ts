import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type Ctx, inTransaction } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser } from "../permissions.ts";

/**
 * Two-factor login by time-based codes, RFC 6238 with its defaults: SHA-1, six digits, 30 seconds
 * (accounts-and-site §2.10).
 */
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** Codes of so many periods before and after count as well, for clocks that are off. */
const TOLERANCE = 1;
const SECRET_BYTES = 20;

/** RFC 4648; authenticator apps read it without padding. */
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8 | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[value >> bits & 31];
    }
  }
  return bits === 0 ? text : text + BASE32[value << (5 - bits) & 31];
}

/** The key is the text of the stored secret, as accounts that come from Lemmy have it. */
function keyOf(secret: string): Uint8Array {
  return new TextEncoder().encode(secret);
}

function codeOf(secret: string, period: number): string {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(period));
  const digest = createHmac("sha1", keyOf(secret))
    .update(new Uint8Array(counter.buffer)).digest();
  // RFC 4226 §5.3.
  const offset = digest[digest.length - 1] & 15;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** Whether a code is the one of now, or of the period before or after. */
export function isTotpCode(secret: string, code: string, now: Date): boolean {
  if (!/^\d{6}$/.test(code)) return false;
  const period = Math.floor(now.getTime() / 1000 / PERIOD_SECONDS);
  const given = new TextEncoder().encode(code);
  let valid = false;
  for (let shift = -TOLERANCE; shift <= TOLERANCE; shift++) {
    const expected = new TextEncoder().encode(codeOf(secret, period + shift));
    if (timingSafeEqual(expected, given)) valid = true;
  }
  return valid;
}

/**
 * Refuses a code that is not right now.
 * @throws LemmyError `missing_totp_secret`, `incorrect_totp_token`
 */
export function requireTotpCode(
  secret: string | null,
  code: string,
  now: Date,
): void {
  if (secret === null) throw new LemmyError("missing_totp_secret");
  if (!isTotpCode(secret, code.trim(), now)) {
    throw new LemmyError("incorrect_totp_token", { field: "totp_token" });
  }
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
    .set({ totp_2fa_secret: secret })
    .where("id", "=", viewer.local_user.id)
    .where("totp_2fa_enabled", "=", false).returning("id").execute();
  if (updated.length === 0) throw new LemmyError("totp_already_enabled");
  return totpAddress(issuer, viewer.person.name, secret);
}

function totpAddress(issuer: string, name: string, secret: string): string {
  const who = encodeURIComponent(issuer);
  return `otpauth://totp/${who}:${encodeURIComponent(name)}?secret=${
    base32(keyOf(secret))
  }&issuer=${who}`;
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
    ? totpAddress(ctx.site.site.name, viewer.person.name, row.totp_2fa_secret)
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
    requireTotpCode(row.totp_2fa_secret, input.totp_token, ctx.now);
    await ctx.db.updateTable("local_user").set({
      totp_2fa_enabled: enabled,
      ...(enabled ? {} : { totp_2fa_secret: null }),
    }).where("id", "=", viewer.local_user.id).execute();
    return enabled;
  });
}
