import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
} from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Browsers keep no longer cookies. */
const MAX_LENGTH = 4000;

interface Sealed {
  value: unknown;
  /** Milliseconds since 1970 after which it is void. */
  until: number;
}

function keyOf(secret: string, purpose: string): Uint8Array {
  return new Uint8Array(
    hkdfSync("sha256", secret, "", `cookie ${purpose}`, 32),
  );
}

/**
 * A value that only this site can read, to be kept by a browser for a while.
 * @param secret of the site
 * @param purpose what is sealed for one purpose is void for any other
 */
export function seal(
  secret: string,
  purpose: string,
  value: unknown,
  lifeSeconds: number,
): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(secret, purpose), nonce);
  const sealed: Sealed = { value, until: Date.now() + lifeSeconds * 1000 };
  const text = new TextEncoder().encode(JSON.stringify(sealed));
  const parts = [
    nonce,
    cipher.update(text),
    cipher.final(),
    cipher.getAuthTag(),
  ];
  return new Uint8Array(parts.flatMap((part) => [...part])).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/** What was sealed, or null if it is not ours, for another purpose, or too old. */
export function unseal<Value>(
  secret: string,
  purpose: string,
  text: string | null,
): Value | null {
  if (!text || text.length > MAX_LENGTH || !/^[\w-]+$/.test(text)) return null;
  let plain: Uint8Array;
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const decipher = createDecipheriv(
      ALGORITHM,
      keyOf(secret, purpose),
      bytes.subarray(0, NONCE_BYTES),
    );
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    plain = new Uint8Array([
      ...decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      ...decipher.final(),
    ]);
  } catch {
    // Whoever made it, it was not us: there is nothing to be told about it.
    return null;
  }
  const { value, until }: Sealed = JSON.parse(new TextDecoder().decode(plain));
  return until > Date.now() ? value as Value : null;
}
