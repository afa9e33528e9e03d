import { signDraft } from "./draft.ts";
import { signMessage } from "./rfc9421.ts";

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
