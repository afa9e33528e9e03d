import { App } from "fresh";
import { loadConfig } from "../config/mod.ts";
import { openDatabase } from "../db/connection.ts";
import { migrate } from "../db/migrate.ts";
import { startDatabase } from "../db/start.ts";
import { firstStart } from "../domain/site/first_start.ts";
import { newExchange } from "../http/exchange.ts";
import { Services } from "../http/services.ts";
import { Shared } from "../http/shared.ts";
import type { State } from "../http/state.ts";
import { LiveHub } from "../live/hub.ts";
import { LiveReader } from "../live/reader.ts";
import { processLogger } from "./process_log.ts";
import { stopRequest } from "./signals.ts";

/**
 * Starts what the app needs, in one thread, and wraps the app for development. Its pages are
 * neither cached nor compressed, and carry no policy, which the script that reloads them breaks.
 */
export async function developmentApp(app: App<State>): Promise<{
  app: App<State>;
  listen: { hostname: string; port: number };
}> {
  const config = await loadConfig();
  const log = processLogger(config);
  const running = await startDatabase(config, log);
  stopRequest(log).then(async () => {
    await running.stop();
    Deno.exit();
  });
  const { connection } = running;
  const database = openDatabase({ connection });
  await migrate(database.sql, { log });
  await firstStart(database.kysely, config);
  const hub = new LiveHub();
  const reader = new LiveReader(
    database.sql,
    log,
    (batch) => hub.deliver(batch),
  );
  await reader.start();
  const shared = new Shared(Shared.allocate());
  const services = new Services(
    config,
    log,
    database,
    shared,
    hub,
    () => reader.wake(),
  );
  const wrapped = new App<State>().use(({ req, info, next }) => {
    newExchange(services, req, info);
    return next();
  }).mountApp("/", app);
  return {
    app: wrapped,
    listen: { hostname: config.bind, port: config.port },
  };
}
