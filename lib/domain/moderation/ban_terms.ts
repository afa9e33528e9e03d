import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { checkBody, LIMITS } from "../text/rules.ts";
import { checkUnixTime } from "../unix_time.ts";

/** Days ahead beyond which an end counts as none. */
const MAX_DAYS = 3650;

/**
 * When a ban or the block of an instance ends; null for never.
 * @param seconds Unix time; absent, or more than ten years ahead, means for ever
 * @throws LemmyError `invalid_unix_time`, `ban_expiration_in_past`
 */
export function checkExpiry(
  ctx: Ctx,
  seconds: number | undefined,
): string | null {
  if (seconds === undefined) return null;
  const field = "expires_at";
  const time = checkUnixTime(seconds, field);
  if (time < ctx.now) throw new LemmyError("ban_expiration_in_past", { field });
  const days = (time.getTime() - ctx.now.getTime()) / 86_400_000;
  return days > MAX_DAYS ? null : time.toISOString();
}

/** The reason of a ban, which may be empty. @throws LemmyError `invalid_body_field` */
export function checkBanReason(reason: string): string {
  return checkBody(reason, LIMITS.body, "reason");
}
