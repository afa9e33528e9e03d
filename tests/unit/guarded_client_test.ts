/** The one way out to other servers: which addresses it goes to, and where it stops. */
import { join } from "node:path";
import { GuardedClient } from "../../lib/http/guarded_client.ts";
import {
  isLoopbackAddress,
  isPublicAddress,
} from "../../lib/http/public_address.ts";
import { test } from "../harness.ts";

const PUBLIC = [
  "1.1.1.1",
  "8.8.8.8",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.167.255.255",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2a00:1450:4001::200e",
  "2001:200::1",
  "::ffff:8.8.8.8",
  "64:ff9b::808:808",
];

const NOT_PUBLIC = [
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.8",
  "192.0.2.1",
  "192.88.99.1",
  "192.168.0.1",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.1",
  "203.0.113.7",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:10.0.0.1",
  "::ffff:0:127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b::10.0.0.1",
  "64:ff9b:1::1",
  "100::1",
  "fc00::1",
  "fdff::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2002:808:808::1",
  "3fff::1",
  "5f00::1",
  "127.1",
  "0x7f.1",
  "2130706433",
  "localhost",
  "",
];

test("addresses are public or not by the table", (t) => {
  for (const address of PUBLIC) t.ok(isPublicAddress(address), address);
  for (const address of NOT_PUBLIC) t.ok(!isPublicAddress(address), address);
  for (const address of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]) {
    t.ok(isLoopbackAddress(address), address);
  }
  t.ok(!isLoopbackAddress("10.0.0.1"));
});

/** A server on this machine that counts what reaches it. */
function serve(answer: (url: URL, req: Request) => Response) {
  let requests = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (req) => {
      requests++;
      return answer(new URL(req.url), req);
    },
  );
  return {
    port: server.addr.port,
    url: (path: string) => `http://127.0.0.1:${server.addr.port}${path}`,
    get requests() {
      return requests;
    },
    stop: () => server.shutdown(),
  };
}

const guarded = () => new GuardedClient({ userAgent: "test" });
const testing = () =>
  new GuardedClient({ userAgent: "test", allowLoopback: true });

test("no spelling of a private address is dialled", async (t) => {
  const server = serve(() => new Response("secret"));
  const client = guarded();
  try {
    const { port } = server;
    for (
      const host of [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "b.localhost",
        "B.Localhost.",
        "127.1",
        "0x7f.1",
        "0177.0.0.1",
        "2130706433",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "10.1.2.3",
        "169.254.169.254",
        "[fd00::1]",
        "①②⑦.0.0.1",
      ]
    ) {
      const error = await t.throws(
        () => client.request(`http://${host}:${port}/`),
      );
      t.equal((error as { reason?: string }).reason, "address", host);
    }
    t.equal(server.requests, 0);
  } finally {
    await client.close();
    await server.stop();
  }
});

test("proxies of the environment are not asked", async (t) => {
  const target = serve(() => new Response("straight"));
  const proxy = serve(() => new Response("by a proxy"));
  const script = `
    import { GuardedClient } from "./lib/http/guarded_client.ts";
    const ask = async (url, allowLoopback) => {
      const client = new GuardedClient({ userAgent: "test", allowLoopback });
      try {
        return await (await client.request(url)).text();
      } catch (error) {
        return error.reason;
      } finally {
        await client.close();
      }
    };
    const target = "http://127.0.0.1:${target.port}/";
    console.log(JSON.stringify([
      await (await fetch(target)).text(),
      await ask(target, true),
      await ask(target, false),
      await ask("http://10.1.2.3/", false),
    ]));`;
  try {
    const address = `http://127.0.0.1:${proxy.port}`;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      cwd: join(import.meta.dirname!, "../.."),
      env: {
        HTTP_PROXY: address,
        HTTPS_PROXY: address,
        ALL_PROXY: address,
        NO_PROXY: "",
        NODE_USE_ENV_PROXY: "1",
        NO_COLOR: "1",
      },
      stderr: "inherit",
    }).output();
    // The first one, by the runtime's own client, shows that the variables are in force.
    t.equal(JSON.parse(new TextDecoder().decode(stdout)), [
      "by a proxy",
      "straight",
      "address",
      "address",
    ]);
    t.equal([proxy.requests, target.requests], [1, 1]);
  } finally {
    await target.stop();
    await proxy.stop();
  }
});

test("only http and https without credentials are asked", async (t) => {
  const client = testing();
  try {
    for (
      const url of [
        "ftp://example.org/",
        "file:///etc/passwd",
        "data:text/plain,hi",
        "http://user:word@example.org/",
        "nonsense",
      ]
    ) {
      const error = await t.throws(() => client.request(url));
      t.equal((error as { reason?: string }).reason, "scheme", url);
    }
  } finally {
    await client.close();
  }
});

test("a redirect is followed as often as allowed, and never to a private address", async (t) => {
  const server = serve((url, req) => {
    const n = Number(url.searchParams.get("n"));
    if (url.pathname === "/private") {
      return Response.redirect("http://192.168.0.1/");
    }
    if (url.pathname === "/file") {
      return new Response(null, {
        status: 302,
        headers: { location: "file:///etc/passwd" },
      });
    }
    if (n === 0) {
      return new Response(
        `${req.method} ${req.headers.get("authorization")}`,
      );
    }
    return new Response(null, {
      status: 302,
      headers: { location: `/?n=${n - 1}` },
    });
  });
  const client = testing();
  try {
    const plain = await client.request(server.url("/?n=1"));
    t.equal(plain.status, 302);
    plain.discard();
    const followed = await client.request(server.url("/?n=2"), {
      redirects: 2,
      method: "POST",
      body: "x",
      headers: { authorization: "mine" },
    });
    t.equal(await followed.text(), "GET mine");
    t.match(followed.url, "n=0");
    const reason = async (path: string, redirects: number) => {
      const error = await t.throws(
        () => client.request(server.url(path), { redirects }),
      );
      return (error as { reason?: string }).reason;
    };
    t.equal(await reason("/?n=3", 2), "redirects");
    t.equal(await reason("/private", 3), "address");
    t.equal(await reason("/file", 3), "scheme");
  } finally {
    await client.close();
    await server.stop();
  }
});

test("what says who we are does not follow to another host", async (t) => {
  const other = serve((_, req) =>
    new Response(req.headers.get("authorization") ?? "nobody")
  );
  const server = serve(() => Response.redirect(other.url("/")));
  const client = testing();
  try {
    const answer = await client.request(server.url("/"), {
      redirects: 1,
      headers: { Authorization: "mine" },
    });
    t.equal(await answer.text(), "nobody");
  } finally {
    await client.close();
    await server.stop();
    await other.stop();
  }
});

test("size, time and type have limits", async (t) => {
  const server = serve((url, req) => {
    if (url.pathname === "/endless") {
      return new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
        }),
      );
    }
    if (url.pathname === "/slow") {
      return new Response(
        new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 40));
            controller.enqueue(new Uint8Array(1));
          },
        }),
      );
    }
    return new Response(`agent ${req.headers.get("user-agent")}`, {
      headers: { "content-type": "text/plain" },
    });
  });
  const client = testing();
  const reason = async (call: () => Promise<unknown>) =>
    ((await t.throws(call)) as { reason?: string }).reason;
  try {
    const plain = await client.request(server.url("/"), {
      accept: /^text\//,
    });
    t.equal(await plain.text(), "agent test");
    t.equal(
      await reason(() =>
        client.request(server.url("/"), { accept: /^image\// })
      ),
      "content_type",
    );
    t.equal(
      await reason(async () =>
        await (await client.request(server.url("/endless"), {
          maxBytes: 200_000,
        })).bytes()
      ),
      "too_large",
    );
    const cut = await client.request(server.url("/endless"), {
      maxBytes: 200_000,
      truncate: true,
    });
    t.equal((await cut.bytes()).length, 200_000);
    t.equal(
      await reason(async () =>
        await (await client.request(server.url("/slow"), { timeout: 200 }))
          .bytes()
      ),
      "timeout",
    );
    t.equal(
      await reason(() => client.request("http://127.0.0.1:1/")),
      "network",
    );
    t.equal(
      await reason(() => client.request("http://no-such-host.invalid/")),
      "network",
    );
  } finally {
    await client.close();
    await server.stop();
  }
});

test("nothing else opens connections to other servers", async (t) => {
  const root = join(import.meta.dirname!, "../..");
  // Calls of the global function; `app.fetch` and methods of that name are none.
  const calls =
    /(?<![.\w#])fetch\(|\bDeno\.connect(?:Tls)?\(|from "(?:node:)?https?"|npm:undici|["']undici["']/;
  const allowed = new Set(["lib/http/guarded_client.ts"]);
  let files = 0;
  const visit = async (folder: string): Promise<void> => {
    for await (const entry of Deno.readDir(join(root, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) await visit(path);
      else if (/\.tsx?$/.test(path) && !allowed.has(path)) {
        files++;
        // What a declaration of a method looks like.
        const text = (await Deno.readTextFile(join(root, path)))
          .replaceAll(/^ {2,}fetch\(req: Request.*$/gm, "");
        t.noMatch(text, calls, path);
      }
    }
  };
  await visit("lib");
  await visit("routes");
  t.ok(files > 100);
});
