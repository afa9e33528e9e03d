import { gzipSync } from "node:zlib";
import { Builder } from "fresh/dev";
import { test } from "../../harness.ts";
import { withFixtureCopy } from "./fixture_copy.ts";

interface ServerModule {
  default: { fetch(request: Request): Promise<Response> };
}

/** Builds a copy of the fixture, without the log line. */
async function withBuild(
  action: (root: URL) => void | Promise<void>,
): Promise<void> {
  await withFixtureCopy(async (root) => {
    const { log } = console;
    console.log = () => {};
    try {
      await new Builder({ root: root.href }).build();
    } finally {
      console.log = log;
    }
    await action(root);
  });
}

test("build writes a server module that answers from any directory", async (t) => {
  await withBuild(async (root) => {
    const { default: server }: ServerModule = await import(
      new URL("_fresh/server.js", root).href
    );
    const send = (path: string, headers: HeadersInit = {}) =>
      server.fetch(new Request(`http://localhost${path}`, { headers }));

    const cwd = Deno.cwd();
    Deno.chdir("/");
    try {
      const home = await send("/");
      t.equal(home.status, 200);
      t.noMatch(await home.clone().text(), "<script");
      const css = /\/styles.css\?__frsh_c=\w+/.exec(await home.text())![0];
      const styles = await send(css);
      t.match(await styles.text(), ".rule30");
      t.match(styles.headers.get("cache-control")!, "immutable");
      t.equal((await send("/.hidden")).status, 404);
      t.equal((await send("/.well-known/thing.json")).status, 200);
      t.equal((await send("/c/x")).status, 203);
    } finally {
      Deno.chdir(cwd);
    }
  });
});

test("build gives each island a module, with small ones for all", async (t) => {
  await withBuild((root) => {
    const dir = new URL("_fresh/static/_fresh/js/", root);
    const [build] = [...Deno.readDirSync(dir)];
    const files = new Map<string, Uint8Array>();
    for (const { name } of Deno.readDirSync(new URL(`${build.name}/`, dir))) {
      const url = new URL(`${build.name}/${name}`, dir);
      files.set(name, Deno.readFileSync(url));
    }
    const names = [...files.keys()].map((name) =>
      name.replace(/-\w{8}\.js$/, "")
    );
    t.equal(
      ["Counter", "fresh-runtime", "panels"].every((n) => names.includes(n)),
      true,
      names.join(),
    );
    const island = /^(Counter|panels)-/;
    let all = 0;
    for (const [name, content] of files) {
      if (!island.test(name)) all += gzipSync(content).byteLength;
    }
    // Preact 4.5 kB, signals and hooks 4.2 kB; the rest is ours.
    t.equal(all < 10.5 * 1024, true, `${all} bytes gzipped`);
  });
});

test("build gives equal sources equal addresses", async (t) => {
  const snapshots: string[] = [];
  for (let i = 0; i < 2; i++) {
    await withBuild(async (root) => {
      const url = new URL("_fresh/snapshot.js", root);
      snapshots.push(await Deno.readTextFile(url));
    });
  }
  t.equal(snapshots[0], snapshots[1]);
  t.noMatch(snapshots[0], import.meta.dirname!);
});
