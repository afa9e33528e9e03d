import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { sameHost } from "../ids.ts";
import type { ResolvedActor } from "../lookup.ts";
import { refreshActor } from "../resolve_actor.ts";
import { keyIdOf, type ReceivedRequest, verifyRequest } from "./verify.ts";

/**
 * Verifies that an actor signed a request. A key that does not fit is fetched anew once, as it may
 * have been changed (Q21).
 * @returns the actor as it is known afterwards
 * @throws FederationError those of `verifyRequest`; `signature_invalid` for a key of another host
 */
export async function verifyByActor(
  ctx: FedCtx,
  request: Omit<ReceivedRequest, "publicKeyPem" | "now">,
  actor: ResolvedActor,
): Promise<ResolvedActor> {
  if (!sameHost(actor.ap_id, keyIdOf(request.headers))) {
    throw new FederationError(
      "signature_invalid",
      "the key is of another host",
    );
  }
  const verify = ({ public_key }: ResolvedActor) =>
    verifyRequest({ ...request, publicKeyPem: public_key, now: ctx.now });
  try {
    await verify(actor);
    return actor;
  } catch (error) {
    const doubtful = error instanceof FederationError &&
      error.code === "signature_invalid";
    if (!doubtful) throw error;
    const fresh = await refreshActor(ctx, actor.ap_id, { force: true });
    if (fresh.public_key === actor.public_key) throw error;
    await verify(fresh);
    return fresh;
  }
}

/** Path with query of a request, as it came. */
export function pathOf({ url }: Request): string {
  const start = url.indexOf("/", 8);
  return start < 0 ? "/" : url.slice(start);
}
