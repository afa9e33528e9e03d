/** A random number between two others, for what only needs to look different each time. */
export function randomBetween(low: number, high: number): number {
  return low + Math.random() * (high - low);
}
