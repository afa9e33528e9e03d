import type { Ctx } from "../domain/context.ts";
import { federationLists } from "../domain/instance/federation_lists.ts";
import { FederationError } from "./errors.ts";
import { hostOf, isLocalId } from "./ids.ts";

type PolicyCtx = Pick<Ctx, "db" | "config" | "site">;

/** A DNS name as it stands in a URL. */
const DNS_NAME = /^[a-z0-9.-]+$/;

/**
 * ALLOWED of the federation chapter (§4.4) for a host other than ours.
 * @param host as `hostOf` gives it
 * @throws FederationError `federation_disabled`, `domain_blocked`, `domain_not_in_allow_list`; its
 * detail is the sentence that API clients are shown
 */
async function requireAllowedHost(ctx: PolicyCtx, host: string): Promise<void> {
  if (!ctx.site.local_site.federation_enabled) {
    throw new FederationError("federation_disabled", "Federation disabled");
  }
  const { blocked, allowed } = await federationLists(ctx);
  if (blocked.has(host)) {
    throw new FederationError("domain_blocked", `Domain "${host}" is blocked`);
  }
  if (allowed.size > 0 && !allowed.has(host)) {
    throw new FederationError(
      "domain_not_in_allow_list",
      `Domain "${host}" is not in allowlist`,
    );
  }
}

/** Whether the site federates with this host, which is another one than its own. */
export async function isAllowedHost(
  ctx: PolicyCtx,
  host: string,
): Promise<boolean> {
  try {
    await requireAllowedHost(ctx, host.toLowerCase().replace(/\.$/, ""));
    return true;
  } catch (error) {
    if (error instanceof FederationError) return false;
    throw error;
  }
}

/**
 * The check of ids of incoming activities, of all that is fetched, and of inboxes (§9.1); our own
 * addresses pass. Which address the name leads to, the guarded client checks when it dials.
 * @returns the parsed address
 * @throws FederationError `invalid_url`, `federation_disabled`, `domain_blocked`,
 * `domain_not_in_allow_list`
 */
export async function checkUrl(ctx: PolicyCtx, address: string): Promise<URL> {
  const testing = ctx.config.fastFederation;
  const url = URL.parse(address);
  if (
    !url || url.protocol !== "https:" && !(testing && url.protocol === "http:")
  ) {
    throw new FederationError("invalid_url", "not an https address");
  }
  if (isLocalId(ctx.config, url.href)) return url;
  const host = hostOf(url.href);
  if (host === null || !DNS_NAME.test(host)) {
    throw new FederationError("invalid_url", "the host is not a DNS name");
  }
  if (url.port !== "" && !testing) {
    throw new FederationError("invalid_url", "it names a port");
  }
  if (url.username !== "" || url.password !== "") {
    throw new FederationError("invalid_url", "it carries credentials");
  }
  await requireAllowedHost(ctx, host);
  return url;
}
