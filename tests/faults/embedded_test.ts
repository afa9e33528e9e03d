import { join } from "node:path";
import { type Assertions, test } from "../harness.ts";
import { createLogger } from "../../lib/cli/log.ts";
import {
  type ConnectionOptions,
  isConnectionError,
  openDatabase,
} from "../../lib/db/connection.ts";
import { startEmbedded } from "../../lib/db/embedded.ts";
import {
  clusterProcesses,
  clusterTag,
} from "../../lib/db/postgres_processes.ts";
import { preparedCluster } from "../support/prepared_cluster.ts";

const log = createLogger({ filter: "off" });
const SERVER = new URL("../support/embedded_server.ts", import.meta.url);
const CONFIG = new URL("../../deno.json", import.meta.url);

/** A data directory that the database's account can reach, removed afterwards. */
async function withDataDir(
  body: (dataDir: string) => Promise<void>,
  name = "data",
): Promise<void> {
  const folder = await Deno.makeTempDir({
    dir: "/tmp",
    prefix: "tundra-embedded-",
  });
  await Deno.chmod(folder, 0o755);
  try {
    await body(join(folder, name));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const copyCluster = preparedCluster();

/** The same with a database in it that was made before and stopped. */
function withCluster(body: (dataDir: string) => Promise<void>): Promise<void> {
  return withDataDir(async (dataDir) => {
    await copyCluster(dataDir);
    await body(dataDir);
  });
}

async function processes(dataDir: string): Promise<number[]> {
  const tag = await clusterTag(join(dataDir, "postgresql", "data-18"));
  const { postmaster, children } = await clusterProcesses(tag);
  return postmaster === undefined ? children : [postmaster, ...children];
}

/** Polls until the condition holds; fails after ten seconds. */
async function eventually(condition: () => Promise<boolean> | boolean) {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the condition did not come true in ten seconds");
}

async function select(
  connection: ConnectionOptions,
  statement: string,
): Promise<Record<string, unknown>[]> {
  const { sql, close } = openDatabase({ connection, poolSize: 1 });
  try {
    return [...await sql.unsafe(statement)];
  } finally {
    await close(0);
  }
}

/** Starts another process that owns the data directory, as a server would. */
async function startServer(dataDir: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      `--config=${CONFIG.pathname}`,
      SERVER.pathname,
      dataDir,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  await reader.cancel();
  const connection: ConnectionOptions = JSON.parse(
    new TextDecoder().decode(value),
  );
  return { child, connection };
}

test("starts, keeps data over a restart, and leaves no process behind", (t: Assertions) =>
  withDataDir(async (dataDir) => {
    const first = await startEmbedded({ dataDir }, log);
    await select(first.connection, "create table kept as select 42 as answer");
    await first.stop();
    await first.stop();
    t.equal(await processes(dataDir), []);
    // The best of three: others may have the machine at times.
    let best = Infinity;
    for (let attempt = 0; attempt < 3 && best >= 1500; attempt++) {
      const started = performance.now();
      const later = await startEmbedded({ dataDir }, log);
      best = performance.now() - started;
      t.equal(await select(later.connection, "select answer from kept"), [{
        answer: 42,
      }]);
      await later.stop();
      t.equal(await processes(dataDir), []);
    }
    t.ok(best < 1500, `a later start takes ${best} ms`);
  }));

test("runs as an unprivileged user on a private socket, durably", (t: Assertions) =>
  withDataDir(async (dataDir) => {
    const database = await startEmbedded({ dataDir }, log);
    const [row] = await select(
      database.connection,
      `select current_setting('listen_addresses') as listen,
        current_setting('fsync') as fsync,
        current_setting('synchronous_commit') as commit,
        current_setting('full_page_writes') as pages,
        current_setting('server_encoding') as encoding,
        lower('É') as lower`,
    );
    t.equal(row, {
      listen: "",
      fsync: "on",
      commit: "on",
      pages: "on",
      encoding: "UTF8",
      lower: "é",
    });
    const home = await Deno.stat(join(dataDir, "postgresql"));
    t.equal(home.mode! & 0o777, 0o700);
    const owner = await Deno.stat(`/proc/${database.pid}`);
    t.notEqual(owner.uid, 0);
    t.equal(owner.uid, home.uid);
    await database.stop();
  }));

test("refuses a second server on the same data directory", (t: Assertions) =>
  withCluster(async (dataDir) => {
    const { child, connection } = await startServer(dataDir);
    const error = await t.throws(
      () => startEmbedded({ dataDir }, log),
      "in use by another server",
    );
    t.match(error.message, String(child.pid));
    t.equal(error.name, "OperatorError");
    t.equal((await select(connection, "select 1 as one")).length, 1);
    child.kill("SIGTERM");
    await child.status;
    t.equal(await processes(dataDir), []);
  }));

test("restarts a database that was killed, and clients recover by themselves", (t: Assertions) =>
  withCluster(async (dataDir) => {
    const database = await startEmbedded({ dataDir }, log);
    const { sql, close } = openDatabase({ connection: database.connection });
    await sql`create table votes (id int primary key)`;
    await sql`insert into votes values (1)`;
    for (const pid of await processes(dataDir)) Deno.kill(pid, "SIGKILL");
    let seen: unknown;
    await eventually(async () => {
      try {
        await sql`insert into votes values (2) on conflict do nothing`;
        return true;
      } catch (error) {
        seen = error;
        if (!isConnectionError(error)) throw error;
        return false;
      }
    });
    t.ok(isConnectionError(seen), "clients are told that it is away");
    const [{ count }] = await sql`select count(*) as count from votes`;
    t.equal(count, 2);
    // Only the parent: its children must be gone before it may start anew.
    Deno.kill(database.pid!, "SIGKILL");
    const old = database.pid;
    await eventually(() => database.pid !== undefined && database.pid !== old);
    await eventually(async () => {
      try {
        await sql`select 1`;
        return true;
      } catch {
        return false;
      }
    });
    await close(0);
    await database.stop();
    t.equal(await processes(dataDir), []);
  }));

test("takes over from a server that was killed, losing nothing", (t: Assertions) =>
  withCluster(async (dataDir) => {
    const { child, connection } = await startServer(dataDir);
    await select(connection, "create table kept as select 42 as answer");
    const before = await processes(dataDir);
    child.kill("SIGKILL");
    await child.status;
    t.ok(
      (await processes(dataDir)).includes(before[0]),
      "it outlives the kill",
    );
    const database = await startEmbedded({ dataDir }, log);
    t.notEqual(database.pid, before[0]);
    t.equal(await select(database.connection, "select * from kept"), [{
      answer: 42,
    }]);
    await database.stop();
    t.equal(await processes(dataDir), []);
  }));

test("stops with a server that exits without stopping it", (t: Assertions) =>
  withCluster(async (dataDir) => {
    const { child } = await startServer(dataDir);
    t.ok((await processes(dataDir)).length > 0);
    child.kill("SIGUSR2");
    t.equal((await child.status).code, 3);
    await eventually(async () => (await processes(dataDir)).length === 0);
  }));

test("starts despite a process id file whose number now belongs to another process", (t: Assertions) =>
  withCluster(async (dataDir) => {
    const first = await startEmbedded({ dataDir }, log);
    const file = join(dataDir, "postgresql", "data-18", "postmaster.pid");
    const text = await Deno.readTextFile(file);
    await first.stop();
    await Deno.writeTextFile(file, text.replace(/^\d+/, String(Deno.ppid)));
    const second = await startEmbedded({ dataDir }, log);
    t.ok(second.pid);
    await second.stop();
  }));

test("begins anew after a first start that was killed half way", (t: Assertions) =>
  withDataDir(async (dataDir) => {
    const home = join(dataDir, "postgresql");
    await Deno.mkdir(join(home, "data-18.new", "base"), { recursive: true });
    await Deno.mkdir(join(home, "18.4.0-beta.17.new", "bin"), {
      recursive: true,
    });
    if (Deno.uid() === 0) await Deno.chown(home, 65534, 65534);
    const database = await startEmbedded({ dataDir }, log);
    const names = [...Deno.readDirSync(home)].map(({ name }) => name).sort();
    t.equal(names, ["18.4.0-beta.17", "custom.conf", "data-18", "run"]);
    await database.stop();
  }));

test("uses a short socket path when the data directory's is too long", (t: Assertions) =>
  withDataDir(async (dataDir) => {
    const database = await startEmbedded({ dataDir }, log);
    const { host } = database.connection;
    t.ok(!host.startsWith(dataDir), "the socket is elsewhere");
    t.equal(await select(database.connection, "select 1 as one"), [{ one: 1 }]);
    await database.stop();
    await t.throws(() => Deno.stat(host), /No such file/);
  }, "d".repeat(100)));

test("says in one line what is wrong with the data directory", (t: Assertions) =>
  withDataDir(async (dataDir) => {
    const message = async (dir: string) => {
      const error = await t.throws(() => startEmbedded({ dataDir: dir }, log));
      t.equal(error.name, "OperatorError", error.stack);
      t.noMatch(error.message, "\n");
      return error.message;
    };
    await Deno.mkdir(dataDir);
    const file = join(dataDir, "file");
    await Deno.writeTextFile(file, "");
    t.match(await message(file), "is a file, but must be a directory");
    t.match(await message(join(file, "x")), `${file} is a file`);
    t.match(await message("/proc/x"), "cannot make the directory /proc/x");
    if (Deno.uid() === 0) {
      const closed = join(dataDir, "closed");
      await Deno.mkdir(closed);
      await Deno.chmod(closed, 0o700);
      const text = await message(join(closed, "data"));
      t.match(text, `cannot enter ${closed} (mode 700)`);
    }
    const cluster = join(dataDir, "old", "postgresql", "data-18");
    await Deno.mkdir(cluster, { recursive: true });
    if (Deno.uid() === 0) await Deno.chown(join(cluster, ".."), 65534, 65534);
    await Deno.writeTextFile(join(cluster, "PG_VERSION"), "17\n");
    t.match(await message(join(dataDir, "old")), "its PG_VERSION is 17");
  }));

test("names a damaged file instead of starting", (t: Assertions) =>
  withCluster(async (dataDir) => {
    const first = await startEmbedded({ dataDir }, log);
    await first.stop();
    const control = join(dataDir, "postgresql/data-18/global/pg_control");
    await Deno.writeTextFile(control, "x");
    const error = await t.throws(() => startEmbedded({ dataDir }, log));
    t.match(error.message, "pg_control");
    t.equal(await processes(dataDir), []);
    // The lock is free again.
    await t.throws(() => startEmbedded({ dataDir }, log), "pg_control");
  }));
