import { LemmyError } from "./errors.ts";

/** The last second of the year 9999: beyond it a time has no four-digit year in JSON. */
const LAST_SECOND = 253_402_300_799;

/**
 * A time that a request gives in seconds since 1970.
 * @throws LemmyError `invalid_unix_time` for what no calendar has
 */
export function checkUnixTime(seconds: number, field: string): Date {
  if (!Number.isInteger(seconds) || Math.abs(seconds) > LAST_SECOND) {
    throw new LemmyError("invalid_unix_time", { field });
  }
  return new Date(seconds * 1000);
}
