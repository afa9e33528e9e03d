/**
 * Owns the cluster of one test process: `database_watcher.ts FOLDER PID` starts it in FOLDER,
 * writes `connection.json` (or `error.txt`) there, and removes everything once PID has ended.
 */
import { join } from "node:path";
import { createLogger } from "../../lib/cli/log.ts";
import { openDatabase } from "../../lib/db/connection.ts";
import { type EmbeddedDatabase, startEmbedded } from "../../lib/db/embedded.ts";
import { migrate } from "../../lib/db/migrate.ts";
import { TEMPLATE } from "./database.ts";

const POLL_MS = 100;

const [folder, pid] = Deno.args;
const log = createLogger({ filter: "warn" });

// Ctrl-C ends the tests; this process must outlive them to clean up.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => {});
}

let cluster: EmbeddedDatabase | undefined;
try {
  cluster = await startEmbedded({
    dataDir: join(folder, "data"),
    // Small caches, many connections: several test files may run at once.
    memory: 1024 ** 3,
    poolSize: 130,
    durable: false,
  }, log);
  await makeTemplate(cluster);
  await publish("connection.json", JSON.stringify(cluster.connection));
} catch (error) {
  const text = error instanceof Error ? error.stack : String(error);
  await publish("error.txt", text ?? "unknown error");
}
while (await isRunning(pid)) {
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
await cluster?.stop();
await Deno.remove(folder, { recursive: true });
Deno.exit();

async function makeTemplate({ connection }: EmbeddedDatabase): Promise<void> {
  const { sql, close } = openDatabase({ connection, poolSize: 2 });
  try {
    await sql.unsafe(`create database ${TEMPLATE}`);
    const template = openDatabase({
      connection: { ...connection, database: TEMPLATE },
      poolSize: 2,
    });
    try {
      await migrate(template.sql, { log });
    } finally {
      await template.close();
    }
  } finally {
    await close();
  }
}

/** Appears under its name only when complete. */
async function publish(name: string, text: string): Promise<void> {
  const file = join(folder, name);
  await Deno.writeTextFile(`${file}.new`, text);
  await Deno.rename(`${file}.new`, file);
}

async function isRunning(pid: string): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    // A zombie has ended, even if nobody has asked for its status yet.
    return stat.split(") ")[1][0] !== "Z";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
