import { type CompiledPattern, compilePattern, isPattern } from "./pattern.ts";

/** Request methods that routes can be registered for. */
export type Method =
  | "HEAD"
  | "GET"
  | "POST"
  | "PATCH"
  | "PUT"
  | "DELETE"
  | "OPTIONS";

export const METHODS: readonly Method[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
];

/** What a request's method and path lead to. */
export interface RouteMatch<T> {
  /** The route's item, or null if no route fits or only by another method. */
  item: T | null;
  /** Decoded parameters; an absent optional parameter is the empty string. */
  params: Record<string, string>;
  /** The matching pattern, also when the method does not fit. */
  pattern: string | null;
}

interface RouteEntry<T> {
  pattern: string;
  compiled: CompiledPattern | null;
  byMethod: Map<string, T>;
}

/** Dynamic routes joined into one expression. */
interface Bucket<T> {
  expression: RegExp;
  /** Routes with the index of the empty group that marks each. */
  routes: { entry: RouteEntry<T>; marker: number }[];
}

/** The first segment of a pattern, if it is plain text to its end. */
const LITERAL_HEAD = /^\/([^/*:{}+?()\\]+)(?=\/|\{\/|$)/;
const NO_PARAMS: Record<string, string> = Object.freeze(Object.create(null));

/**
 * Finds routes by path. An exact path wins; otherwise the first registered
 * pattern that fits. Dynamic routes are sorted by their first segment, and each
 * group is one expression: trying them in turn costs too much with many routes.
 */
export class Router<T> {
  #exact = new Map<string, RouteEntry<T>>();
  #dynamic = new Map<string, RouteEntry<T>>();
  #buckets: Map<string, Bucket<T>> | null = null;
  /** Routes whose first segment is not plain text. */
  #generic: Bucket<T> | null = null;

  /** Registers an item; the last one of a method and path wins. */
  add(method: Method, path: string, item: T): void {
    const table = isPattern(path) ? this.#dynamic : this.#exact;
    let entry = table.get(path);
    if (entry === undefined) {
      const compiled = isPattern(path) ? compilePattern(path) : null;
      entry = { pattern: path, compiled, byMethod: new Map() };
      table.set(path, entry);
      this.#buckets = null;
    }
    entry.byMethod.set(method, item);
  }

  /**
   * @param pathname the request's path, percent-encoded
   * @throws {URIError} if a parameter is not valid percent-encoding.
   */
  match(method: string, pathname: string): RouteMatch<T> {
    const exact = this.#exact.get(pathname);
    if (exact !== undefined) {
      return {
        item: itemFor(exact, method),
        params: NO_PARAMS,
        pattern: exact.pattern,
      };
    }

    const bucket = this.#bucketFor(pathname);
    const found = bucket?.expression.exec(pathname);
    if (bucket == null || found == null) {
      return { item: null, params: NO_PARAMS, pattern: null };
    }
    const { entry, marker } = bucket.routes.find(({ marker }) =>
      found[marker] !== undefined
    )!;
    const names = entry.compiled!.names;
    const params: Record<string, string> = Object.create(null);
    for (let i = 0; i < names.length; i++) {
      const value = found[marker - names.length + i];
      params[names[i]] = value === undefined ? "" : decodeURIComponent(value);
    }
    return { item: itemFor(entry, method), params, pattern: entry.pattern };
  }

  /** Methods that the pattern answers, for the `Allow` header. */
  allowedMethods(pattern: string): string[] {
    const entry = this.#exact.get(pattern) ?? this.#dynamic.get(pattern);
    if (entry === undefined) return [];
    const methods = new Set(entry.byMethod.keys());
    if (methods.has("GET")) methods.add("HEAD");
    return [...methods];
  }

  #bucketFor(pathname: string): Bucket<T> | null {
    if (this.#buckets === null) this.#buildBuckets();
    const end = pathname.indexOf("/", 1);
    const head = pathname.slice(1, end === -1 ? undefined : end);
    return this.#buckets!.get(head) ?? this.#generic;
  }

  #buildBuckets(): void {
    const entries = [...this.#dynamic.values()];
    const heads = entries.map((entry) =>
      LITERAL_HEAD.exec(entry.pattern)?.[1] ?? null
    );
    this.#buckets = new Map();
    this.#generic = null;
    for (const head of new Set(heads)) {
      // A pattern with a variable first segment may fit any path, and it comes
      // first if it was registered first.
      const bucket = toBucket(
        entries.filter((_, i) => heads[i] === null || heads[i] === head),
      );
      if (head === null) this.#generic = bucket;
      else this.#buckets.set(head, bucket);
    }
  }
}

function toBucket<T>(entries: RouteEntry<T>[]): Bucket<T> {
  let groups = 0;
  const routes = entries.map((entry) => {
    groups += entry.compiled!.names.length + 1;
    return { entry, marker: groups };
  });
  const sources = entries.map((entry) => `${entry.compiled!.source}()`);
  return { expression: new RegExp(`^(?:${sources.join("|")})$`), routes };
}

function itemFor<T>(entry: RouteEntry<T>, method: string): T | null {
  const item = entry.byMethod.get(method);
  if (item !== undefined) return item;
  return (method === "HEAD" ? entry.byMethod.get("GET") : undefined) ?? null;
}
