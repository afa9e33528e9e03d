import { join } from "node:path";
import type { Logger } from "../cli/log.ts";
import {
  type Cluster,
  explainFailure,
  postgresCommand,
} from "./postgres_cluster.ts";
import { kill, stopLeftovers } from "./postgres_processes.ts";

/** Milliseconds before each further attempt to restart; the last one repeats. */
const BACKOFF_MS = [0, 200, 1_000, 5_000, 15_000, 30_000];
/** A database that served this long counts as healthy: the next restart is immediate. */
const HEALTHY_MS = 60_000;
const READY_POLL_MS = 10;
/** A fast shutdown writes a checkpoint, which takes a while on slow disks. */
const FAST_STOP_MS = 60_000;
const IMMEDIATE_STOP_MS = 10_000;
/** Lines kept to explain a failed start. */
const LAST_LINES = 20;

interface Running {
  child: Deno.ChildProcess;
  /** Resolves when the process has ended; never rejects. */
  ended: Promise<Deno.CommandStatus>;
  lastLines: string[];
}

/** The server process of a cluster: started, watched, restarted when it dies, stopped. */
export class Postmaster {
  #running: Running | undefined;
  #stopping = new AbortController();
  #supervision: Promise<void> = Promise.resolve();
  /** For exits that skip `stop`. An uncaught error skips this too; then the next start cleans up. */
  #onUnload = () => {
    if (this.pid !== undefined) kill(this.pid, "SIGINT");
  };

  constructor(
    readonly cluster: Cluster,
    readonly tag: string,
    readonly log: Logger,
  ) {}

  /** Undefined while the database is down. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** Starts and resolves when connections are accepted; rejects when the first start fails. */
  async start(): Promise<void> {
    await this.#launch();
    addEventListener("unload", this.#onUnload);
    this.#supervision = this.#supervise();
  }

  /** Stops: fast first, and by force when that takes too long. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const running = this.#running;
    if (running) {
      const { child, ended } = running;
      kill(child.pid, "SIGINT");
      if (!await within(ended, FAST_STOP_MS)) {
        this.log.warn("the database does not stop; stopping it at once");
        kill(child.pid, "SIGQUIT");
        if (!await within(ended, IMMEDIATE_STOP_MS)) kill(child.pid, "SIGKILL");
      }
      await ended;
    }
    await this.#supervision;
    removeEventListener("unload", this.#onUnload);
  }

  async #supervise(): Promise<void> {
    let failures = 0;
    while (this.#running) {
      const started = Date.now();
      const status = await this.#running.ended;
      this.#running = undefined;
      if (this.#stopping.signal.aborted) return;
      const how = status.signal ?? `exit status ${status.code}`;
      this.log.error("the database ended unexpectedly; restarting it", { how });
      if (Date.now() - started > HEALTHY_MS) failures = 0;
      failures = await this.#restart(failures);
    }
  }

  /** Tries until it runs or is to stop; returns the count of attempts for the next time. */
  async #restart(failures: number): Promise<number> {
    for (;; failures++) {
      const delay = BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)];
      await sleep(delay, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return failures;
      try {
        await stopLeftovers(this.tag, this.log);
        if (this.#stopping.signal.aborted) return failures;
        await this.#launch();
        this.log.info("the database runs again", { pid: this.pid });
        return failures + 1;
      } catch (error) {
        this.log.error("the database cannot be restarted; trying again", {
          reason: (error as Error).message,
        });
      }
    }
  }

  async #launch(): Promise<void> {
    const child = postgresCommand(this.cluster, "postgres", {
      args: [
        "-D",
        this.cluster.directory,
        "-c",
        `cluster_name=${this.tag}`,
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const lastLines: string[] = [];
    const reading = this.#relay(child.stderr, lastLines);
    const ended = child.status.then(async (status) => {
      await reading;
      return status;
    });
    const running = { child, ended, lastLines };
    this.#running = running;
    if (await this.#ready(running)) return;
    this.#running = undefined;
    throw explainFailure("postgres", lastLines, this.cluster);
  }

  /** Waits for the word in `postmaster.pid`; recovery after a crash may take minutes. */
  async #ready({ child, ended }: Running): Promise<boolean> {
    const file = join(this.cluster.directory, "postmaster.pid");
    let over = false;
    ended.then(() => over = true);
    while (!over) {
      const lines = (await readIfExists(file)).split("\n");
      // Line 1 is the process id, line 8 its state.
      if (lines[0] === String(child.pid) && lines[7]?.trim() === "ready") {
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
    return false;
  }

  /** Hands PostgreSQL's own log lines to ours, by severity. */
  async #relay(
    stream: ReadableStream<Uint8Array>,
    lastLines: string[],
  ): Promise<void> {
    const log = this.log.module("postgresql");
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for await (const bytes of stream) {
        const text = decoder.decode(bytes, { stream: true });
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        for (const line of lines) {
          lastLines.push(line);
          if (lastLines.length > LAST_LINES) lastLines.shift();
          const [, severity, message] = /^(\w+):\s+(.*)$/.exec(line) ?? [];
          // A FATAL ends one connection, whose client is told, or a start, which is explained.
          if (severity === "PANIC") log.error(message);
          else log.debug(message ?? line);
        }
      }
    } catch (error) {
      log.warn("its messages can no longer be read", { error });
    }
  }
}

async function readIfExists(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Whether the promise settles within so many milliseconds. */
async function within(
  promise: Promise<unknown>,
  milliseconds: number,
): Promise<boolean> {
  const timer = new AbortController();
  const settled = promise.then(() => true);
  const late = sleep(milliseconds, timer.signal).then(() => false);
  const result = await Promise.race([settled, late]);
  timer.abort();
  return result;
}

/** Resolves after so many milliseconds, or at once when the signal aborts. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
