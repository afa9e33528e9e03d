/** A stand-in for the server in fault tests: `embedded_server.ts DATA_DIR` runs the database. */
import { createLogger } from "../../lib/cli/log.ts";
import { startEmbedded } from "../../lib/db/embedded.ts";

const log = createLogger({ filter: "warn" });
const database = await startEmbedded({ dataDir: Deno.args[0] }, log);
console.log(JSON.stringify(database.connection));
Deno.addSignalListener("SIGTERM", async () => {
  await database.stop();
  Deno.exit();
});
Deno.addSignalListener("SIGUSR2", () => Deno.exit(3));
