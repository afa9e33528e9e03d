import { type CounterKey, mix, type SharedTable } from "./shared_table.ts";

/** Longer keys are ignored. */
const MAX_KEY_BYTES = 32;
/** Between the 120 and 240 seconds of accounts-and-site §9.3. */
const LIFE_MS = 180_000;

/**
 * Remembers that a user sends a request with this `Idempotency-Key`, and tells whether one with
 * the same key came before. Path, body and outcome do not matter.
 */
export function isRepeated(
  table: SharedTable,
  userId: number,
  key: string,
  now = Date.now(),
): boolean {
  const bytes = new TextEncoder().encode(key);
  if (bytes.length === 0 || bytes.length > MAX_KEY_BYTES) return false;
  return table.hit(counterKey(userId, bytes), now, LIFE_MS).count > 1;
}

function counterKey(userId: number, bytes: Uint8Array): CounterKey {
  let key2 = bytes.length, key3 = ~bytes.length;
  for (const byte of bytes) {
    key2 = mix(key2, byte);
    key3 = mix(key3, ~byte);
  }
  return { tag: 1, key1: userId, key2, key3 };
}
