import type { Ctx } from "../domain/context.ts";
import { FederationError } from "./errors.ts";
import { hostOf, isLocalId } from "./ids.ts";
import { checkUrl } from "./policy.ts";

/**
 * Refuses an object whose id is not on the host that it came from or that speaks for it.
 * @param expectedHost as `hostOf` gives it
 * @throws FederationError `wrong_host`
 */
export function requireHost(id: string, expectedHost: string | null): void {
  const host = hostOf(id);
  if (host === null || host !== expectedHost) {
    throw new FederationError("wrong_host", id);
  }
}

/**
 * Refuses an object of another server whose id is not on the expected host, is one of ours, or is
 * on a host that the site does not federate with.
 * @throws FederationError `wrong_host`, `local_object`, those of `checkUrl`
 */
export async function requireRemote(
  ctx: Pick<Ctx, "db" | "config" | "site">,
  id: string,
  expectedHost: string | null,
): Promise<void> {
  requireHost(id, expectedHost);
  if (isLocalId(ctx.config, id)) throw new FederationError("local_object", id);
  await checkUrl(ctx, id);
}
