import type { Config } from "../config/mod.ts";
import type { Logger } from "../cli/log.ts";
import type { Sql } from "../db/connection.ts";
import type { Db } from "../domain/context.ts";

/** What a scheduled task works with. */
export interface JobContext {
  db: Db;
  sql: Sql;
  config: Config;
  log: Logger;
  /** The instant the task is run for. */
  now: Date;
}
