import { createHmac, timingSafeEqual } from "node:crypto";
import type { Config } from "../config/mod.ts";
import { FLASH_COOKIE, setCookie } from "./cookies.ts";
import type { Flash } from "./state.ts";

const LIFE_SECONDS = 300;
const MAX_BYTES = 2000;

interface Sealed extends Flash {
  /** Unix seconds after which it is void. */
  until: number;
}

/**
 * `Set-Cookie` value with a message for the next page. It names a text and its parameters only,
 * and is signed, so that no link can put words into the site's mouth.
 */
export function flashCookie(
  config: Pick<Config, "tlsEnabled">,
  secret: string,
  flash: Flash,
): string {
  const until = Math.floor(Date.now() / 1000) + LIFE_SECONDS;
  const text = new TextEncoder().encode(JSON.stringify({ ...flash, until }))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  return setCookie(config, FLASH_COOKIE, `${text}.${sign(secret, text)}`, {
    maxAge: LIFE_SECONDS,
  });
}

/** `Set-Cookie` value that removes a message that has been shown. */
export function clearFlashCookie(config: Pick<Config, "tlsEnabled">): string {
  return setCookie(config, FLASH_COOKIE, "", { maxAge: 0 });
}

/** The message in a cookie, or null if it is not ours or too old. */
export function readFlash(secret: string, cookie: string | null): Flash | null {
  if (!cookie || cookie.length > MAX_BYTES) return null;
  const [text, signature = ""] = cookie.split(".");
  const expected = sign(secret, text);
  if (
    signature.length !== expected.length ||
    !timingSafeEqual(
      new TextEncoder().encode(signature),
      new TextEncoder().encode(expected),
    )
  ) return null;
  const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
  const { until, kind, key, params }: Sealed = JSON.parse(
    new TextDecoder().decode(bytes),
  );
  return until * 1000 > Date.now() ? { kind, key, params } : null;
}

function sign(secret: string, text: string): string {
  return createHmac("sha256", secret).update(`flash.${text}`).digest(
    "base64url",
  );
}
