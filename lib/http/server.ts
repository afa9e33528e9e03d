import type { Config } from "../config/mod.ts";
import type { Logger } from "../cli/log.ts";
import {
  type ConnectionOptions,
  type OpenDatabase,
  openDatabase,
} from "../db/connection.ts";
import { LiveHub } from "../live/hub.ts";
import { Connections, lastOfConnection } from "./connections.ts";
import { createFront } from "./front.ts";
import { IdleCollector } from "./idle_collector.ts";
import { LoadMeter } from "./load_meter.ts";
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
  /** The build's module with the app, as a URL. */
  appModule: string;
  /** Called while the thread has too much to do, see {@link LoadMeter}. For the main thread only. */
  busy?: () => void;
}

/** One HTTP server of the process; several share the port. */
export interface HttpServer {
  hub: LiveHub;
  database: OpenDatabase;
  /** For a further thread to get its share of the present connections. */
  connections: Connections;
  /**
   * Takes no more requests, ends the live streams and waits until the running requests are
   * answered, for `timeout` milliseconds at most.
   */
  stop(timeout: number): Promise<void>;
}

interface AppModule {
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
  const { default: app }: AppModule = await import(options.appModule);
  const front = createFront(services, (req, info) => app.fetch(req, info));
  const drain = new Drain();
  const collector = new IdleCollector();
  const connections = new Connections();
  const meter = options.busy && new LoadMeter(options.busy);
  const abort = new AbortController();
  const server = Deno.serve({
    hostname: config.bind,
    port: config.port,
    reusePort: true,
    signal: abort.signal,
    onListen: () => {},
  }, async (req, info) => {
    collector.count();
    meter?.look();
    const last = connections.ends(info);
    const response = await drain.handle(() => front(req, info));
    return last ? lastOfConnection(response) : response;
  });
  return {
    hub,
    database,
    connections,
    async stop(timeout) {
      collector.stop();
      hub.closeAll();
      const timer = setTimeout(() => {
        log.warn("requests are still running; they are cut off");
        drain.giveUp();
        abort.abort();
      }, timeout);
      await drain.begin();
      await server.shutdown();
      clearTimeout(timer);
      await services.remote.close();
      await services.outgoing.close();
      await database.close();
    },
  };
}

/**
 * Counts the running requests. Deno's own shutdown takes the bodies away from requests that are
 * still reading them, so these must end before it; new ones are refused meanwhile.
 */
class Drain {
  #running = 0;
  #draining = false;
  #done = Promise.withResolvers<void>();

  async handle(
    answer: () => Response | Promise<Response>,
  ): Promise<Response> {
    if (this.#draining) return stopping();
    this.#running++;
    try {
      return await answer();
    } finally {
      this.#running--;
      if (this.#draining && this.#running === 0) this.#done.resolve();
    }
  }

  /** Refuses new requests and resolves when the running ones are answered. */
  async begin(): Promise<void> {
    this.#draining = true;
    if (this.#running === 0) return;
    await this.#done.promise;
  }

  /** Ends the waiting. */
  giveUp(): void {
    this.#done.resolve();
  }
}

function stopping(): Response {
  return Response.json({ error: "Tundra is stopping" }, {
    status: 503,
    headers: {
      "retry-after": "5",
      "cache-control": "no-store",
      connection: "close",
    },
  });
}
