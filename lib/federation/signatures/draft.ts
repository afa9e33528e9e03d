import { FederationError } from "../errors.ts";
import { checkDigest, digestOf } from "./digest.ts";
import { signRsa, verifyRsa } from "./keys.ts";
import type { RequestToSign } from "./sign.ts";
import type { ReceivedRequest } from "./verify.ts";
import { checkWindow } from "./window.ts";

/** A signature of draft-cavage-http-signatures as the header says it. */
export interface DraftSignature {
  keyId: string;
  signature: Uint8Array<ArrayBuffer>;
  /** Names of what was signed, in lower case and in order. */
  signed: string[];
  /** Unix seconds. */
  created?: number;
  expires?: number;
}

const PARAMETER =
  /\s*([A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^",\s]*))\s*(?:,|$)/y;

/**
 * Reads the header `Signature`, or `Authorization` with the scheme of that name (§6.4).
 * @returns null when the request has neither
 * @throws FederationError `signature_invalid` when it cannot be read
 */
export function readDraftSignature(headers: Headers): DraftSignature | null {
  const value = headers.get("signature") ??
    headers.get("authorization")?.match(/^Signature\s+(.*)$/i)?.[1];
  if (value === undefined) return null;
  const parameters = new Map<string, string>();
  const text = value.trim();
  PARAMETER.lastIndex = 0;
  while (PARAMETER.lastIndex < text.length) {
    const found = PARAMETER.exec(text);
    if (!found || parameters.has(found[1])) {
      throw new FederationError("signature_invalid", "malformed header");
    }
    parameters.set(found[1], found[2]?.replace(/\\(.)/g, "$1") ?? found[3]);
  }
  const keyId = parameters.get("keyId");
  const signature = parameters.get("signature");
  const list = parameters.get("headers");
  if (!keyId || !signature) {
    throw new FederationError("signature_invalid", "incomplete header");
  }
  return {
    keyId,
    signature: decodeBase64(signature),
    // The draft's default is the date alone, which is never enough here.
    signed: (list ?? "date").toLowerCase().split(/\s+/).filter(Boolean),
    created: seconds(parameters.get("created")),
    expires: seconds(parameters.get("expires")),
  };
}

function seconds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(value)) {
    throw new FederationError("signature_invalid", "malformed time");
  }
  return Number(value);
}

/** @throws FederationError `signature_invalid` */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.fromBase64(text);
  } catch (cause) {
    throw new FederationError("signature_invalid", "no base64", { cause });
  }
}

/**
 * The text that is signed: a line for each name, in the order of the names.
 * @param target path with query
 * @throws FederationError `signature_invalid` for what the request does not have
 */
export function draftSigningString(
  { method, target, headers, signature }: {
    method: string;
    target: string;
    headers: Headers;
    signature: Pick<DraftSignature, "signed" | "created" | "expires">;
  },
): string {
  const value = (name: string): string | null | undefined => {
    switch (name) {
      case "(request-target)":
        return `${method.toLowerCase()} ${target}`;
      case "(created)":
        return signature.created?.toString();
      case "(expires)":
        return signature.expires?.toString();
      default:
        return /^[\w-]+$/.test(name) ? headers.get(name) : null;
    }
  };
  return signature.signed.map((name) => {
    const found = value(name);
    if (found === null || found === undefined) {
      throw new FederationError("signature_invalid", `there is no ${name}`);
    }
    return `${name}: ${found}`;
  }).join("\n");
}

/** What must be signed at least, each by one of these names [Q30]. */
function requiredParts(method: string): string[][] {
  return [
    ["(request-target)"],
    ["host"],
    ["date", "(created)"],
    ...(method === "GET" || method === "HEAD" ? [] : [["digest"]]),
  ];
}

/**
 * Verifies a request signed by draft-cavage-http-signatures (§6.4).
 * @throws FederationError `signature_invalid`, `signature_expired`, `digest_mismatch`
 */
export async function verifyDraft(
  request: ReceivedRequest,
  signature: DraftSignature,
): Promise<void> {
  const { method, path, headers, body, publicKeyPem, now } = request;
  for (const names of requiredParts(method)) {
    if (!names.some((name) => signature.signed.includes(name))) {
      throw new FederationError("signature_invalid", `${names[0]} not signed`);
    }
  }
  const { created, expires } = signature;
  checkWindow(headers, {
    created: created === undefined ? undefined : created * 1000,
    expires: expires === undefined ? undefined : expires * 1000,
  }, now);
  if (signature.signed.includes("digest") || headers.has("digest")) {
    checkDigest(headers, body);
  }
  const targets = [path];
  // Mbin leaves the query string out (§8.2).
  if (method === "GET" && path.includes("?")) targets.push(path.split("?")[0]);
  for (const target of targets) {
    const text = draftSigningString({ method, target, headers, signature });
    if (await verifyRsa(publicKeyPem, signature.signature, text)) return;
  }
  throw new FederationError("signature_invalid");
}

/**
 * Signs a request by draft-cavage-http-signatures (§6.1, §6.2): all headers that are given, and
 * with them `date`, `digest` and `host`, by their names.
 * @returns the headers to send
 */
export async function signDraft(
  { method, url, headers, body, keyId, privateKeyPem, now }: RequestToSign,
): Promise<Record<string, string>> {
  const { host, pathname, search } = new URL(url);
  const all = new Headers({
    ...headers,
    date: (now ?? new Date()).toUTCString(),
    digest: digestOf(body ?? ""),
    host,
  });
  const signed = ["(request-target)", ...[...all.keys()].sort()];
  const text = draftSigningString({
    method,
    target: pathname + search,
    headers: all,
    signature: { signed },
  });
  const signature = await signRsa(privateKeyPem, text);
  return {
    ...Object.fromEntries(all),
    signature: `keyId="${keyId}",algorithm="hs2019",headers="${
      signed.join(" ")
    }",signature="${signature}"`,
  };
}
