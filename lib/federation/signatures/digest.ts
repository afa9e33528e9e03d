import { createHash } from "node:crypto";
import { FederationError } from "../errors.ts";

/** Base64 of a body's hash; text counts as UTF-8. */
function hash(algorithm: "sha256" | "sha512", body: Uint8Array | string) {
  return createHash(algorithm).update(body).digest("base64");
}

/** Value of the header `Digest` for a body (§6.1). */
export function digestOf(body: Uint8Array | string): string {
  return `SHA-256=${hash("sha256", body)}`;
}

/** Value of the header `Content-Digest` for a body (RFC 9530). */
export function contentDigestOf(body: Uint8Array | string): string {
  return `sha-256=:${hash("sha256", body)}:`;
}

/**
 * Compares `Digest` with the body it came with (§6.3): every part must be the base64 of its SHA-256,
 * whatever the algorithm is called.
 * @throws FederationError `digest_missing`, `digest_mismatch`
 */
function checkPlainDigest(value: string, body: Uint8Array | string): void {
  const expected = hash("sha256", body);
  for (const part of value.split(";")[0].split(",")) {
    const mark = part.indexOf("=");
    if (mark < 0 || part.slice(mark + 1).trim() !== expected) {
      throw new FederationError("digest_mismatch");
    }
  }
}

/** Hashes that RFC 9530 calls active. */
const ACTIVE = { "sha-256": "sha256", "sha-512": "sha512" } as const;

/**
 * Compares `Content-Digest` with the body: every part of an algorithm that we know must fit, and
 * there must be one.
 * @throws FederationError `digest_mismatch`
 */
function checkContentDigest(value: string, body: Uint8Array | string): void {
  let known = 0;
  for (const part of value.split(",")) {
    const [, name, base64] = part.trim().match(/^([\w*.-]+)=:([^:]*):$/) ?? [];
    const algorithm = ACTIVE[name?.toLowerCase() as keyof typeof ACTIVE];
    if (!algorithm) continue;
    known++;
    if (base64 !== hash(algorithm, body)) {
      throw new FederationError("digest_mismatch");
    }
  }
  if (known === 0) throw new FederationError("digest_mismatch");
}

/**
 * Compares the digests that a request names with its body (§6.3). A request signed by RFC 9421 may
 * have `Content-Digest` instead of `Digest`.
 * @throws FederationError `digest_missing` when there is neither, `digest_mismatch`
 */
export function checkDigest(headers: Headers, body: Uint8Array | string): void {
  const plain = headers.get("digest");
  const content = headers.get("content-digest");
  if (plain === null && content === null) {
    throw new FederationError("digest_missing");
  }
  if (plain !== null) checkPlainDigest(plain, body);
  if (content !== null) checkContentDigest(content, body);
}
