const DAY_S = 86_400;

/**
 * Milliseconds that an instance is left alone after its nth failure in a row (federation §5.3):
 * none after the first, then 1.25^(n−1) seconds, a day at most.
 */
export function retryDelay(failures: number): number {
  if (failures < 2) return 0;
  return Math.min(1.25 ** (failures - 1), DAY_S) * 1000;
}

/**
 * When something is sent to an instance again, in milliseconds since 1970; in the past when nothing
 * holds it up.
 */
export function nextAttempt(
  state: {
    fail_count: number;
    last_retry_at: string | null;
    /** Named by an answer with Retry-After. */
    not_before: string | null;
  },
): number {
  const { fail_count, last_retry_at, not_before } = state;
  return Math.max(
    last_retry_at ? Date.parse(last_retry_at) + retryDelay(fail_count) : 0,
    not_before ? Date.parse(not_before) : 0,
  );
}
