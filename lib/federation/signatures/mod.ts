import { FederationError } from "../errors.ts";
import { readDraftSignature, signDraft, verifyDraft } from "./draft.ts";
import {
  keyIdOfSignature,
  readMessageSignatures,
  signMessage,
  verifyMessage,
} from "./rfc9421.ts";

export { checkDigest, digestOf } from "./digest.ts";

/** draft-cavage-http-signatures, which every server accepts, or RFC 9421, which some prefer (§6). */
export type SignatureScheme = "draft" | "rfc9421";

/** A request of ours that is to be signed. */
export interface RequestToSign {
  /** In capitals. */
  method: string;
  url: string;
  /** Headers to sign and to send, besides those that a signature brings along. */
  headers: Record<string, string>;
  body?: Uint8Array | string;
  /** Id of the actor's key. */
  keyId: string;
  privateKeyPem: string;
  /** The present unless given. */
  now?: Date;
}

/** A request that came in, and who is said to have signed it. */
export interface ReceivedRequest {
  /** In capitals. */
  method: string;
  /** Path with query, as it came. */
  path: string;
  headers: Headers;
  /** Empty for a GET. */
  body: Uint8Array | string;
  /** Public key of the actor: SPKI or PKCS#1. */
  publicKeyPem: string;
  now: Date;
}

/**
 * Signs a request (§6.1, §6.2). Date and signature are those of the moment, so every attempt is
 * signed anew.
 * @returns all headers to send, in lower case
 */
export async function signRequest(
  { scheme, ...request }: RequestToSign & { scheme: SignatureScheme },
): Promise<Record<string, string>> {
  return scheme === "draft"
    ? await signDraft(request)
    : await signMessage(request);
}

/**
 * Verifies the signature on a request, whichever scheme it uses (§6.4): digest, times, the minimum
 * of signed parts, and the signature by the actor's key.
 * @throws FederationError `signature_missing`, `signature_invalid`, `signature_expired`,
 * `digest_missing`, `digest_mismatch`; all of them for good
 */
export async function verifyRequest(request: ReceivedRequest): Promise<void> {
  const messages = readMessageSignatures(request.headers);
  if (messages.size > 0) return await verifyMessage(request, messages.values());
  const draft = readDraftSignature(request.headers);
  if (draft === null) throw new FederationError("signature_missing");
  await verifyDraft(request, draft);
}

/**
 * Id of the key that a request says it was signed with, of either scheme; nothing is verified.
 * @throws FederationError `signature_missing`, `signature_invalid`
 */
export function keyIdOf(headers: Headers): string {
  const [message] = readMessageSignatures(headers).values();
  const id = message
    ? keyIdOfSignature(message)
    : readDraftSignature(headers)?.keyId;
  if (id === undefined) throw new FederationError("signature_missing");
  if (id === null) throw new FederationError("signature_invalid", "no key id");
  return id;
}
