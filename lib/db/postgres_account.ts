import { dirname } from "node:path";
import { OperatorError } from "../config/operator_error.ts";

/** The account under which PostgreSQL runs; it refuses to run as root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** Accounts without rights of their own, best first. */
const CANDIDATES = ["tundra", "postgres", "nobody"];

/**
 * Chooses the account when this process is root, else gives undefined (PostgreSQL then runs as
 * the same user). The owner of an existing directory stays the owner. The account must be in the
 * password file, because initdb looks it up.
 */
export async function chooseAccount(
  directory: string,
): Promise<Account | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const accounts = parsePasswordFile(await Deno.readTextFile("/etc/passwd"));
  const owner = await ownerOf(directory);
  if (owner) {
    const account = accounts.find(({ uid }) => uid === owner);
    if (account) return account;
    throw new OperatorError(
      `${directory} belongs to user ${owner}, who is not in /etc/passwd: add that user, or change the owner of the directory to "nobody"`,
    );
  }
  for (const name of CANDIDATES) {
    const account = accounts.find((a) => a.name === name && a.uid !== 0);
    if (account) return account;
  }
  throw new OperatorError(
    `PostgreSQL does not run as root, and /etc/passwd has none of the users ${
      CANDIDATES.join(", ")
    }: add one of them, or run this program as an ordinary user`,
  );
}

async function ownerOf(directory: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(directory)).uid ?? undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function parsePasswordFile(text: string): Account[] {
  return text.split("\n").map((line) => line.split(":"))
    .filter((fields) => fields.length >= 4)
    .map(([name, , uid, gid]) => ({
      name,
      uid: Number(uid),
      gid: Number(gid),
    }));
}

/**
 * Checks that the account may pass through every folder above `directory`; initdb's own message
 * would name only the last one.
 */
export async function checkReachable(
  directory: string,
  account: Account,
): Promise<void> {
  for (let folder = dirname(directory);; folder = dirname(folder)) {
    const { mode, uid, gid } = await Deno.stat(folder);
    const bit = uid === account.uid
      ? 0o100
      : gid === account.gid
      ? 0o010
      : 0o001;
    if (mode !== null && (mode & bit) === 0) {
      throw new OperatorError(
        `PostgreSQL runs as user "${account.name}" because this program runs as root, and that user cannot enter ${folder} (mode ${
          (mode & 0o777).toString(8)
        }): choose another data directory with LEMMY_DATA_DIR (such as /var/lib/tundra), or chmod o+x ${folder}`,
      );
    }
    if (dirname(folder) === folder) return;
  }
}
