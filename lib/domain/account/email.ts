import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { LIMITS } from "../text/rules.ts";

/** An address as it is stored and compared; "" when the text has nothing but blanks. */
export function normalizeEmail(text: string): string {
  return text.trim().toLowerCase();
}

/**
 * Refuses an address that another account has, or that is longer than any can be.
 * @param email as `normalizeEmail` makes it
 * @param ownUserId account that may have it, when it changes its own
 * @throws LemmyError `invalid_email_address`, `email_already_taken`
 */
export async function requireFreeEmail(
  ctx: Ctx,
  email: string,
  ownUserId: number | null = null,
): Promise<void> {
  if (email.length > LIMITS.email) {
    throw new LemmyError("invalid_email_address", {
      detail: `an address has at most ${LIMITS.email} characters`,
      field: "email",
    });
  }
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
