import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";

/**
 * Refuses an address that another account has.
 * @param email in lower case, as addresses are stored
 * @param ownUserId account that may have it, when it changes its own
 * @throws LemmyError `email_already_taken`
 */
export async function requireFreeEmail(
  ctx: Ctx,
  email: string,
  ownUserId: number | null = null,
): Promise<void> {
  const rows = await query(
    ctx,
    `select from local_user where lower(email) = $1
       and ($2::int4 is null or id <> $2::int4)`,
    [email, ownUserId],
  );
  if (rows.length > 0) {
    throw new LemmyError("email_already_taken", { field: "email" });
  }
}
