import type { Json } from "./send.ts";

/** What is left of a deleted object (§2.11). */
export function tombstone(id: string): Json {
  return { id, type: "Tombstone" };
}
