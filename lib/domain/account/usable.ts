import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";

/** What decides whether an account may sign in. */
export interface AccountState {
  admin: boolean;
  email_verified: boolean;
  accepted_application: boolean;
  deleted: boolean;
  /** Whether it has applied, and whether an admin has decided. */
  application: boolean;
  processed: boolean;
  deny_reason: string | null;
}

/** `select` items of an `AccountState`, from user `u`, person `p` and application `a`. */
export const ACCOUNT_STATE =
  `u.admin, u.email_verified, u.accepted_application, p.deleted,
  a.id is not null as application, a.admin_id is not null as processed, a.deny_reason`;

/**
 * Refuses accounts that may not sign in, or not yet (accounts-and-site §2.6, steps 4 to 6).
 * @throws LemmyError `deleted`, `email_not_verified`, `registration_denied`,
 * `registration_application_is_pending`, `not_found`
 */
export function requireUsable(
  ctx: Pick<Ctx, "site">,
  account: AccountState,
): void {
  const { local_site } = ctx.site;
  if (account.deleted) throw new LemmyError("deleted");
  if (account.admin) return;
  if (local_site.email_verification_required && !account.email_verified) {
    throw new LemmyError("email_not_verified");
  }
  const judged = local_site.registration_mode === "require_application" ||
    local_site.registration_mode === "closed";
  if (!judged || account.accepted_application) return;
  if (!account.application) throw new LemmyError("not_found");
  if (!account.processed) {
    throw new LemmyError("registration_application_is_pending");
  }
  throw new LemmyError("registration_denied", {
    detail: account.deny_reason ?? "",
  });
}
