import { join } from "node:path";
import { createLogger } from "../../lib/cli/log.ts";
import type { ConnectionOptions } from "../../lib/db/connection.ts";
import { startEmbedded } from "../../lib/db/embedded.ts";
import { POSTGRES_PACKAGE_VERSION } from "../../lib/db/postgres_program.ts";

/**
 * Embedded databases for tests that are not about their making, which takes more than a second:
 * one is made at the first call and stopped, and every data directory gets a copy of it.
 * @param prepare what else it is to have
 * @returns puts a copy into a data directory that does not exist or is empty
 */
export function preparedCluster(
  prepare: (connection: ConnectionOptions) => Promise<void> = async () => {},
): (dataDir: string) => Promise<void> {
  let made: Promise<string> | undefined;
  return async (dataDir) => {
    const source = await (made ??= make(prepare));
    await Deno.mkdir(dataDir, { recursive: true });
    const { success, stderr } = await new Deno.Command("cp", {
      args: ["-a", join(source, "postgresql"), dataDir],
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
  };
}

async function make(
  prepare: (connection: ConnectionOptions) => Promise<void>,
): Promise<string> {
  const folder = await Deno.makeTempDir({
    dir: "/tmp",
    prefix: "tundra-prepared-",
  });
  addEventListener(
    "unload",
    () => Deno.removeSync(folder, { recursive: true }),
  );
  await Deno.chmod(folder, 0o755);
  const log = createLogger({ filter: "warn" });
  const database = await startEmbedded({ dataDir: folder }, log);
  try {
    await prepare(database.connection);
  } finally {
    await database.stop();
  }
  // Every start links it anew.
  await Deno.remove(join(folder, "postgresql", POSTGRES_PACKAGE_VERSION), {
    recursive: true,
  });
  return folder;
}
