/** Makes the value that a tagged one stands for. */
export type Revivers = Record<string, (inner: unknown) => unknown>;

// Index -1 to -5, as the serializer numbers them.
const CONSTANTS = [undefined, NaN, Infinity, -Infinity, -0];

type Tagged = [tag: string, ...rest: never[]];

/** Values that contain no others. */
const PLAIN: Record<string, (...args: never[]) => unknown> = {
  BigInt: (text: string) => BigInt(text),
  Date: (time: number) => new Date(time),
  URL: (href: string) => new URL(href),
  RegExp: (source: string, flags: string) => new RegExp(source, flags),
  Uint8Array: (...bytes: number[]) => new Uint8Array(bytes),
};

/** Reads the table of values that the server's serializer wrote. */
export function deserialize(table: unknown, revivers: Revivers): unknown {
  if (typeof table === "number") return CONSTANTS[-table - 1];
  const entries = table as unknown[];
  const done: unknown[] = [];

  const at = (index: number): unknown => {
    if (index < 0) return CONSTANTS[-index - 1];
    if (!(index in done)) revive(index, entries[index]);
    return done[index];
  };

  // Containers are stored before they are filled, so that cycles end.
  const revive = (index: number, entry: unknown) => {
    if (entry === null || typeof entry !== "object") done[index] = entry;
    else if (!Array.isArray(entry)) {
      const object: Record<string, unknown> = done[index] = {};
      for (const [key, field] of Object.entries(entry)) {
        if (key !== "__proto__") object[key] = at(field);
      }
    } else if (typeof entry[0] === "string") tagged(index, entry as Tagged);
    else {
      const array: unknown[] = done[index] = [];
      for (const item of entry) array.push(at(item));
    }
  };

  const tagged = (index: number, [tag, ...rest]: Tagged) => {
    if (tag === "Set") {
      const set = done[index] = new Set();
      for (const item of rest) set.add(at(item));
    } else if (tag === "Map") {
      const map = done[index] = new Map();
      for (let i = 0; i < rest.length; i += 2) {
        map.set(at(rest[i]), at(rest[i + 1]));
      }
    } else {
      done[index] = tag in PLAIN
        ? PLAIN[tag](...rest)
        : revivers[tag](at(rest[0]));
    }
  };

  return at(0);
}
