import { dirname, join } from "node:path";
import { OperatorError } from "../config/operator_error.ts";
import type { Account } from "./postgres_account.ts";

/**
 * Makes a directory with its parents. What is new gets exactly this mode, whatever the umask,
 * and this owner. Throws an {@link OperatorError} that says what stands in the way.
 */
export async function makeDirectory(
  directory: string,
  mode: number,
  owner?: Account,
): Promise<void> {
  try {
    const parent = dirname(directory);
    if (parent !== directory && !await isDirectory(parent)) {
      await makeDirectory(parent, 0o755);
    }
    await Deno.mkdir(directory);
    if (owner) await Deno.chown(directory, owner.uid, owner.gid);
    await Deno.chmod(directory, mode);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      if (await isDirectory(directory)) return;
      throw new OperatorError(
        `${directory} is a file, but must be a directory`,
      );
    }
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      `cannot make the directory ${directory} (${
        (error as Error).message
      }): create it for this user, or choose another place with LEMMY_DATA_DIR`,
      { cause: error },
    );
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Takes the data directory for this process. The kernel frees the lock when the process ends,
 * however it ends, so a lock is never stale. The file holds the process id for the message.
 */
export async function lockDirectory(dataDir: string): Promise<Deno.FsFile> {
  const path = join(dataDir, "lock");
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: true, create: true });
  } catch (error) {
    throw new OperatorError(
      `cannot write ${path} (${
        (error as Error).message
      }): make ${dataDir} writable for this user, or choose another place with LEMMY_DATA_DIR`,
      { cause: error },
    );
  }
  if (await file.tryLock(true)) {
    try {
      await file.truncate();
      await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
    } catch (error) {
      file.close();
      throw error;
    }
    return file;
  }
  file.close();
  const holder = (await Deno.readTextFile(path)).trim();
  throw new OperatorError(
    `the data directory ${dataDir} is in use by another server${
      holder ? ` (process ${holder})` : ""
    }: stop that one, or choose another place with LEMMY_DATA_DIR`,
  );
}

/** The kernel's bound on a socket's path, without the closing NUL. */
const SOCKET_PATH_BYTES = 107;
const SOCKET_NAME = "/.s.PGSQL.5432";

export interface SocketDir {
  directory: string;
  /** Removes it if it was made for this run only. */
  remove(): Promise<void>;
}

/**
 * A directory that only the database's account may enter. The given place is used if the socket's
 * path fits the kernel's bound there, else a private temporary one with a short name.
 */
export async function makeSocketDir(
  wanted: string,
  account?: Account,
): Promise<SocketDir> {
  const bytes = new TextEncoder().encode(wanted + SOCKET_NAME).length;
  if (bytes <= SOCKET_PATH_BYTES) {
    await makeDirectory(wanted, 0o700, account);
    return { directory: wanted, remove: () => Promise.resolve() };
  }
  let directory: string;
  try {
    // Not the environment's TMPDIR, which may be as long.
    directory = await Deno.makeTempDir({ dir: "/tmp", prefix: "tundra-" });
  } catch (error) {
    throw new OperatorError(
      `the path ${wanted} is too long for a socket (${bytes} of ${SOCKET_PATH_BYTES} bytes) and /tmp is not writable: choose a shorter LEMMY_DATA_DIR`,
      { cause: error },
    );
  }
  if (account) await Deno.chown(directory, account.uid, account.gid);
  return {
    directory,
    remove: () => Deno.remove(directory, { recursive: true }),
  };
}
