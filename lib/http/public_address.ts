import ipaddr from "ipaddr.js";

/**
 * IPv4 networks that no other server of the internet has: IANA's special-purpose registry, and
 * multicast.
 */
const SPECIAL_V4 = networks(
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // shared by carriers
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local, with the metadata services of clouds
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.31.196.0/24", // AS112
  "192.52.193.0/24", // AMT
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16", // private
  "192.175.48.0/24", // AS112
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, broadcast
);

/** What is public of IPv6 lies in here … */
const GLOBAL_V6 = networks("2000::/3");

/** … except for these. */
const SPECIAL_V6 = networks(
  "2001::/23", // protocol assignments, Teredo, ORCHID
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4, which leads to any IPv4 address
  "2620:4f:8000::/48", // AS112
  "3fff::/20", // documentation
);

/** Networks whose last 32 bits are an IPv4 address to which the packets go. */
const NAT64 = networks("64:ff9b::/96");

const LOOPBACK = networks("127.0.0.0/8", "::1/128");

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

function networks(...texts: string[]): Network[] {
  return texts.map((text) => ipaddr.parseCIDR(text));
}

function within(
  address: ipaddr.IPv4 | ipaddr.IPv6,
  list: readonly Network[],
): boolean {
  return list.some(([network, bits]) =>
    network.kind() === address.kind() &&
    address.match(network as ipaddr.IPv6, bits)
  );
}

/**
 * Whether an IP address is one that any server of the internet may have, so that requests which a
 * stranger brings about may go there. `::ffff:…` and NAT64 count as the IPv4 address within.
 * @param address text without brackets; a zone (`%eth0`) makes it link-local
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parse(address);
  if (parsed === null) return false;
  if (parsed instanceof ipaddr.IPv4) return !within(parsed, SPECIAL_V4);
  if (within(parsed, NAT64)) {
    const bytes = parsed.toByteArray().slice(12);
    return !within(new ipaddr.IPv4(bytes), SPECIAL_V4);
  }
  return within(parsed, GLOBAL_V6) && !within(parsed, SPECIAL_V6);
}

/** Whether an IP address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  const parsed = parse(address);
  return parsed !== null && within(parsed, LOOPBACK);
}

/** The address itself, without the IPv6 form that IPv4 addresses have on a socket of both kinds. */
function parse(address: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // Only the usual notation: what else the library reads, a socket or a URL never says.
  const usual = ipaddr.IPv4.isValidFourPartDecimal(address) ||
    ipaddr.IPv6.isValid(address) && !address.includes("%");
  return usual ? ipaddr.process(address) : null;
}
