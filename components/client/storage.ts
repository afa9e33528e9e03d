/**
 * Small records in the browser's local storage: a list of `[key, value]` under one name, the most
 * recently written last. Without storage (private windows, full disks) nothing is remembered.
 */
type Entries<Value> = [key: string, value: Value][];

function read<Value>(name: string): Entries<Value> {
  try {
    const entries = JSON.parse(localStorage.getItem(name) ?? "[]");
    return Array.isArray(entries) ? entries : [];
  } catch {
    // Refused, or not ours: as if there were nothing.
    return [];
  }
}

/** The value kept under a key. */
export function recall<Value>(name: string, key: string): Value | undefined {
  return read<Value>(name).find((entry) => entry[0] === key)?.[1];
}

/** Keeps a value, or forgets it if undefined. Only the last `limit` keys stay. */
export function remember<Value>(
  name: string,
  key: string,
  value: Value | undefined,
  limit: number,
): void {
  const entries = read<Value>(name).filter((entry) => entry[0] !== key);
  if (value !== undefined) entries.push([key, value]);
  try {
    if (entries.length === 0) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(entries.slice(-limit)));
  } catch {
    // A comfort only; what is typed or shown stays as it is.
  }
}
