/// <reference lib="deno.worker" />
/**
 * An HTTP worker: a thread with its own copy of the app. It is told everything by its first
 * message, and says `ready` when it serves.
 */
import { freezeConfig } from "../config/redact.ts";
import type { Config } from "../config/mod.ts";
import { surviveFaults } from "../cli/faults.ts";
import { processLogger } from "../cli/process_log.ts";
import type { ConnectionOptions } from "../db/connection.ts";
import type { LiveBatch } from "../live/hub.ts";
import { type HttpServer, startHttp } from "./server.ts";

/** What the process tells a worker. */
export type ToWorker =
  | {
    kind: "start";
    config: Config;
    connection: ConnectionOptions;
    poolSize: number;
    memory: SharedArrayBuffer;
    appModule: string;
  }
  | { kind: "live"; batch: LiveBatch }
  | { kind: "stop"; timeout: number };

/** What a worker tells the process. */
export type FromWorker =
  | { kind: "ready" }
  | { kind: "failed"; error: unknown }
  | { kind: "wake" }
  | { kind: "stopped" };

/** Wakes within this many milliseconds are told as one. */
const WAKE_MS = 20;

const scope = self as unknown as DedicatedWorkerGlobalScope;
let server: HttpServer | undefined;
let latest: LiveBatch | undefined;
let waking = false;

const tell = (message: FromWorker) => scope.postMessage(message);

scope.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "live") {
    if (server) server.hub.deliver(data.batch);
    else latest = data.batch;
  } else if (data.kind === "stop") {
    await server?.stop(data.timeout);
    tell({ kind: "stopped" });
    scope.close();
  } else {
    const config = freezeConfig<Config>(data.config);
    const log = processLogger(config);
    surviveFaults(log, (error) => tell({ kind: "failed", error }));
    try {
      server = await startHttp({ ...data, config, log, wake });
      if (latest) server.hub.deliver({ ...latest, events: [] });
      tell({ kind: "ready" });
    } catch (error) {
      tell({ kind: "failed", error });
    }
  }
};

function wake(): void {
  if (waking) return;
  waking = true;
  setTimeout(() => {
    waking = false;
    tell({ kind: "wake" });
  }, WAKE_MS);
}
