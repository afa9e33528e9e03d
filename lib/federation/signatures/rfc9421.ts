import {
  type BareItem,
  type InnerList,
  isInnerList,
  type Item,
  type Parameters,
  parseDictionary,
  serializeInnerList,
  serializeItem,
} from "structured-headers";
import { FederationError } from "../errors.ts";
import { checkDigest, contentDigestOf } from "./digest.ts";
import { signRsa, verifyRsa } from "./keys.ts";
import type { RequestToSign } from "./sign.ts";
import type { ReceivedRequest } from "./verify.ts";
import { checkWindow } from "./window.ts";

/** The algorithm of RFC 9421 §3.3.2; a signature that names none uses it with an RSA key. */
const ALGORITHM = "rsa-v1_5-sha256";
/** Of several signatures on one request, so many are looked at. */
const MAX_SIGNATURES = 4;

/** One signature on a message. */
export interface MessageSignature {
  /** What it covers, with its parameters, as the header says it. */
  input: InnerList;
  signature: Uint8Array<ArrayBuffer>;
}

/**
 * Reads `Signature-Input` and `Signature` (RFC 9421 §4).
 * @returns the signatures, by their labels in order; empty when there is no `Signature-Input`
 * @throws FederationError `signature_invalid` when they cannot be read
 */
export function readMessageSignatures(
  headers: Headers,
): Map<string, MessageSignature> {
  const found = new Map<string, MessageSignature>();
  const inputHeader = headers.get("signature-input");
  if (inputHeader === null) return found;
  try {
    const inputs = parseDictionary(inputHeader);
    const signatures = parseDictionary(headers.get("signature") ?? "");
    for (const [label, input] of inputs) {
      const value = signatures.get(label)?.[0];
      if (!isInnerList(input) || !(value instanceof ArrayBuffer)) continue;
      found.set(label, { input, signature: new Uint8Array(value) });
      if (found.size === MAX_SIGNATURES) break;
    }
  } catch (cause) {
    throw new FederationError("signature_invalid", "malformed header", {
      cause,
    });
  }
  if (found.size === 0) {
    throw new FederationError("signature_invalid", "malformed header");
  }
  return found;
}

/** The key that a signature says it was made with, if it does. */
export function keyIdOfSignature({ input }: MessageSignature): string | null {
  const id = input[1].get("keyid");
  return typeof id === "string" ? id : null;
}

/** A request as far as components of a signature are made from it. */
export interface SignedMessage {
  method: string;
  /** Without a port that is the scheme's own. */
  authority: string;
  scheme: "http" | "https";
  /** Path with query. */
  target: string;
  headers: Headers;
}

/** Value of a component (RFC 9421 §2); null for one that there is not, or that we do not know. */
function componentValue(
  [name, parameters]: Item,
  message: SignedMessage,
): string | null {
  if (typeof name !== "string" || parameters.size > 0) return null;
  const { method, authority, scheme, target, headers } = message;
  const query = target.indexOf("?");
  switch (name) {
    case "@method":
      return method;
    case "@authority":
      return authority;
    case "@scheme":
      return scheme;
    case "@target-uri":
      return `${scheme}://${authority}${target}`;
    case "@request-target":
      return target;
    case "@path":
      return query < 0 ? target : target.slice(0, query);
    case "@query":
      return query < 0 ? "?" : target.slice(query);
    default:
      return /^[a-z0-9_-]+$/.test(name) ? headers.get(name) : null;
  }
}

/**
 * The signature base (RFC 9421 §2.5).
 * @throws FederationError `signature_invalid` for a component twice, or one that there is not
 */
export function signatureBase(
  input: InnerList,
  message: SignedMessage,
): string {
  const lines = new Map<string, string>();
  for (const item of input[0]) {
    const name = serializeItem(item);
    const value = componentValue(item, message);
    if (value === null || lines.has(name)) {
      throw new FederationError("signature_invalid", `no component ${name}`);
    }
    lines.set(name, `${name}: ${value.trim()}`);
  }
  return [
    ...lines.values(),
    `"@signature-params": ${serializeInnerList(input)}`,
  ].join("\n");
}

/** What must be covered at least, each by one of these [Q30]. */
function requiredComponents(method: string, path: string): string[][] {
  return [
    ["@method"],
    ["@path", "@target-uri", "@request-target"],
    ...(path.includes("?")
      ? [["@query", "@target-uri", "@request-target"]]
      : []),
    ["@authority", "@target-uri", "host"],
    ...(method === "GET" || method === "HEAD"
      ? []
      : [["content-digest", "digest"]]),
  ];
}

/** @throws FederationError `signature_invalid`, `signature_expired` */
function checkParameters(
  input: InnerList,
  { method, path, headers, now }: ReceivedRequest,
): void {
  const [items, parameters] = input;
  const covered = new Set(items.map(([name]) => name));
  for (const names of requiredComponents(method, path)) {
    if (!names.some((name) => covered.has(name))) {
      throw new FederationError("signature_invalid", `${names[0]} not signed`);
    }
  }
  const created = seconds(parameters, "created");
  if (created === undefined && !covered.has("date")) {
    throw new FederationError("signature_invalid", "created not signed");
  }
  checkWindow(
    headers,
    { created, expires: seconds(parameters, "expires") },
    now,
  );
  const algorithm = parameters.get("alg");
  if (algorithm !== undefined && algorithm !== ALGORITHM) {
    throw new FederationError("signature_invalid", "unknown algorithm");
  }
}

/** A time among the parameters, in milliseconds. */
function seconds(parameters: Parameters, name: string): number | undefined {
  const value: BareItem | undefined = parameters.get(name);
  if (value === undefined) return undefined;
  return typeof value === "number" ? value * 1000 : NaN;
}

/**
 * Verifies a request signed by RFC 9421: one of its signatures must be by the key and cover enough.
 * @throws FederationError `signature_invalid`, `signature_expired`, `digest_mismatch`
 */
export async function verifyMessage(
  request: ReceivedRequest,
  signatures: Iterable<MessageSignature>,
): Promise<void> {
  const { method, path, headers, body, publicKeyPem } = request;
  if (headers.has("digest") || headers.has("content-digest")) {
    checkDigest(headers, body);
  }
  let refusal = new FederationError("signature_invalid");
  for (const { input, signature } of signatures) {
    try {
      checkParameters(input, request);
      // A proxy that ends TLS leaves us the path alone, so the scheme is not known for sure.
      for (const scheme of ["https", "http"] as const) {
        const port = scheme === "https" ? /:443$/ : /:80$/;
        const authority = (headers.get("host") ?? "").toLowerCase()
          .replace(port, "");
        const message = { method, authority, scheme, target: path, headers };
        const base = signatureBase(input, message);
        if (await verifyRsa(publicKeyPem, signature, base)) return;
      }
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/**
 * Signs a request by RFC 9421: method, whole address and all headers that are given, with them
 * `date`, and `content-digest` when there is a body.
 * @returns the headers to send
 */
export async function signMessage(
  { method, url, headers, body, keyId, privateKeyPem, now = new Date() }:
    RequestToSign,
): Promise<Record<string, string>> {
  const { host, protocol, pathname, search } = new URL(url);
  const all = new Headers({ ...headers, date: now.toUTCString() });
  if (body !== undefined) all.set("content-digest", contentDigestOf(body));
  const names = ["@method", "@target-uri", "@authority", ...all.keys()];
  const input: InnerList = [
    names.map((name): Item => [name, new Map()]),
    new Map<string, BareItem>([
      ["created", Math.floor(now.getTime() / 1000)],
      ["keyid", keyId],
      ["alg", ALGORITHM],
    ]),
  ];
  const base = signatureBase(input, {
    method,
    authority: host,
    scheme: protocol === "https:" ? "https" : "http",
    target: pathname + search,
    headers: all,
  });
  return {
    ...Object.fromEntries(all),
    host,
    "signature-input": `sig1=${serializeInnerList(input)}`,
    signature: `sig1=:${await signRsa(privateKeyPem, base)}:`,
  };
}
