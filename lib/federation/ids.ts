import type { Config } from "../config/mod.ts";

/** Everybody, as a recipient. */
export const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

/** What every object and activity carries at its top when it is sent or served (§2.1). */
export const CONTEXT: readonly string[] = [
  "https://join-lemmy.org/context.json",
  "https://www.w3.org/ns/activitystreams",
];

/**
 * HOST(x) of the federation chapter: the DNS name in lower case without scheme, port and trailing
 * dot; null where there is none, as in an IP literal.
 */
export function hostOf(address: string): string | null {
  const host = URL.parse(address)?.hostname.replace(/\.$/, "");
  if (!host || host.startsWith("[") || /^[\d.]+$/.test(host)) return null;
  return host.toLowerCase();
}

/** Whether both have a host and it is the same one. */
export function sameHost(a: string, b: string): boolean {
  const host = hostOf(a);
  return host !== null && host === hostOf(b);
}

/** LOCAL(x): the address is on this site, its port compared too, a dot behind the name not. */
export function isLocalId(
  config: Pick<Config, "hostname">,
  address: string,
): boolean {
  return URL.parse(address)?.host.replace(/\.(?=:|$)/, "") ===
    config.hostname.toLowerCase();
}

/** URLEQ(a, b): the same by the URL parser's notation. */
export function sameUrl(a: string, b: string): boolean {
  const url = URL.parse(a);
  return url !== null && url.href === URL.parse(b)?.href;
}

/** An actor's key id; `actor` is the actor's id. */
export function keyId(actor: string): string {
  return `${actor}#main-key`;
}
