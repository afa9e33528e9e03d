const DAY_S = 86_400;

/**
 * Milliseconds that an instance is left alone after its nth failure in a row (§5.3): none after
 * the first, then 1.25^(n−1) seconds, a day at most.
 */
export function retryDelay(failures: number): number {
  if (failures < 2) return 0;
  return Math.min(1.25 ** (failures - 1), DAY_S) * 1000;
}

/**
 * When a server wants to be asked again: `Retry-After` in seconds or as a date, a day from now at
 * most.
 * @returns milliseconds since 1970, or null
 */
export function retryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const time = /^\s*\d+\s*$/.test(value)
    ? now + Number(value) * 1000
    : Date.parse(value);
  return Number.isFinite(time) ? Math.min(time, now + DAY_S * 1000) : null;
}
