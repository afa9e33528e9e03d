const DAY_MS = 86_400_000;

/**
 * When a server wants to be asked again: `Retry-After` in seconds or as a date, a day from now at
 * most (§5.3).
 * @returns milliseconds since 1970, or null
 */
export function retryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const time = /^\s*\d+\s*$/.test(value)
    ? now + Number(value) * 1000
    : Date.parse(value);
  return Number.isFinite(time) ? Math.min(time, now + DAY_MS) : null;
}
