import type { Config } from "../config/mod.ts";
import { type Ctx, query } from "../domain/context.ts";
import {
  OutgoingError,
  type OutgoingRequest,
  type OutgoingResponse,
} from "../http/guarded_client.ts";
import { FederationError } from "./errors.ts";
import { hostOf } from "./ids.ts";
import { Recent } from "./recent.ts";
import { type SignatureScheme, signRequest } from "./signatures/sign.ts";

type RequestCtx = Pick<Ctx, "db" | "config" | "outgoing">;

/** Who signs a request. */
export interface Signer {
  keyId: string;
  privateKeyPem: string;
}

/** What a server has been seen to accept. */
interface Accepted {
  /** Null while we do not know. */
  scheme: SignatureScheme | null;
  /** It refused both, so that its refusals have nothing to do with the scheme. */
  refusedBoth: boolean;
}

const HOSTS = 5000;
const known = new WeakMap<Config, Recent<string, Promise<Accepted>>>();

async function acceptedBy(ctx: RequestCtx, host: string): Promise<Accepted> {
  let hosts = known.get(ctx.config);
  if (!hosts) known.set(ctx.config, hosts = new Recent(HOSTS));
  return await hosts.get(host, async () => {
    const [row] = await query<{ signature_scheme: SignatureScheme | null }>(
      ctx,
      "select signature_scheme from instance where lower(domain) = $1",
      [host],
    );
    return { scheme: row?.signature_scheme ?? null, refusedBoth: false };
  });
}

/**
 * Sends a signed request. A server's scheme is learned (§6): an unknown one is tried with the
 * draft, and a refusal that may be about the signature is answered with the other scheme, once;
 * what it accepts is remembered with the instance.
 * @throws OutgoingError
 */
export async function sendSigned(
  ctx: RequestCtx,
  url: string,
  signer: Signer,
  request: OutgoingRequest,
): Promise<OutgoingResponse> {
  const host = hostOf(url) ?? "";
  const accepted = await acceptedBy(ctx, host);
  const send = async (scheme: SignatureScheme) => {
    const { method = "GET", headers = {}, body } = request;
    const signed = await signRequest({
      method,
      url,
      headers,
      body,
      ...signer,
      scheme,
    });
    return await ctx.outgoing.request(url, { ...request, headers: signed });
  };
  const first = accepted.scheme ?? "draft";
  const response = await send(first);
  const { status } = response;
  if (status < 300) {
    // A document may be there for everybody, which says nothing of signatures.
    if (request.method === "POST") await learn(ctx, host, accepted, first);
    return response;
  }
  // Many refuse an activity by 400 for other reasons; once a scheme has worked, only 401 is one.
  const doubtful = status === 401 || status === 400 && accepted.scheme === null;
  if (!doubtful || accepted.refusedBoth) return response;
  const other = first === "draft" ? "rfc9421" : "draft";
  const second = await send(other);
  if (second.status >= 300) {
    second.discard();
    accepted.refusedBoth = true;
    return response;
  }
  response.discard();
  await learn(ctx, host, accepted, other);
  return second;
}

async function learn(
  ctx: RequestCtx,
  host: string,
  accepted: Accepted,
  scheme: SignatureScheme,
): Promise<void> {
  if (accepted.scheme === scheme) return;
  accepted.scheme = scheme;
  accepted.refusedBoth = false;
  await query(
    ctx,
    `update instance set signature_scheme = $2
     where lower(domain) = $1 and signature_scheme is distinct from $2`,
    [host, scheme],
  );
}

/**
 * What a failed request means for whoever wanted the answer: time-outs and broken connections may
 * pass (§4.2), a refused address or an answer beyond the limits does not.
 */
export function fetchError(error: unknown): FederationError {
  if (error instanceof FederationError) return error;
  if (!(error instanceof OutgoingError)) throw error;
  return new FederationError("fetch_failed", error.message, {
    transient: error.reason === "timeout" || error.reason === "network",
    cause: error,
  });
}
