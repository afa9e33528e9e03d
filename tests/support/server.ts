/**
 * The real program as a child process, for tests over HTTP:
 *
 *     test("lists posts", (t) =>
 *       withServer({}, async (server) => {
 *         const answer = await fetch(`${server.origin}/api/v4/post/list`);
 *         t.equal(answer.status, 200);
 *       }));
 *
 * Unless told otherwise it has its own temporary data directory, a database of `testDatabase()`, the
 * admin `admin`, open registration and limits that no test reaches.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLogger } from "../../lib/cli/log.ts";
import {
  type ConnectionOptions,
  type OpenDatabase,
  openDatabase,
} from "../../lib/db/connection.ts";
import { DATABASE, SUPERUSER } from "../../lib/db/postgres_cluster.ts";
import { clusterTag, stopLeftovers } from "../../lib/db/postgres_processes.ts";
import { migrate } from "../../lib/db/migrate.ts";
import { type TestDatabase, testDatabase } from "./database.ts";
import { preparedCluster } from "./prepared_cluster.ts";
import { freePort } from "./port.ts";

export interface ServerOptions {
  /** Where its data lies; given when a server is started again on the same data. */
  dataDir?: string;
  /** A free one if not given. */
  port?: number;
  /** Its host is this name below `localhost`, for federation; `localhost` itself if not given. */
  name?: string;
  /** HTTP workers, all of which are started, by load; 1 if not given. */
  workers?: number;
  /** The caller's database; one of the server's own if not given. */
  database?: TestDatabase;
  /**
   * With an embedded database in the data directory, made before; `fresh` lets the server make it,
   * which takes three times as long.
   */
  embedded?: true | "fresh";
  /** The limits of a new site instead of generous ones. */
  realLimits?: boolean;
  /** Leaves the site without admin, as a first start without configuration does. */
  unset?: boolean;
  /** Further content of `lemmy.hjson`. */
  config?: Record<string, unknown>;
  env?: Record<string, string>;
}

export interface TestServer {
  /** `http://localhost:PORT` */
  origin: string;
  port: number;
  pid: number;
  dataDir: string;
  /** What it has logged so far. */
  readonly log: string;
  /** Resolves when the log contains the text; rejects after ten seconds. */
  logged(text: string): Promise<void>;
  /** Asks it to end (SIGTERM) and waits; the data stay. Resolves to its exit status. */
  stop(): Promise<number>;
  /** Kills it (SIGKILL); the embedded database goes on, as after a crash. */
  stopHard(): Promise<void>;
  /** Stops it and removes its data. */
  dispose(): Promise<void>;
  /** A pool on its database; the caller closes it. */
  openDatabase(): OpenDatabase;
  /** Signs in and gives the session token. */
  login(username: string, password?: string): Promise<string>;
  /** Registers an account and gives its session token. */
  signUp(username: string): Promise<string>;
  /** Sends a request to `/api/v4`; `body` is JSON. */
  api(
    method: string,
    path: string,
    options?: { token?: string; body?: unknown; headers?: HeadersInit },
  ): Promise<Response>;
}

export const PASSWORD = "correct horse battery";
const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));
const QUICK_KEYS = fileURLToPath(new URL("./quick_keys.ts", import.meta.url));
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 45_000;

const copyMigrated = preparedCluster(async (connection) => {
  const { sql, close } = openDatabase({ connection, poolSize: 2 });
  try {
    await migrate(sql, { log: createLogger({ filter: "warn" }) });
  } finally {
    await close();
  }
});

/** Runs the body with a server and disposes of it afterwards, also when the body throws. */
export async function withServer<T>(
  options: ServerOptions,
  body: (server: TestServer) => Promise<T>,
): Promise<T> {
  const server = await startServer(options);
  try {
    return await body(server);
  } finally {
    await server.dispose();
  }
}

/** Starts the program and resolves when it serves. Rejects with its log when it ends before. */
export async function startServer(
  options: ServerOptions = {},
): Promise<TestServer> {
  const own = options.embedded || options.database
    ? undefined
    : await testDatabase();
  const database = options.database ?? own;
  const dataDir = options.dataDir ?? await makeDataDir();
  if (options.embedded === true && !options.dataDir) {
    await copyMigrated(join(dataDir, "data"));
  }
  const port = options.port ?? freePort();
  const origin = `http://localhost:${port}`;
  const configFile = join(dataDir, "lemmy.hjson");
  await Deno.writeTextFile(
    configFile,
    JSON.stringify({
      hostname: options.name
        ? `${options.name}.localhost:${port}`
        : `localhost:${port}`,
      bind: "127.0.0.1",
      port,
      tls_enabled: false,
      setup: options.unset ? undefined : {
        admin_username: "admin",
        admin_password: PASSWORD,
        site_name: "Test site",
        bootstrap_instances: [],
      },
      tundra: { workers: options.workers ?? 1 },
      ...options.config,
    }),
  );
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", `--preload=${QUICK_KEYS}`, MAIN, "serve"],
    env: {
      LEMMY_CONFIG_LOCATION: configFile,
      LEMMY_DATA_DIR: join(dataDir, "data"),
      NO_COLOR: "1",
      ...(database ? { LEMMY_DATABASE_URL: database.url } : {}),
      ...options.env,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = new Log(child.stderr);
  const connection = database?.connection ?? embedded(dataDir);
  const server: TestServer = {
    origin,
    port,
    pid: child.pid,
    dataDir,
    get log() {
      return log.text;
    },
    logged: (text) => log.waitFor(text, 10_000),
    async stop() {
      kill(child, "SIGTERM");
      const timer = setTimeout(() => kill(child, "SIGKILL"), STOP_TIMEOUT_MS);
      const { code } = await child.status;
      clearTimeout(timer);
      await log.complete();
      return code;
    },
    async stopHard() {
      kill(child, "SIGKILL");
      await child.status;
      await log.complete();
    },
    async dispose() {
      await server.stop();
      if (!database) await stopDatabase(dataDir);
      await own?.close();
      await Deno.remove(dataDir, { recursive: true });
    },
    openDatabase: () => openDatabase({ connection, poolSize: 3 }),
    async login(username, password = PASSWORD) {
      const answer = await server.api("POST", "/account/auth/login", {
        body: { username_or_email: username, password },
      });
      return await jwtOf(answer);
    },
    async signUp(username) {
      const answer = await server.api("POST", "/account/auth/register", {
        body: {
          username,
          password: PASSWORD,
          password_verify: PASSWORD,
          answer: "please",
        },
      });
      return await jwtOf(answer);
    },
    api(method, path, { token, body, headers } = {}) {
      const all = new Headers(headers);
      if (token) all.set("authorization", `Bearer ${token}`);
      if (body !== undefined) all.set("content-type", "application/json");
      return fetch(`${origin}/api/v4${path}`, {
        method,
        headers: all,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    },
  };
  try {
    await Promise.race([
      log.waitFor(" ready ", START_TIMEOUT_MS),
      child.status.then(({ code }) => {
        throw new Error(`the server ended with status ${code}:\n${log.text}`);
      }),
    ]);
    if (!options.dataDir) await prepareSite(server, options);
    await startWorkers(server, options.workers ?? 1);
  } catch (error) {
    await server.stop();
    await own?.close();
    throw error;
  }
  return server;
}

/** A temporary directory that the account of the embedded database can reach. */
export async function makeDataDir(): Promise<string> {
  const dataDir = await Deno.makeTempDir({
    dir: "/tmp",
    prefix: "tundra-srv-",
  });
  await Deno.chmod(dataDir, 0o755);
  return dataDir;
}

/** Ends what a killed server has left running. */
export async function stopDatabase(dataDir: string): Promise<void> {
  const cluster = join(dataDir, "data", "postgresql", "data-18");
  try {
    await Deno.stat(cluster);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  const log = createLogger({ filter: "off" });
  await stopLeftovers(await clusterTag(cluster), log);
}

function embedded(dataDir: string): ConnectionOptions {
  return {
    host: join(dataDir, "data", "postgresql", "run"),
    port: 5432,
    database: DATABASE,
    user: SUPERUSER,
    tls: "disable",
  };
}

/** Before the first request, so that no worker remembers other settings. */
async function prepareSite(
  server: TestServer,
  options: ServerOptions,
): Promise<void> {
  const { sql, close } = server.openDatabase();
  try {
    if (!options.unset) {
      await sql`update local_site set registration_mode = 'open'`;
    }
    if (!options.realLimits) {
      await sql`update local_site_rate_limit set
        message_max_requests = 10000000, post_max_requests = 10000000,
        register_max_requests = 10000000, image_max_requests = 10000000,
        comment_max_requests = 10000000, search_max_requests = 10000000,
        import_user_settings_max_requests = 10000000`;
    }
  } finally {
    await close();
  }
}

/** Asks for so much that the server starts all its workers. */
async function startWorkers(server: TestServer, count: number): Promise<void> {
  const serves = () => count === 1 || server.log.includes(` workers=${count}`);
  const end = Date.now() + START_TIMEOUT_MS;
  const readers = Array.from({ length: 16 }, async (_, reader) => {
    for (let i = 0; !serves(); i++) {
      if (Date.now() > end) {
        throw new Error(`no ${count} workers were started:\n${server.log}`);
      }
      // No answer from memory, and from another person each time, for the sake of limits.
      const answer = await fetch(`${server.origin}/?n=${reader}-${i}`, {
        headers: { "x-forwarded-for": `198.18.${reader}.${i % 250}` },
      });
      await answer.body?.cancel();
    }
  });
  await Promise.all(readers);
}

async function jwtOf(answer: Response): Promise<string> {
  const { jwt, error } = await answer.json();
  if (!jwt) throw new Error(`no session: ${error ?? answer.status}`);
  return jwt;
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // It has ended already.
    const gone = error instanceof TypeError ||
      error instanceof Deno.errors.NotFound;
    if (!gone) throw error;
  }
}

/** The growing log of a child. */
class Log {
  text = "";
  #reader: ReadableStreamDefaultReader<Uint8Array>;
  #ended: Promise<void>;
  #wakeUps = new Set<() => void>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
    this.#ended = this.#read();
  }

  /** Resolves when the log of an ended process has been read. */
  async complete(): Promise<void> {
    // A database that outlives its killed server holds the pipe open.
    const timer = setTimeout(() => this.#reader.cancel(), 500);
    await this.#ended;
    clearTimeout(timer);
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      this.text += decoder.decode(value, { stream: true });
      for (const wakeUp of this.#wakeUps) wakeUp();
    }
  }

  async waitFor(text: string, timeout: number): Promise<void> {
    const end = Date.now() + timeout;
    while (!this.text.includes(text)) {
      const left = end - Date.now();
      if (left <= 0) {
        throw new Error(`"${text}" was not logged in time:\n${this.text}`);
      }
      await new Promise<void>((resolve) => {
        const wakeUp = () => {
          clearTimeout(timer);
          this.#wakeUps.delete(wakeUp);
          resolve();
        };
        const timer = setTimeout(wakeUp, left);
        this.#wakeUps.add(wakeUp);
      });
    }
  }
}
