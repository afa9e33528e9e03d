import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { RequestClient } from "./state.ts";

/** Longer than any address with brackets, zone and port. */
const MAX_ADDRESS = 60;

/**
 * Finds out who sends a request: the peer, or what a proxy says of it. `Forwarded` and
 * `X-Forwarded-For` count only from loopback and from the configured proxies, hop by hop from the
 * nearest one: an entry that an untrusted hop has written is as good as none, or every visitor
 * could pass for another.
 */
export class ClientAddresses {
  #trusted = new BlockList();

  /** @param proxies addresses and networks, as `10.0.0.0/8` */
  constructor(proxies: readonly string[]) {
    for (const proxy of ["127.0.0.0/8", "::1/128", ...proxies]) {
      const [address, bits] = proxy.split("/");
      const family = isIPv6(address) ? "ipv6" : "ipv4";
      this.#trusted.addSubnet(
        address,
        bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits),
        family,
      );
    }
  }

  /** @param peer address of the connection's other end */
  clientOf(headers: Headers, peer: string): RequestClient {
    const own = normalize(peer) ?? "127.0.0.1";
    let ip = own;
    let forwarded = false;
    if (this.#isTrusted(own)) {
      const hops = forwardedFor(headers);
      forwarded = hops.length > 0;
      for (let i = hops.length - 1; i >= 0; i--) {
        const hop = normalize(hops[i]);
        // Unknown senders share one counter, as those without any header do.
        if (hop === null) break;
        ip = hop;
        if (!this.#isTrusted(hop)) break;
      }
    }
    return {
      ip,
      loopback: !forwarded && isLoopback(own),
      userAgent: headers.get("user-agent") ?? undefined,
      acceptLanguage: headers.get("accept-language") ?? undefined,
    };
  }

  #isTrusted(address: string): boolean {
    return isLoopback(address) ||
      this.#trusted.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  }
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** Addresses as written, nearest hop last. */
function forwardedFor(headers: Headers): string[] {
  const standard = headers.get("forwarded");
  if (standard !== null) {
    return standard.split(",").map((element) =>
      /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;]*)/i.exec(element)?.[1] ?? ""
    );
  }
  const usual = headers.get("x-forwarded-for");
  return usual === null ? [] : usual.split(",");
}

/** The bare address without quotes, brackets, zone and port; null if it is none. */
function normalize(text: string): string | null {
  let address = text.trim().slice(0, MAX_ADDRESS).replace(/^"(.*)"$/, "$1");
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address);
  if (bracketed) address = bracketed[1];
  else if (/^[\d.]+:\d+$/.test(address)) address = address.split(":")[0];
  address = address.split("%")[0].toLowerCase();
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (mapped) address = mapped[1];
  return isIPv4(address) || isIPv6(address) ? address : null;
}

/**
 * The part of an address that limits go by, as two 32-bit numbers and the family: IPv4 whole,
 * IPv6 its first 64 bits, the usual share of one household.
 */
export function limitKey(
  address: string,
): { family: 4 | 6; high: number; low: number } {
  if (isIPv4(address)) {
    const [a, b, c, d] = address.split(".").map(Number);
    return { family: 4, high: (a << 24) | (b << 16) | (c << 8) | d, low: 0 };
  }
  const [head, tail = ""] = address.split("::");
  const first = head.split(":").filter(Boolean);
  const last = tail.split(":").filter(Boolean);
  // A dotted end stands for two groups.
  const lastGroups = last.length + (address.includes(".") ? 1 : 0);
  const groups = address.includes("::")
    ? [...first, ...Array(8 - first.length - lastGroups).fill("0"), ...last]
    : first;
  const word = (i: number) =>
    (parseInt(groups[i], 16) << 16) | parseInt(groups[i + 1], 16);
  return { family: 6, high: word(0), low: word(2) };
}
