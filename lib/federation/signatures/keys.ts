import { createPrivateKey, createPublicKey } from "node:crypto";
import { FederationError } from "../errors.ts";
import { type NativeRsa, openLibcrypto } from "./libcrypto.ts";
import { Recent } from "../recent.ts";

/** RSASSA-PKCS1-v1_5 with SHA-256, what both schemes sign with. */
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } as const;

const PUBLIC_KEYS = 5000;
const PRIVATE_KEYS = 1000;
/** A key of 8192 bits takes 1,500 characters; whatever is longer is none. */
const MAX_PEM = 8192;

/** A public key for either way of verifying. */
interface PublicKey {
  key: CryptoKey;
  /** As SPKI. */
  pem: string;
}

const publicKeys = new Recent<string, Promise<PublicKey>>(PUBLIC_KEYS);
const privateKeys = new Recent<string, Promise<CryptoKey>>(PRIVATE_KEYS);

let library: NativeRsa | null | undefined;

/** The system's libcrypto, where there is one. */
function native(): NativeRsa | null {
  if (library === undefined) library = openLibcrypto();
  return library;
}

/** Reads SPKI and PKCS#1, with any line ends (§8.2 Mbin, Mobilizon). */
async function importPublicKey(pem: string): Promise<PublicKey> {
  const read = createPublicKey(pem.replaceAll("\r", "").trim());
  const spki = read.export({ type: "spki", format: "der" });
  // Refuses what is no RSA key.
  const key = await crypto.subtle.importKey(
    "spki",
    new Uint8Array(spki as Uint8Array),
    ALGORITHM,
    false,
    ["verify"],
  );
  return { key, pem: String(read.export({ type: "spki", format: "pem" })) };
}

/** Reads PKCS#8 and PKCS#1. */
async function importPrivateKey(pem: string): Promise<CryptoKey> {
  const pkcs8 = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return await crypto.subtle.importKey(
    "pkcs8",
    new Uint8Array(pkcs8 as Uint8Array),
    ALGORITHM,
    false,
    ["sign"],
  );
}

/**
 * Whether the signature over the data was made with the private half of this key; by the system's
 * libcrypto where there is one, six times as fast.
 * @param pem the public key as an actor's document shows it: SPKI or PKCS#1
 * @throws FederationError `signature_invalid` when it is no RSA key
 */
export async function verifyRsa(
  pem: string,
  signature: Uint8Array<ArrayBuffer>,
  data: string,
): Promise<boolean> {
  const publicKey = await readPublicKey(pem);
  const bytes = new TextEncoder().encode(data);
  return native()?.verify(publicKey.pem, signature, bytes) ??
    await verifyWith(publicKey.key, signature, bytes);
}

/** The way that works everywhere. */
export async function verifyByWebCrypto(
  pem: string,
  signature: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return await verifyWith((await readPublicKey(pem)).key, signature, data);
}

async function verifyWith(
  key: CryptoKey,
  signature: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  return await crypto.subtle.verify(ALGORITHM, key, signature, data);
}

async function readPublicKey(pem: string): Promise<PublicKey> {
  try {
    if (pem.length > MAX_PEM) throw new Error("the key is too long");
    return await publicKeys.get(pem, importPublicKey);
  } catch (cause) {
    throw new FederationError(
      "signature_invalid",
      "the public key cannot be read",
      { cause },
    );
  }
}

/**
 * Signs data with an RSA key of ours, by the system's libcrypto where there is one: that is four
 * times as fast, and every delivery is a signature.
 * @param pem the private key as stored: PKCS#8
 * @returns base64
 */
export async function signRsa(pem: string, data: string): Promise<string> {
  const bytes = new TextEncoder().encode(data);
  const signature = await (native()?.sign(pem, bytes) ??
    signByWebCrypto(pem, bytes));
  return signature.toBase64();
}

/** The way that works everywhere. */
export async function signByWebCrypto(
  pem: string,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array> {
  const key = await privateKeys.get(pem, importPrivateKey);
  return new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, data));
}
