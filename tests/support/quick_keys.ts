/**
 * Preloaded by tests and their servers: RSA keys without the search for primes, which takes 230 ms
 * of a core for each account and community, a quarter of all the work of the tests. Each key is a
 * real one of its own, made of two primes of a list that everybody knows: good for tests only.
 */
const EXPONENT = 65537n;
const primes = (await Deno.readTextFile(new URL("primes.txt", import.meta.url)))
  .trim().split("\n").map((line) => BigInt(`0x${line}`));

/** All pairs of primes in an order of this process's own, so that no key is made twice. */
const pairs = primes.flatMap((p, i) =>
  primes.slice(0, i).map((q) => [p, q] as const)
);
for (let i = pairs.length - 1; i > 0; i--) {
  const j = Math.floor(Math.random() * (i + 1));
  [pairs[i], pairs[j]] = [pairs[j], pairs[i]];
}

/** The number that multiplied with `a` leaves 1 (extended Euclid). */
function inverse(a: bigint, modulus: bigint): bigint {
  let [r, s] = [modulus, a % modulus];
  let [x, y] = [0n, 1n];
  while (s > 0n) {
    const quotient = r / s;
    [r, s] = [s, r - quotient * s];
    [x, y] = [y, x - quotient * y];
  }
  return x < 0n ? x + modulus : x;
}

function base64url(number: bigint): string {
  const hex = number.toString(16);
  return Uint8Array.fromHex(hex.padStart(hex.length + hex.length % 2, "0"))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

async function makePair(
  algorithm: RsaHashedKeyGenParams,
  extractable: boolean,
): Promise<CryptoKeyPair> {
  const pair = pairs.pop();
  if (!pair) throw new Error(`all keys of ${primes.length} primes are used up`);
  const [p, q] = pair;
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const open = {
    kty: "RSA",
    n: base64url(p * q),
    e: base64url(EXPONENT),
  };
  const secret = {
    ...open,
    d: base64url(d),
    p: base64url(p),
    q: base64url(q),
    dp: base64url(d % (p - 1n)),
    dq: base64url(d % (q - 1n)),
    qi: base64url(inverse(q, p)),
  };
  const [publicKey, privateKey] = await Promise.all([
    crypto.subtle.importKey("jwk", open, algorithm, true, ["verify"]),
    crypto.subtle.importKey("jwk", secret, algorithm, extractable, ["sign"]),
  ]);
  return { publicKey, privateKey };
}

const generateKey = crypto.subtle.generateKey.bind(crypto.subtle);

function generateQuickly(
  algorithm: RsaHashedKeyGenParams,
  extractable: boolean,
  usages: KeyUsage[],
) {
  const usual = algorithm.name === "RSASSA-PKCS1-v1_5" &&
    algorithm.modulusLength === 2048;
  return usual
    ? makePair(algorithm, extractable)
    : generateKey(algorithm, extractable, usages);
}

Object.defineProperty(crypto.subtle, "generateKey", { value: generateQuickly });
