/** Stand-ins for values that JSON lacks; negative where indices are not. */
const CONSTANTS = new Map<unknown, number>([
  [undefined, -1],
  [NaN, -2],
  [Infinity, -3],
  [-Infinity, -4],
]);
const NEGATIVE_ZERO = -5;

/** Replaces a value by a tagged one, or returns undefined to leave it. */
export type Replacer = (
  value: object,
) => [tag: string, inner: unknown] | undefined;

/**
 * Writes values as JSON for `deserialize`, in a table: entry 0 is the value,
 * and what it contains are indices into the table. The same object in two
 * places is one entry, so that it is one object again, and cycles are no
 * problem. Entries are primitives, `[index…]` for arrays, `{key: index}` for
 * objects, and `["Tag", …]` for everything else. `<` is escaped, so that the
 * text can stand in a script element.
 *
 * @throws {TypeError} for functions, symbols and instances of other classes.
 */
export function serialize(value: unknown, replace: Replacer): string {
  const table: string[] = [];
  const indices = new Map<unknown, number>();

  const add = (item: unknown): number => {
    if (Object.is(item, -0)) return NEGATIVE_ZERO;
    const known = CONSTANTS.get(item) ?? indices.get(item);
    if (known !== undefined) return known;
    const index = table.length;
    indices.set(item, index);
    table.push("");
    table[index] = entry(item);
    return index;
  };

  const list = (items: Iterable<unknown>) =>
    Array.from(items, (item) => add(item)).join(",");
  const tagged = (tag: string, rest: string) =>
    rest === "" ? `["${tag}"]` : `["${tag}",${rest}]`;

  const entry = (item: unknown): string => {
    if (typeof item === "bigint") return tagged("BigInt", `"${item}"`);
    if (typeof item === "function" || typeof item === "symbol") {
      throw new TypeError(`Island props cannot contain a ${typeof item}`);
    }
    if (item === null || typeof item !== "object") return JSON.stringify(item);

    const replaced = replace(item);
    if (replaced !== undefined) {
      return tagged(replaced[0], String(add(replaced[1])));
    }
    if (Array.isArray(item)) return `[${list(item)}]`;
    if (item instanceof Date) return tagged("Date", String(item.getTime()));
    if (item instanceof URL) return tagged("URL", JSON.stringify(item.href));
    if (item instanceof RegExp) {
      const { source, flags } = item;
      return tagged("RegExp", `${JSON.stringify(source)},"${flags}"`);
    }
    if (item instanceof Set) return tagged("Set", list(item));
    if (item instanceof Map) {
      return tagged("Map", list([...item].flat(1)));
    }
    if (item instanceof Uint8Array) return tagged("Uint8Array", item.join(","));
    return objectEntry(item);
  };

  const objectEntry = (item: object): string => {
    const prototype = Object.getPrototypeOf(item);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new TypeError(
        `Island props cannot contain a ${prototype.constructor?.name}`,
      );
    }
    const fields = Object.entries(item).map(([key, field]) =>
      `${JSON.stringify(key)}:${add(field)}`
    );
    return `{${fields.join(",")}}`;
  };

  const root = add(value);
  if (root < 0) return String(root);
  return `[${table.join(",")}]`.replaceAll("<", "\\u003c");
}
