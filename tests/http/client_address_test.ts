import { ClientAddresses, limitKey } from "../../lib/http/client_address.ts";
import { test } from "../harness.ts";

const PROXY = "10.1.2.3";
const addresses = new ClientAddresses(["10.1.0.0/16", "2001:db8:1::/48"]);

function ipOf(peer: string, headers: HeadersInit = {}): string {
  return addresses.clientOf(new Headers(headers), peer).ip;
}

test("the client is the peer unless a trusted proxy says otherwise", (t) => {
  const forged = { "x-forwarded-for": "203.0.113.9" };
  t.equal(ipOf("198.51.100.7"), "198.51.100.7");
  t.equal(ipOf("198.51.100.7", forged), "198.51.100.7");
  t.equal(ipOf("127.0.0.1", forged), "203.0.113.9");
  t.equal(ipOf("::1", forged), "203.0.113.9");
  t.equal(ipOf(PROXY, forged), "203.0.113.9");
  t.equal(ipOf("2001:db8:1::5", forged), "203.0.113.9");
  t.equal(ipOf("::ffff:198.51.100.7", forged), "198.51.100.7");
});

test("Forwarded is read in all its spellings and wins", (t) => {
  const table: [string, string][] = [
    ["for=203.0.113.9", "203.0.113.9"],
    ["For=203.0.113.9;proto=https;by=10.0.0.1", "203.0.113.9"],
    ['for="203.0.113.9:4711"', "203.0.113.9"],
    ['for="[2001:DB8:cafe::17]:4711"', "2001:db8:cafe::17"],
    ['proto=http; for="[2001:db8:cafe::17]"', "2001:db8:cafe::17"],
    ["for=unknown", PROXY],
    ["for=_hidden", PROXY],
    ["proto=https", PROXY],
  ];
  for (const [forwarded, expected] of table) {
    const headers = { forwarded, "x-forwarded-for": "192.0.2.1" };
    t.equal(ipOf(PROXY, headers), expected, forwarded);
  }
});

test("what a visitor writes before the proxy's own entry does not count", (t) => {
  const list = (text: string) => ({ "x-forwarded-for": text });
  t.equal(ipOf(PROXY, list("1.1.1.1, 203.0.113.9")), "203.0.113.9");
  t.equal(ipOf(PROXY, list("203.0.113.9, 10.1.9.9")), "203.0.113.9");
  t.equal(ipOf(PROXY, list("1.1.1.1, nonsense")), PROXY);
  const forwarded = "for=1.1.1.1, for=203.0.113.9";
  t.equal(ipOf(PROXY, { forwarded }), "203.0.113.9");
});

test("loopback is said only of those who really sit there", (t) => {
  const loopback = (peer: string, headers: HeadersInit = {}) =>
    addresses.clientOf(new Headers(headers), peer).loopback;
  t.equal(loopback("127.0.0.1"), true);
  t.equal(loopback("::1"), true);
  t.equal(loopback("127.0.0.1", { "x-forwarded-for": "203.0.113.9" }), false);
  t.equal(loopback("198.51.100.7"), false);
});

test("limits go by the whole IPv4 address and the first half of IPv6", (t) => {
  const same = (a: string, b: string) =>
    t.equal(limitKey(a), limitKey(b), `${a} and ${b}`);
  const different = (a: string, b: string) =>
    t.notEqual(limitKey(a), limitKey(b), `${a} and ${b}`);
  same("2001:db8:1:2::1", "2001:db8:1:2:ffff:1:2:3");
  same("2001:db8::", "2001:db8:0:0:1::");
  same("64:ff9b::192.0.2.1", "64:ff9b::1");
  different("2001:db8:1:2::1", "2001:db8:1:3::1");
  different("::1", "2001::1");
  different("192.0.2.1", "192.0.2.2");
  different("0.0.0.1", "::1");
});
