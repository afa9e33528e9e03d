import type { FedCtx } from "../context.ts";
import { FederationError } from "../errors.ts";
import { hostOf, sameHost } from "../ids.ts";
import type { ResolvedActor } from "../lookup.ts";
import { refreshActor } from "../resolve_actor.ts";
import { keyIdOf, type ReceivedRequest, verifyRequest } from "./verify.ts";

/**
 * Verifies that an actor signed a request. A key that does not fit is fetched anew once, as it may
 * have been changed (Q21).
 * @returns the actor as it is known afterwards
 * @throws FederationError those of `verifyRequest`; `signature_invalid` for a key of another host,
 * or a request to another one
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
  // What somebody signed for another server is not for us, whoever passes it on.
  if (!isForUs(ctx, request.headers.get("host") ?? "")) {
    throw new FederationError("signature_invalid", "it is for another host");
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

/**
 * Whether a Host header names this site: a port is up to the proxy before us, and in the test mode
 * sites are reached as `localhost` as well.
 */
function isForUs({ config }: Pick<FedCtx, "config">, host: string): boolean {
  const name = hostOf(`http://${host}`);
  return name === hostOf(`http://${config.hostname}`) ||
    config.fastFederation && name === "localhost";
}

/** Path with query of a request, as it came. */
export function pathOf({ url }: Request): string {
  const start = url.indexOf("/", 8);
  return start < 0 ? "/" : url.slice(start);
}
