import { FederationError } from "../errors.ts";
import { readDraftSignature, verifyDraft } from "./draft.ts";
import {
  keyIdOfSignature,
  readMessageSignatures,
  verifyMessage,
} from "./rfc9421.ts";

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
