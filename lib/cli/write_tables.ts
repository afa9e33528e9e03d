/** Writes `lib/db/tables.ts` anew from the migrations: `deno task tables`. */
import { fileURLToPath } from "node:url";
import { openDatabase } from "../db/connection.ts";
import { startEmbedded } from "../db/embedded.ts";
import { generateTables } from "../db/generate_tables.ts";
import { migrate } from "../db/migrate.ts";
import { createLogger } from "./log.ts";

const log = createLogger({ filter: "warn" });
const file = fileURLToPath(new URL("../db/tables.ts", import.meta.url));
const folder = await Deno.makeTempDir({
  dir: "/tmp",
  prefix: "tundra-tables-",
});
await Deno.chmod(folder, 0o755);
try {
  const embedded = await startEmbedded({
    dataDir: `${folder}/data`,
    durable: false,
  }, log);
  const { sql, close } = openDatabase({ connection: embedded.connection });
  await migrate(sql, { log });
  await Deno.writeTextFile(file, await generateTables(sql));
  await close();
  await embedded.stop();
} finally {
  await Deno.remove(folder, { recursive: true });
}
const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["fmt", "--quiet", file],
}).spawn().status;
if (!success) Deno.exit(1);
