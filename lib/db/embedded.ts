import { join } from "node:path";
import { OperatorError } from "../config/operator_error.ts";
import { machineMemory } from "../config/machine.ts";
import type { Logger } from "../cli/log.ts";
import type { ConnectionOptions } from "./connection_options.ts";
import { lockDirectory, makeDirectory, makeSocketDir } from "./data_dir.ts";
import { checkReachable, chooseAccount } from "./postgres_account.ts";
import {
  type Cluster,
  createCluster,
  DATABASE,
  SUPERUSER,
} from "./postgres_cluster.ts";
import { clusterTag, stopLeftovers } from "./postgres_processes.ts";
import {
  locateNativeDir,
  POSTGRES_MAJOR,
  unpackProgram,
} from "./postgres_program.ts";
import { postgresSettings } from "./postgres_settings.ts";
import { Postmaster } from "./postmaster.ts";

export interface EmbeddedOptions {
  /** Absolute; `lock` and `postgresql/` are made in it. */
  dataDir: string;
  /** Folder with `bin/`, `lib/`, `share/`; default {@link locateNativeDir}. */
  nativeDir?: string;
  /** Size of the pool that will connect; some connections are added for other uses. */
  poolSize?: number;
  /** Bytes to size the caches by; default: what the machine or container has. */
  memory?: number;
  /** False for throw-away databases of tests only. Default true. */
  durable?: boolean;
}

export interface EmbeddedDatabase {
  connection: ConnectionOptions;
  /** Process id of the postmaster; undefined while it is being restarted. */
  readonly pid: number | undefined;
  /** Stops the database cleanly and frees the data directory. May be called again. */
  stop(): Promise<void>;
}

/** Connections beside the pool: listeners, migrations, workers' reserve, an operator's shell. */
const RESERVED_CONNECTIONS = 20;

/**
 * Runs PostgreSQL as a child, on a socket in the data directory, creating what is missing. While
 * it serves it is watched, and started again when it ends unexpectedly. Throws an
 * {@link OperatorError} with one line to act on: directory in use, not writable, not reachable,
 * disk full, damaged.
 *
 * Layout of the data directory: `lock`; `postgresql/VERSION/` the program, `postgresql/data-18/`
 * the cluster, `postgresql/run/` the socket, `postgresql/custom.conf` settings of the operator.
 */
export async function startEmbedded(
  options: EmbeddedOptions,
  log: Logger,
): Promise<EmbeddedDatabase> {
  const { dataDir, durable = true } = options;
  const home = join(dataDir, "postgresql");
  await makeDirectory(dataDir, 0o755);
  const lock = await lockDirectory(dataDir);
  try {
    const account = await chooseAccount(home);
    await makeDirectory(home, 0o700, account);
    if (account) await checkReachable(home, account);
    const nativeDir = options.nativeDir ?? await locateNativeDir();
    const cluster: Cluster = {
      program: await unpackProgram(nativeDir, home),
      directory: join(await Deno.realPath(home), `data-${POSTGRES_MAJOR}`),
      account,
    };
    const tag = await clusterTag(cluster.directory);
    await stopLeftovers(tag, log);
    await createCluster(cluster, { durable, log });
    const socket = await makeSocketDir(join(home, "run"), account);
    await writeSettings(
      cluster,
      postgresSettings({
        socketDir: socket.directory,
        memory: options.memory ?? machineMemory(),
        cores: navigator.hardwareConcurrency,
        maxConnections: (options.poolSize ?? 30) + RESERVED_CONNECTIONS,
        durable,
      }),
    );
    const postmaster = new Postmaster(cluster, tag, log);
    await postmaster.start();
    let stopping: Promise<void> | undefined;
    const stop = async () => {
      await postmaster.stop();
      await socket.remove();
      lock.close();
    };
    return {
      connection: {
        host: socket.directory,
        port: 5432,
        database: DATABASE,
        user: SUPERUSER,
        tls: "disable",
      },
      get pid() {
        return postmaster.pid;
      },
      stop: () => stopping ??= stop(),
    };
  } catch (error) {
    lock.close();
    throw explainStart(error, home);
  }
}

async function writeSettings(cluster: Cluster, text: string): Promise<void> {
  const file = join(cluster.directory, "tundra.conf");
  await Deno.writeTextFile(file, text, { mode: 0o644 });
  const { account } = cluster;
  if (account) await Deno.chown(file, account.uid, account.gid);
}

/** Errors of the file system while the files are prepared. */
function explainStart(error: unknown, home: string): unknown {
  if (error instanceof OperatorError || !(error instanceof Error)) return error;
  const code = (error as { code?: string }).code;
  const remedy = code === "ENOSPC" || code === "EDQUOT"
    ? "the disk is full: free some space"
    : code === "EROFS"
    ? "the file system is read-only: choose another place with LEMMY_DATA_DIR"
    : error instanceof Deno.errors.PermissionDenied
    ? "no permission: run as its owner, or choose another place with LEMMY_DATA_DIR"
    : undefined;
  if (!remedy) return error;
  return new OperatorError(
    `the embedded database in ${home} cannot be prepared; ${remedy} (${error.message})`,
    { cause: error },
  );
}
