import type { Config } from "../../config/mod.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Delays before the second, third … attempt; then daily (§4.2 step 10). */
const DELAYS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  6 * HOUR,
];
/** Nothing is tried for longer. */
const GIVE_UP = 7 * DAY;
/** Test mode waits this many times less. */
const FAST = 25;

/**
 * When an activity is tried again that could not be applied now.
 * @param state.attempts those that counted before this one; times in milliseconds
 * @returns milliseconds, or null when it has been tried long enough
 */
export function retryAt(
  config: Pick<Config, "fastFederation">,
  state: { attempts: number; receivedAt: number; now: number },
): number | null {
  const delay = DELAYS[state.attempts] ?? DAY;
  const at = state.now + (config.fastFederation ? delay / FAST : delay);
  return at > state.receivedAt + GIVE_UP ? null : at;
}
