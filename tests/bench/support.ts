/** What the benchmarks of a running server share. */
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../lib/config/mod.ts";
import { createLogger } from "../../lib/cli/log.ts";
import { type OpenDatabase, openDatabase } from "../../lib/db/connection.ts";
import { startDatabase } from "../../lib/db/start.ts";
import { SEED_PASSWORD } from "../../lib/seed/mod.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Changes the seeded data before the server starts, and lifts limits: they would measure themselves. */
export async function prepare<T>(
  body: (sql: OpenDatabase["sql"]) => Promise<T>,
): Promise<T> {
  const running = await startDatabase(
    await loadConfig({ args: {} }),
    createLogger({ filter: "warn" }),
  );
  const { sql, close } = openDatabase({
    connection: running.connection,
    poolSize: 1,
  });
  try {
    await sql`update local_site_rate_limit set message_max_requests = 2000000000,
      register_max_requests = 2000000000, search_max_requests = 2000000000`;
    return await body(sql);
  } finally {
    await close();
    await running.stop();
  }
}

export interface BenchServer {
  origin: string;
  pid: number;
  /** Milliseconds from the start to the first answer. */
  startup: number;
  stop(): Promise<void>;
}

/** Starts the program and waits for its first answer. */
export async function startServer(): Promise<BenchServer> {
  const config = await loadConfig({ args: {} });
  const origin = `http://localhost:${config.port}`;
  const started = performance.now();
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "main.ts", "serve"],
    cwd: ROOT,
    env: { RUST_LOG: "warn" },
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const stop = async () => {
    server.kill("SIGTERM");
    await server.status;
  };
  let ended = false;
  server.status.then(() => ended = true);
  while (!ended) {
    try {
      const answer = await fetch(`${origin}/api/v4/site`);
      await answer.body?.cancel();
      if (answer.ok) {
        const startup = performance.now() - started;
        // What answers during the start shares the port for a moment.
        await new Promise((resolve) => setTimeout(resolve, 500));
        return { origin, pid: server.pid, startup, stop };
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the server has ended before its first answer");
}

/** Signs a seeded person in. @returns the session token */
export async function login(origin: string, name: string): Promise<string> {
  const answer = await fetch(`${origin}/api/v4/account/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      username_or_email: name,
      password: SEED_PASSWORD,
    }),
  });
  if (!answer.ok) throw new Error(`login of ${name}: ${await answer.text()}`);
  return (await answer.json()).jwt;
}

/** The process and everything it started, however far down. */
async function tree(root: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const { parent } = await statOf(Number(name));
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const all = [root];
  for (const pid of all) all.push(...children.get(pid) ?? []);
  return all;
}

/** Proportional memory of the process and everything it started, in MB. */
export async function memory(pid: number): Promise<number> {
  let sum = 0;
  for (const id of await tree(pid)) {
    const text = await Deno.readTextFile(`/proc/${id}/smaps_rollup`);
    // Deno's own pages are shared with nobody but the process that measures.
    const field = id === pid ? /^Rss:\s+(\d+)/m : /^Pss:\s+(\d+)/m;
    sum += Number(field.exec(text)?.[1] ?? 0);
  }
  return sum / 1024;
}

/** Milliseconds of processor time, whatever else the machine does: of a process alone, and of all it started. */
export async function cpuOf(
  pid: number,
): Promise<{ own: number; children: number }> {
  const [root, ...others] = await tree(pid);
  const { own, withChildren } = await statOf(root);
  // Those that have ended are in the time of whoever started them.
  let children = withChildren - own;
  for (const id of others) children += (await statOf(id)).withChildren;
  return { own, children };
}

/** Clock ticks in a second, `getconf CLK_TCK` of Linux. */
const TICKS = 100;

/** Nothing of a process that has ended meanwhile. */
export async function statOf(
  pid: number,
): Promise<{ parent: number; own: number; withChildren: number }> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ms = (...indexes: number[]) =>
    indexes.reduce((sum, i) => sum + Number(fields[i] ?? 0), 0) * 1000 / TICKS;
  return {
    parent: Number(fields[1]),
    own: ms(11, 12),
    withChildren: ms(11, 12, 13, 14),
  };
}
