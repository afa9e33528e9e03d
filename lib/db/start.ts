import type { Logger } from "../cli/log.ts";
import {
  checkServer,
  type ConnectionOptions,
  openDatabase,
} from "./connection.ts";
import { startEmbedded } from "./embedded.ts";

export interface RunningDatabase {
  connection: ConnectionOptions;
  /** Whether PostgreSQL runs as a child of this process. */
  embedded: boolean;
  /** Stops the embedded database; an external one is left alone. */
  stop(): Promise<void>;
}

/** The settings that choose the database; a `Config` has them. */
export interface DatabaseChoice {
  dataDir: string;
  database: { connection?: ConnectionOptions; poolSize: number };
}

/**
 * Makes the configured database ready: checks the external server if one is named, else starts
 * the embedded one. Throws an `OperatorError` that says what is wrong with either.
 */
export async function startDatabase(
  { dataDir, database }: DatabaseChoice,
  log: Logger,
): Promise<RunningDatabase> {
  const { connection, poolSize } = database;
  if (!connection) {
    const embedded = await startEmbedded({ dataDir, poolSize }, log);
    return {
      connection: embedded.connection,
      embedded: true,
      stop: embedded.stop,
    };
  }
  const probe = openDatabase({ connection, poolSize: 1 });
  try {
    await checkServer(probe.sql, connection, log);
  } finally {
    await probe.close();
  }
  return { connection, embedded: false, stop: () => Promise.resolve() };
}
