import { Builder } from "fresh/dev";
import { app } from "./fixture/main.ts";
import { test } from "../../harness.ts";

let ready: Promise<(request: Request) => Promise<Response>> | undefined;

/** Builds the fixture in memory, once. */
function fixture() {
  ready ??= (async () => {
    const builder = new Builder({
      root: new URL("./fixture", import.meta.url).href,
    });
    const apply = await builder.build({ snapshot: "memory" });
    apply(app);
    return app.handler();
  })();
  return ready;
}

async function send(path: string, init?: RequestInit): Promise<Response> {
  return (await fixture())(new Request(`http://localhost${path}`, init));
}

async function body(path: string): Promise<string> {
  return await (await send(path)).text();
}

test("pages get app wrapper, layout and middlewares of their folders", async (t) => {
  const html = await body("/");
  t.match(html, '<body class="app"><main><p>root second</p>');
  t.match(await body("/post/7"), "<h1>post 7 root second post</h1>");
});

test("a page without islands has no script and no preload header", async (t) => {
  const response = await send("/");
  t.equal(response.headers.get("link"), null);
  t.noMatch(await response.text(), "<script");
});

test("Head elements replace those of the app wrapper or are added", async (t) => {
  const html = await body("/");
  t.match(html, "<title>Home</title>");
  t.noMatch(html, "Fixture");
  t.match(
    html,
    /<link rel="canonical" href="https:\/\/example.org\/"\/><\/head>/,
  );
  t.match(await body("/about"), "<title>Fixture</title>");
});

test("links to the current page and images are completed", async (t) => {
  const html = await body("/");
  t.match(html, '<a href="/" data-current="true" aria-current="page">');
  t.match(html, '<a href="/c/x">');
  t.match(html, /<img src="\/logo.svg\?__frsh_c=[0-9a-f]+" alt/);
  t.match(html, /href="\/styles.css\?__frsh_c=[0-9a-f]+"/);
});

test("handlers give data, status and redirects", async (t) => {
  const response = await send("/c/caf%C3%A9");
  t.equal(response.status, 203);
  t.match(await response.text(), "<h1>café</h1>");
  const post = await send("/c/x", { method: "POST" });
  t.equal([post.status, post.headers.get("location")], [303, "/c/x"]);
  t.equal((await send("/c/x", { method: "DELETE" })).status, 405);
  t.equal((await send("/old/x")).headers.get("location"), "/");
});

test("error pages answer for their folder with the error's status", async (t) => {
  const missing = await send("/nowhere/at/all");
  t.equal(missing.status, 404);
  t.match(await missing.text(), '<p class="error">404</p>');
  const login = await send("/post/new");
  t.equal(login.status, 401);
  t.match(await login.text(), '<main><p class="error">401</p></main>');
  const admin = await send("/admin");
  t.equal(admin.status, 500);
  t.match(await admin.text(), "admin error");
});

test("route groups have own layouts and no place in the URL", async (t) => {
  t.match(await body("/about"), "<section><p>about</p></section>");
  t.noMatch(await body("/about"), "<main>");
  t.equal((await send("/(plain)/about")).status, 404);
});

test("config overrides the route and leaves out the app wrapper", async (t) => {
  t.match(await body("/special/12"), "<body><section><p>special</p>");
  t.equal((await send("/special/x")).status, 404);
  t.equal((await send("/override")).status, 404);
});

test("islands stand between markers, with their state as data", async (t) => {
  const response = await send("/islands");
  const html = await response.text();
  t.match(html, /<!--frsh:island:Counter:0:--><button type="button" id="one"/);
  t.match(html, "<!--frsh:slot:");
  t.match(html, /<template id="frsh-slot-\d+"><p id="late">late<\/p>/);
  t.match(html, /<script type="module" src="\/_fresh\/js\/[0-9a-f]+\/fresh-/);
  const json = /<script type="application\/json"[^>]*>(.*?)<\/script>/.exec(
    html,
  );
  const state = JSON.parse(json![1]);
  t.equal(state.islands.map((island: string[]) => island[2]).sort(), [
    "Doubled",
    "Panel",
    "default",
  ]);
  const signals = state.props.filter((entry: unknown) =>
    Array.isArray(entry) && entry[0] === "Signal"
  );
  t.equal(signals.length, 1, "the shared signal is in the state once");
  t.match(response.headers.get("link")!, 'rel="modulepreload"; as="script"');
});

test("static files are served with type, ETag and compression", async (t) => {
  const plain = await send("/styles.css");
  t.equal(plain.headers.get("content-type"), "text/css; charset=utf-8");
  t.equal(plain.headers.get("cache-control"), "no-cache");
  const text = await plain.text();
  t.match(text, ".rule30");
  const gzip = await send("/styles.css", {
    headers: { "accept-encoding": "gzip, br;q=0" },
  });
  t.equal(gzip.headers.get("content-encoding"), "gzip");
  const unzipped = gzip.body!.pipeThrough(new DecompressionStream("gzip"));
  t.equal(await new Response(unzipped).text(), text);
  const br = await send("/styles.css", {
    headers: { "accept-encoding": "gzip, br" },
  });
  t.equal(br.headers.get("content-encoding"), "br");
  t.equal(
    br.headers.get("content-length"),
    String((await br.arrayBuffer()).byteLength),
  );

  const etag = plain.headers.get("etag")!;
  const same = await send("/styles.css", {
    headers: { "if-none-match": `"x", ${etag}` },
  });
  t.equal([same.status, await same.text()], [304, ""]);
  const head = await send("/styles.css", { method: "HEAD" });
  t.equal([head.status, head.headers.get("etag")], [200, etag]);
  t.ok(Number(head.headers.get("content-length")) > 0);
  t.equal((await send("/styles.css", { method: "POST" })).status, 405);
});

test("addresses of the build are immutable, of another one redirected", async (t) => {
  const address = /\/styles.css\?__frsh_c=[0-9a-f]+/.exec(await body("/"))![0];
  const immutable = "public, max-age=31536000, immutable";
  const locked = await send(address);
  t.equal(locked.headers.get("cache-control"), immutable);
  const old = await send("/styles.css?__frsh_c=old&a=b");
  t.equal([old.status, old.headers.get("location")], [307, "/styles.css?a=b"]);
  const script = /src="(\/_fresh\/js\/[^"]+)"/.exec(await body("/islands"))![1];
  const runtime = await send(script);
  t.equal(runtime.headers.get("cache-control"), immutable);
  t.match(runtime.headers.get("content-type")!, "text/javascript");
});

test("static files outside the folder cannot be read", async (t) => {
  for (
    const path of [
      "/..%2fmain.ts",
      "/%2e%2e/main.ts",
      "/..%5cmain.ts",
      "/a/..%2f..%2fmain.ts",
      "/styles.css%00",
      "/%zz",
    ]
  ) {
    t.equal((await send(path)).status >= 400, true, path);
  }
});
