/** Host names that lead to this machine or its network, at once or later. */
import { loadConfig } from "../../lib/config/mod.ts";
import {
  GuardedClient,
  type Lookup,
  type OutgoingError,
} from "../../lib/http/guarded_client.ts";
import { type Assertions, test } from "../harness.ts";
import { startPeer } from "../support/peer.ts";

/** Public by its number, but nobody's: since 2006 nothing is routed there. */
const NOWHERE = "3ffe::1";

/** A name service in which each look-up of a name has the next of its answers, and in the end the last. */
function names(answers: Record<string, string[][]>) {
  const asked: string[] = [];
  const lookup: Lookup = (host, _, callback) => {
    asked.push(host);
    const all = answers[host];
    const found = all.length > 1 ? all.shift()! : all[0];
    callback(
      null,
      found.map((address) => ({
        address,
        family: address.includes(":") ? 6 : 4,
      })),
    );
  };
  return { asked, lookup };
}

async function reason(
  t: Assertions,
  client: GuardedClient,
  url: string,
  redirects = 0,
): Promise<string> {
  const error = await t.throws(() =>
    client.request(url, { redirects, timeout: 1000 })
  ) as OutgoingError;
  return error.reason;
}

test("a name that leads to this machine or its network is not asked", async (t) => {
  const peer = startPeer(() => new Response("secret"));
  const inner = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "fd00::1",
    "fe80::1",
  ];
  const { lookup } = names({
    "all.example": [inner],
    // Whoever is asked for one address gives the other one besides.
    "both.example": [[NOWHERE, "127.0.0.1"]],
    ...Object.fromEntries(
      inner.map((address, i) => [`n${i}.example`, [[address]]]),
    ),
  });
  const client = new GuardedClient({ userAgent: "test", lookup });
  try {
    for (const [i, address] of inner.entries()) {
      t.equal(
        await reason(t, client, `http://n${i}.example:${peer.port}/`),
        "address",
        address,
      );
    }
    t.equal(
      await reason(t, client, `http://all.example:${peer.port}/`),
      "address",
    );
    t.match(
      await reason(t, client, `http://both.example:${peer.port}/`),
      /^(network|timeout)$/,
    );
    t.equal(peer.requests, []);
  } finally {
    await client.close();
    await peer.stop();
  }
});

test("a name that leads elsewhere after the check is checked again", async (t) => {
  const peer = startPeer(() => new Response("secret"));
  const { asked, lookup } = names({
    "rebinds.example": [[NOWHERE], ["127.0.0.1"]],
  });
  const client = new GuardedClient({ userAgent: "test", lookup });
  try {
    const url = `http://rebinds.example:${peer.port}/`;
    t.match(await reason(t, client, url), /^(network|timeout)$/);
    t.equal(asked.length, 1, "what was checked is what is dialled");
    t.equal(await reason(t, client, url), "address");
    t.equal(peer.requests, []);
  } finally {
    await client.close();
    await peer.stop();
  }
});

test("a redirect to a name that leads into the network is not followed", async (t) => {
  const second = startPeer(() => new Response("secret"));
  const first = startPeer((request) =>
    new Response(null, {
      status: 302,
      headers: { location: new URL(request.url).searchParams.get("to")! },
    })
  );
  const { lookup } = names({
    "start.example": [["127.0.0.1"]],
    "inner.example": [["192.168.0.1"]],
    // First a server that may be asked, then the machine behind the firewall.
    "rebinds.example": [["127.0.0.1"], ["10.0.0.1"]],
  });
  // Stands for a client to which the first server's address is public.
  const client = new GuardedClient({
    userAgent: "test",
    allowLoopback: true,
    lookup,
  });
  const at = (host: string, target: string) =>
    `http://${host}:${first.port}/?to=${encodeURIComponent(target)}`;
  try {
    const open = await client.request(
      at("start.example", `http://start.example:${second.port}/`),
      { redirects: 1 },
    );
    t.equal(await open.text(), "secret");
    for (
      const url of [
        at("start.example", "http://inner.example/"),
        at("start.example", "http://10.0.0.1/"),
        at("rebinds.example", `http://rebinds.example:${second.port}/`),
      ]
    ) t.equal(await reason(t, client, url, 3), "address", url);
    t.equal(second.requests.length, 1);
  } finally {
    await client.close();
    await Promise.all([first.stop(), second.stop()]);
  }
});

test("sites of a closed network may let names lead there, and nothing else", async (t) => {
  const load = (env: Record<string, string>) =>
    loadConfig({ env: { LEMMY_HOSTNAME: "tundra.test", ...env }, cwd: "/" });
  const peer = startPeer((request) =>
    new URL(request.url).pathname === "/moved"
      ? Response.redirect(`http://127.0.0.1:${peer.port}/`)
      : new Response("hello")
  );
  const config = await load({ DANGER_FEDERATION_ALLOW_LOCAL_IP: "1" });
  t.match(config.warnings.join(), "DANGER_FEDERATION_ALLOW_LOCAL_IP");
  const open = GuardedClient.of(config);
  const closed = GuardedClient.of(await load({}));
  try {
    const url = peer.url("a", "/");
    t.equal(await (await open.request(url)).text(), "hello");
    t.equal(await reason(t, open, `http://127.0.0.1:${peer.port}/`), "address");
    t.equal(await reason(t, open, `http://[::1]:${peer.port}/`), "address");
    t.equal(await reason(t, open, peer.url("a", "/moved"), 1), "address");
    t.equal(await reason(t, closed, url), "address");
    t.equal(peer.requests, ["GET a /", "GET a /moved"]);
  } finally {
    await open.close();
    await closed.close();
    await peer.stop();
  }
});
