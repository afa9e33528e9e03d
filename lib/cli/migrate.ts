import type { Config } from "../config/mod.ts";
import { openDatabase } from "../db/connection.ts";
import { migrate } from "../db/migrate.ts";
import { startDatabase } from "../db/start.ts";
import type { Logger } from "./log.ts";

/** `migrate`: brings the database up to this program and ends. */
export async function migrateCommand(
  config: Config,
  log: Logger,
): Promise<void> {
  const running = await startDatabase(config, log);
  try {
    const { connection } = running;
    const database = openDatabase({ connection, poolSize: 2 });
    try {
      const applied = await migrate(database.sql, { log });
      if (applied.length === 0) log.info("the database is up to date");
    } finally {
      await database.close();
    }
  } finally {
    await running.stop();
  }
}
