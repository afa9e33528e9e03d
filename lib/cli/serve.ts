import { type Config, VERSION } from "../config/mod.ts";
import {
  type ConnectionOptions,
  openDatabase,
  type Sql,
} from "../db/connection.ts";
import { migrate } from "../db/migrate.ts";
import { type RunningDatabase, startDatabase } from "../db/start.ts";
import { InboxWorker } from "../federation/inbox/worker.ts";
import { FederationSender } from "../federation/delivery/sender.ts";
import { firstStart } from "../domain/site/first_start.ts";
import { GuardedClient } from "../http/guarded_client.ts";
import { type HttpServer, startHttp } from "../http/server.ts";
import { Shared } from "../http/shared.ts";
import { WorkerPool } from "../http/worker_pool.ts";
import { type RunningJobs, startJobs } from "../jobs/start.ts";
import { LiveReader } from "../live/reader.ts";
import { openMedia } from "../media/mod.ts";
import type { LiveBatch } from "../live/hub.ts";
import type { Build } from "./build_if_stale.ts";
import { surviveFaults } from "./faults.ts";
import type { Logger } from "./log.ts";
import { serveMetrics } from "./metrics.ts";
import { probePort, startingResponder } from "./port.ts";
import { stopRequest } from "./signals.ts";

/** Milliseconds that running requests get after the wish to stop. */
const DRAIN_MS = 30_000;

/** Part of the pool for scheduled tasks and the log of events, beside the HTTP workers' shares. */
function shareOf(pool: number, workers: number) {
  const main = Math.max(2, Math.floor(pool / 4));
  return { main, worker: Math.max(2, Math.floor((pool - main) / workers)) };
}

/** `serve`: runs the server until it is told to stop; then everything is brought to an end. */
export async function serve(
  config: Config,
  log: Logger,
  build: Build,
): Promise<void> {
  const start = performance.now();
  log.info(`tundra ${VERSION}`);
  const stop = stopRequest(log);
  const { http } = config.roles;
  if (http) probePort(config);
  const responder = http ? startingResponder(config) : null;
  let running: RunningDatabase | undefined;
  try {
    running = await startDatabase(config, log);
    const site = new Site(config, log, running.connection, build);
    try {
      await site.prepare();
      if (http) await site.serve(() => responder!.shutdown());
      log.info("ready", {
        url: http ? `${config.origin}/` : undefined,
        milliseconds: Math.round(performance.now() - start),
      });
      await Promise.race([stop, site.failed]);
      log.info("stopping");
    } finally {
      await site.stop();
    }
  } finally {
    await responder?.shutdown();
    await running?.stop();
  }
  log.info("stopped");
}

/** Everything of the process that works with the database. */
class Site {
  /** Rejects when the process cannot go on. */
  readonly failed: Promise<never>;
  #fail: (error: Error) => void;
  #memory = Shared.allocate();
  #share: { main: number; worker: number };
  #database;
  /** See {@link JobContext.looks}. */
  #looks;
  #reader: LiveReader;
  #pool: WorkerPool | undefined;
  #local: HttpServer | undefined;
  #latest: LiveBatch | undefined;
  #outgoing: GuardedClient;
  #jobs: RunningJobs | undefined;
  #sender: FederationSender | undefined;
  #inbox: InboxWorker | undefined;
  #metrics: Deno.HttpServer | undefined;

  constructor(
    readonly config: Config,
    readonly log: Logger,
    readonly connection: ConnectionOptions,
    readonly build: Build,
  ) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.#fail = reject;
    this.#share = shareOf(
      config.database.poolSize,
      config.roles.http ? config.workers : 1,
    );
    this.#outgoing = GuardedClient.of(config);
    this.#database = openDatabase({
      connection,
      poolSize: this.#share.main,
      applicationName: "tundra",
    });
    this.#looks = openDatabase({
      connection,
      poolSize: 1,
      applicationName: "tundra looks",
    });
    this.#reader = new LiveReader(
      this.#looks.sql,
      log,
      (batch) => this.#deliver(batch),
    );
  }

  async prepare(): Promise<void> {
    const { config, log } = this;
    const { sql, kysely: db } = this.#database;
    await migrate(sql, { log });
    await firstStart(db, config);
    await announceSetup(sql, config, log);
    await this.#reader.start();
    const context = {
      db,
      sql,
      looks: this.#looks.kysely,
      config,
      log,
      outgoing: this.#outgoing,
      media: openMedia(config),
    };
    if (config.roles.scheduledTasks) {
      this.#jobs = await startJobs(
        context,
        () => this.#reader.wake(),
        () => this.#sender?.wake(),
      );
    }
    if (config.roles.http || config.roles.scheduledTasks) {
      this.#inbox = new InboxWorker(context, () => this.#reader.wake());
      this.#inbox.start();
    }
    if (config.prometheus) {
      this.#metrics = serveMetrics(db, log, config.prometheus);
    }
    if (config.roles.activitySending) {
      this.#sender = new FederationSender(context);
      this.#sender.start();
    }
  }

  /**
   * Starts the HTTP workers. One of them is this thread, which has loaded the app anyhow; the others
   * come with the load.
   * @param answering called when requests are answered
   */
  async serve(answering: () => Promise<void>): Promise<void> {
    const { config, log, connection, build } = this;
    const options = {
      config,
      log,
      connection,
      poolSize: this.#share.worker,
      memory: this.#memory,
      wake: () => {
        this.#reader.wake();
        this.#inbox?.wake();
      },
      appModule: build.app,
    };
    surviveFaults(log, this.#fail);
    this.#pool = new WorkerPool(
      build.thread,
      config.workers - 1,
      options,
      this.#fail,
    );
    if (this.#latest) this.#pool.deliver(this.#latest);
    this.#local = await startHttp({ ...options, busy: () => this.#grow() });
    if (this.#latest) this.#local.hub.deliver(this.#latest);
    await answering();
  }

  async stop(): Promise<void> {
    await Promise.all([
      this.#pool?.stop(DRAIN_MS),
      this.#local?.stop(DRAIN_MS),
    ]);
    await Promise.all([
      this.#inbox?.stop(),
      this.#jobs?.stop(),
      this.#sender?.stop(),
      this.#metrics?.shutdown(),
    ]);
    await this.#outgoing.close();
    await this.#reader.stop();
    await Promise.all([this.#database.close(), this.#looks.close()]);
  }

  /** Starts another HTTP worker, if there may be one, and has it take over some of the readers. */
  async #grow(): Promise<void> {
    const { connections } = this.#local!;
    if (!this.#pool!.canGrow) return;
    connections.watch();
    await this.#pool!.grow();
    connections.move();
  }

  #deliver(batch: LiveBatch): void {
    this.#latest = { ...batch, events: [] };
    // Other processes of the site change what our pages show as well.
    if (batch.events.length > 0) {
      new Shared(this.#memory).contentChanged();
      this.#jobs?.wake();
      this.#sender?.wake();
    }
    this.#pool?.deliver(batch);
    this.#local?.hub.deliver(batch);
  }
}

/** Names the address where the first visitor becomes the admin, until somebody has. */
async function announceSetup(
  sql: Sql,
  config: Config,
  log: Logger,
): Promise<void> {
  const [{ site_setup, setup_token }] = await sql<
    [{ site_setup: boolean; setup_token: string }]
  >`select site_setup, setup_token from local_site, secret`;
  if (site_setup) return;
  log.info(
    `this site is not set up yet; open ${config.origin}/setup?token=${setup_token}`,
  );
}
