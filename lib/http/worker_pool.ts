import type { Logger } from "../cli/log.ts";
import type { LiveBatch } from "../live/hub.ts";
import type { HttpOptions } from "./server.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

/** A worker that dies so often within {@link CRASH_WINDOW_MS} ends the process. */
const MAX_CRASHES = 5;
const CRASH_WINDOW_MS = 60_000;

interface Member {
  worker: Worker;
  stopped: Promise<void>;
  /** Resolves `stopped`; also when the worker died. */
  ended: () => void;
}

/**
 * The HTTP workers beside the process's own thread, each started when there is a load for it: a
 * thread takes 35 MB. A worker that dies is replaced.
 */
export class WorkerPool {
  #options: HttpOptions;
  #log: Logger;
  #fatal: (error: Error) => void;
  #members = new Set<Member>();
  #crashes: number[] = [];
  #latest: LiveBatch | undefined;
  #stopping = false;
  #growing = false;

  /**
   * @param module URL of `worker.ts` in the build
   * @param limit workers at most
   * @param fatal called when workers die again and again
   */
  constructor(
    readonly module: string,
    readonly limit: number,
    options: HttpOptions,
    fatal: (error: Error) => void,
  ) {
    this.#options = options;
    this.#log = options.log.module("http");
    this.#fatal = fatal;
  }

  /** Whether one more may be started now. */
  get canGrow(): boolean {
    return !this.#growing && !this.#stopping &&
      this.#members.size < this.limit;
  }

  /** Starts one more; resolves when it serves, or when it could not and others are tried. */
  async grow(): Promise<void> {
    this.#growing = true;
    try {
      await this.#spawn();
      this.#log.info("there is much to do: one more HTTP worker serves", {
        workers: this.#members.size + 1,
      });
    } catch (error) {
      this.#replace(error instanceof Error ? error.message : String(error));
    } finally {
      this.#growing = false;
    }
  }

  deliver(batch: LiveBatch): void {
    this.#latest = { ...batch, events: [] };
    for (const { worker } of this.#members) {
      send(worker, { kind: "live", batch });
    }
  }

  /** Lets running requests finish for so many milliseconds, then ends all workers. */
  async stop(timeout: number): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#members].map(async ({ worker, stopped }) => {
      send(worker, { kind: "stop", timeout });
      // The worker's own bound, and a little more for one that does not even hear.
      const timer = setTimeout(() => worker.terminate(), timeout + 2000);
      const late = new Promise<void>((resolve) =>
        setTimeout(resolve, timeout + 2000)
      );
      await Promise.race([stopped, late]);
      clearTimeout(timer);
    }));
  }

  #spawn(): Promise<void> {
    const worker = new Worker(this.module, {
      type: "module",
      name: "http",
    });
    const { promise: stopped, resolve: ended } = Promise.withResolvers<void>();
    const member = { worker, stopped, ended };
    this.#members.add(member);
    const ready = Promise.withResolvers<void>();
    let serving = false;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      switch (data.kind) {
        case "ready":
          if (this.#latest) {
            send(worker, { kind: "live", batch: this.#latest });
          }
          serving = true;
          ready.resolve();
          break;
        case "failed":
          this.#members.delete(member);
          worker.terminate();
          ended();
          if (serving) this.#replace(String(data.error));
          else ready.reject(data.error);
          break;
        case "wake":
          this.#options.wake();
          break;
        case "stopped":
          this.#members.delete(member);
          ended();
          break;
      }
    };
    worker.onerror = (event) => {
      // Otherwise the error would end the whole process.
      event.preventDefault();
      this.#members.delete(member);
      worker.terminate();
      ended();
      if (serving) this.#replace(event.message);
      else ready.reject(new Error(event.message));
    };
    const { config, connection, poolSize, memory, appModule } = this.#options;
    send(worker, {
      kind: "start",
      config,
      connection,
      poolSize,
      memory,
      appModule,
    });
    return ready.promise;
  }

  #replace(reason: string): void {
    if (this.#stopping) return;
    const now = Date.now();
    this.#crashes = [
      ...this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS),
      now,
    ];
    this.#log.error("an HTTP worker has died", { reason });
    if (this.#crashes.length > MAX_CRASHES) {
      this.#fatal(new Error(`HTTP workers keep dying: ${reason}`));
      return;
    }
    this.#spawn().then(
      () => this.#log.info("a new HTTP worker serves"),
      (error) => this.#replace(String(error?.message ?? error)),
    );
  }
}

function send(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}
