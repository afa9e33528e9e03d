import { join } from "node:path";
import { connect } from "node:net";
import {
  clusterProcesses,
  clusterTag,
} from "../../lib/db/postgres_processes.ts";
import { test } from "../harness.ts";
import { EventStream } from "../support/event_stream.ts";
import {
  makeDataDir,
  startServer,
  stopDatabase,
  type TestServer,
  withServer,
} from "../support/server.ts";
import { until } from "../support/until.ts";
import { freePort } from "../support/port.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Polls until the condition holds; fails after so many milliseconds. */
async function eventually(
  condition: () => Promise<boolean>,
  timeout = 15_000,
): Promise<void> {
  for (const end = Date.now() + timeout; Date.now() < end;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the condition did not come true in time");
}

async function postmaster(server: TestServer): Promise<number> {
  const tag = await clusterTag(
    join(server.dataDir, "data", "postgresql", "data-18"),
  );
  return (await clusterProcesses(tag)).postmaster!;
}

async function community(server: TestServer, token: string): Promise<number> {
  const answer = await server.api("POST", "/community", {
    token,
    body: { name: "main", title: "Main" },
  });
  return (await answer.json()).community_view.community.id;
}

/** Runs the program to its end. */
async function run(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number; text: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", MAIN, ...args],
    env: { NO_COLOR: "1", ...env },
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, text: new TextDecoder().decode(stderr) };
}

test("a port in use is told in one line, and nothing is started", async (t) => {
  const dataDir = await makeDataDir();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  try {
    const { code, text } = await run(["serve"], {
      LEMMY_DATA_DIR: join(dataDir, "data"),
      LEMMY_PORT: String(port),
      LEMMY_BIND: "127.0.0.1",
    });
    t.equal(code, 1);
    t.match(text, `cannot listen on 127.0.0.1:${port}`);
    t.match(text, "LEMMY_PORT");
    t.noMatch(text, / at |internal error|creating the database/);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

test("requests during the start are answered, and the address of the set-up is named", async (t) => {
  const dataDir = await makeDataDir();
  const port = freePort();
  const early: { status: number; error: string; wait: string | null }[] = [];
  const starting = startServer({ embedded: "fresh", port, unset: true });
  let started = false;
  const watching = (async () => {
    while (!started) {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/api/v4/site`);
        const { error } = await answer.json();
        const wait = answer.headers.get("retry-after");
        early.push({ status: answer.status, error, wait });
      } catch (error) {
        // Nobody listens yet, or the listener has just changed.
        if (!(error instanceof TypeError)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  const server = await starting;
  started = true;
  await watching;
  try {
    t.ok(early.length > 0);
    t.equal(early[0], { status: 503, error: "Tundra is starting", wait: "2" });
    const address = new RegExp(`${server.origin}/setup\\?token=\\w{20,}`);
    t.match(server.log, address);
    t.match(server.log, /ready url=http:\/\/localhost:\d+\/ milliseconds=\d+/);
  } finally {
    await server.dispose();
    await Deno.remove(dataDir, { recursive: true });
  }
});

for (const workers of [1, 2]) {
  test(`a killed database means 503 for a moment and then service again (${workers} workers)`, (t) =>
    withServer({ embedded: true, workers }, async (server) => {
      const token = await server.login("admin");
      const id = await community(server, token);
      const stream = await EventStream.open(
        `${server.origin}/live?community=${id}`,
      );
      const status = async (path: string, accept: string) => {
        // Signed in, so that no answer comes from memory.
        const answer = await fetch(server.origin + path, {
          headers: { accept, cookie: `jwt=${token}` },
          redirect: "manual",
        });
        return { status: answer.status, text: await answer.text(), answer };
      };
      Deno.kill(await postmaster(server), "SIGKILL");
      const seen = new Set<number>();
      let page = "";
      let error = "";
      await eventually(async () => {
        const api = await status("/api/v4/site", "application/json");
        const html = await status("/", "text/html");
        for (const { status, answer } of [api, html]) {
          seen.add(status);
          if (status === 503) t.ok(answer.headers.get("retry-after"));
        }
        if (api.status === 503) error = JSON.parse(api.text).error;
        if (html.status === 503) page = html.text;
        return (page !== "" || error !== "") && api.status === 200 &&
          html.status === 200;
      });
      t.equal([...seen].filter((code) => code !== 200 && code !== 503), []);
      if (error) t.equal(error, "unknown");
      if (page) t.match(page, "<!DOCTYPE html>");
      // Changes are made, and told, as before.
      const answer = await server.api("POST", "/post", {
        token,
        body: { name: "Still here", community_id: id },
      });
      t.equal(answer.status, 200);
      await answer.body?.cancel();
      await stream.atLeast(1);
      await stream.close();
    }));
}

test("running requests are finished when the server is told to stop", (t) =>
  withServer({ embedded: true, workers: 2 }, async (server) => {
    const token = await server.login("admin");
    // A request whose body is still on its way.
    const socket = connect(server.port, "127.0.0.1");
    let received = "";
    socket.on("data", (chunk) => received += chunk.toString());
    const ended = new Promise((resolve) => socket.on("close", resolve));
    const body = JSON.stringify({ name: "main", title: "Main" });
    socket.write(
      `POST /api/v4/community HTTP/1.1\r\nHost: localhost:${server.port}\r\n` +
        `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${
          body.slice(0, 5)
        }`,
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Ctrl-C under `deno task` arrives twice.
    Deno.kill(server.pid, "SIGINT");
    Deno.kill(server.pid, "SIGINT");
    await server.logged("stopping");
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.write(body.slice(5));
    await ended;
    t.match(received, "HTTP/1.1 200 OK");
    t.match(received, '"community_view"');
    t.equal(await server.stop(), 0);
    t.match(server.log, "stopped");
  }));

test("kill -9 of database and server amid a thousand writes loses nothing that was acknowledged", async (t) => {
  const server = await startServer({ embedded: true, workers: 2 });
  let again: TestServer | undefined;
  try {
    const token = await server.login("admin");
    const id = await community(server, token);
    const acknowledged: number[] = [];
    let killed = false;
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; !killed; i++) {
        try {
          const answer = await server.api("POST", "/post", {
            token,
            body: { name: `Post ${writer}-${i}`, community_id: id },
          });
          const { post_view } = await answer.json();
          if (answer.status === 200) acknowledged.push(post_view.post.id);
          else t.equal(answer.status, 503, "refused only while away");
        } catch (error) {
          // The connection breaks off with the process.
          if (!killed && !(error instanceof TypeError)) throw error;
        }
      }
    });
    await eventually(() => Promise.resolve(acknowledged.length >= 300), 60_000);
    Deno.kill(await postmaster(server), "SIGKILL");
    await eventually(
      () => Promise.resolve(acknowledged.length >= 1000),
      60_000,
    );
    killed = true;
    await server.stopHard();
    await Promise.all(writers);

    again = await startServer({
      embedded: true,
      dataDir: server.dataDir,
      port: server.port,
      workers: 2,
    });
    const { sql, close } = again.openDatabase();
    const rows = await sql`select id, score from post`;
    const kept = new Set(rows.map((row) => row.id));
    t.equal(acknowledged.filter((post) => !kept.has(post)), []);
    // Each with its author's vote, and counted once.
    t.ok(rows.every((row) => row.score === 1));
    const answer = await again.api("GET", `/community?id=${id}`);
    const { community_view } = await answer.json();
    t.equal(community_view.community.posts, rows.length);
    t.equal(await again.login("admin").then((jwt) => jwt.length > 0), true);
    await close();
  } finally {
    if (again) await again.dispose();
    else {
      await server.stopHard();
      await stopDatabase(server.dataDir);
      await Deno.remove(server.dataDir, { recursive: true });
    }
  }
});

test("at rest it looks for work over one connection and leaves the others to be closed", (t) =>
  withServer({ workers: 2 }, async (server) => {
    const { sql, close } = server.openDatabase();
    try {
      const atRest = async () => {
        const connections = await sql<{ looks: boolean; rests: boolean }[]>`
          select application_name = 'tundra looks' as looks,
            state_change < now() - interval '2 seconds' as rests
          from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`;
        const others = connections.filter(({ looks }) => !looks);
        return others.length > 0 && others.every(({ rests }) => rests) &&
          connections.some(({ looks, rests }) => looks && !rests);
      };
      t.equal(await until(atRest, (rests) => rests, 15_000), true);
    } finally {
      await close();
    }
  }));

test("a second server on the same data is refused", (t) =>
  withServer({ embedded: true }, async (server) => {
    const { code, text } = await run(["serve"], {
      LEMMY_DATA_DIR: join(server.dataDir, "data"),
      LEMMY_PORT: String(freePort()),
      LEMMY_HOSTNAME: "localhost",
      LEMMY_BIND: "127.0.0.1",
    });
    t.equal(code, 1);
    t.match(text, "in use by another server");
    const answer = await server.api("GET", "/site");
    await answer.body?.cancel();
    t.equal(answer.status, 200);
  }));

test("migrate prepares a database and ends", async (t) => {
  const dataDir = await makeDataDir();
  try {
    const env = { LEMMY_DATA_DIR: join(dataDir, "data") };
    const first = await run(["migrate"], env);
    t.equal(first.code, 0, first.text);
    t.match(first.text, "migration applied");
    const second = await run(["migration", "run"], env);
    t.equal(second.code, 0, second.text);
    t.match(second.text, "up to date");
  } finally {
    await stopDatabase(dataDir);
    await Deno.remove(dataDir, { recursive: true });
  }
});
