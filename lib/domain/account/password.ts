import { hash, verify } from "@node-rs/argon2";
import { type Ctx, inTransaction } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser } from "../permissions.ts";
import { checkPassword } from "../text/rules.ts";
import { type ClientInfo, createSession, endAllSessions } from "./session.ts";

/** OWASP's parameters for argon2id: 19 MiB, two passes; 16 ms in a native thread. */
const ARGON2ID = {
  algorithm: 2,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const;

/** Hashes a password with argon2id, off the event loop. */
export async function hashPassword(password: string): Promise<string> {
  return await hash(password, ARGON2ID);
}

/**
 * Checks a password against a stored hash: argon2id, or bcrypt of an imported account. Without a
 * hash it does the same work and fails, so that timing does not tell which accounts exist.
 */
export async function verifyPassword(
  stored: string | null,
  password: string,
): Promise<boolean> {
  if (stored === null) {
    await verify(await dummyHash(), password);
    return false;
  }
  if (stored.startsWith("$2")) {
    const { bcryptVerify } = await import("hash-wasm");
    return await bcryptVerify({ password, hash: stored });
  }
  return await verify(stored, password);
}

/** Whether the hash should be replaced by one of today's kind at the next sign-in. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith("$argon2id$");
}

let dummy: Promise<string> | undefined;
function dummyHash(): Promise<string> {
  return dummy ??= hashPassword(crypto.randomUUID());
}

/**
 * Replaces the caller's password; every session ends and a new one begins.
 * @returns the new session's token
 * @throws LemmyError `invalid_password`, `passwords_do_not_match`, `incorrect_login` when the old
 * password is wrong
 */
export async function changePassword(
  ctx: Ctx,
  input: {
    old_password: string;
    new_password: string;
    new_password_verify: string;
    stay_logged_in?: boolean;
  },
  client: ClientInfo,
): Promise<string> {
  const viewer = requireActiveUser(ctx);
  checkPassword(input.new_password, "new_password");
  if (input.new_password !== input.new_password_verify) {
    throw new LemmyError("passwords_do_not_match", {
      field: "new_password_verify",
    });
  }
  const user = viewer.local_user.id;
  const row = await ctx.db.selectFrom("local_user")
    .select("password_encrypted").where("id", "=", user)
    .executeTakeFirstOrThrow();
  // Accounts that only know OAuth have no password yet and send an empty one.
  const correct = row.password_encrypted === null
    ? input.old_password === ""
    : await verifyPassword(row.password_encrypted, input.old_password);
  if (!correct) {
    throw new LemmyError("incorrect_login", { field: "old_password" });
  }
  const password_encrypted = await hashPassword(input.new_password);
  return await inTransaction(ctx, async (ctx) => {
    await replacePassword(ctx, user, password_encrypted);
    return await createSession(ctx, user, {
      stayLoggedIn: input.stay_logged_in ?? false,
      client,
    });
  });
}

/**
 * Stores a new password. Every session ends, and links that are under way by e-mail to choose
 * another one are void.
 */
export async function replacePassword(
  ctx: Ctx,
  localUserId: number,
  password_encrypted: string,
): Promise<void> {
  await ctx.db.updateTable("local_user").set({ password_encrypted })
    .where("id", "=", localUserId).execute();
  await ctx.db.deleteFrom("password_reset_request")
    .where("local_user_id", "=", localUserId).execute();
  await endAllSessions(ctx, localUserId);
}
