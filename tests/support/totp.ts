import { createHmac } from "node:crypto";
import type { Sql } from "../../lib/db/connection.ts";

/**
 * The code that an authenticator app shows for the key in an `otpauth` address (RFC 4226, 6238).
 * @param shift periods from `now`
 */
export function totp(address: string, shift = 0, now = Date.now()): string {
  const base32 = new URL(address).searchParams.get("secret")!;
  const bits = [...base32].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2)
      .padStart(5, "0")
  ).join("");
  const key = Uint8Array.from(
    bits.match(/.{8}/g)!,
    (byte) => parseInt(byte, 2),
  );
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(now / 30_000) + shift));
  const digest = createHmac("sha1", key)
    .update(new Uint8Array(counter.buffer)).digest();
  const offset = digest[19] & 15;
  const number = (digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, "0");
}

/** Lets codes be used again, as if more time had passed since the last one than tests have. */
export async function forgetUsedCodes(sql: Sql): Promise<void> {
  await sql`update local_user set totp_2fa_last_period = null`;
}
