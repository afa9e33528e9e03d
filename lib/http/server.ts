import type { Config } from "../config/mod.ts";
import type { Logger } from "../cli/log.ts";
import {
  type ConnectionOptions,
  type OpenDatabase,
  openDatabase,
} from "../db/connection.ts";
import { LiveHub } from "../live/hub.ts";
import { createFront } from "./front.ts";
import { Services } from "./services.ts";
import { Shared } from "./shared.ts";

export interface HttpOptions {
  config: Config;
  log: Logger;
  connection: ConnectionOptions;
  /** Database connections at most. */
  poolSize: number;
  /** See {@link Shared}. */
  memory: SharedArrayBuffer;
  /** Called after commits with events. */
  wake: () => void;
  /** The build's server module, as a URL. */
  serverModule: string;
}

/** One HTTP server of the process; several share the port. */
export interface HttpServer {
  hub: LiveHub;
  database: OpenDatabase;
  /**
   * Takes no more requests, ends the live streams and waits until the running requests are
   * answered, for `timeout` milliseconds at most.
   */
  stop(timeout: number): Promise<void>;
}

interface ServerModule {
  default: {
    fetch(req: Request, info: Deno.ServeHandlerInfo): Promise<Response>;
  };
}

/** Loads the app and serves it. Throws what `Deno.serve` throws when it cannot listen. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { config, log } = options;
  const database = openDatabase({
    connection: options.connection,
    poolSize: options.poolSize,
    applicationName: "tundra http",
  });
  const hub = new LiveHub();
  const services = new Services(
    config,
    log,
    database,
    new Shared(options.memory),
    hub,
    options.wake,
  );
  const { default: app }: ServerModule = await import(options.serverModule);
  const abort = new AbortController();
  const server = Deno.serve({
    hostname: config.bind,
    port: config.port,
    reusePort: true,
    signal: abort.signal,
    onListen: () => {},
  }, createFront(services, (req, info) => app.fetch(req, info)));
  return {
    hub,
    database,
    async stop(timeout) {
      hub.closeAll();
      const timer = setTimeout(() => {
        log.warn("requests are still running; they are cut off");
        abort.abort();
      }, timeout);
      await server.shutdown();
      clearTimeout(timer);
      await database.close();
    },
  };
}
