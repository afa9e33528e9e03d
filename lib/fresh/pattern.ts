/** Characters that make a route path a pattern instead of an exact path. */
const PATTERN_CHARACTERS = /[*:{}+?()\\]/;

/** Whether the path must be matched by expression instead of by equality. */
export function isPattern(path: string): boolean {
  return PATTERN_CHARACTERS.test(path);
}

/** A route pattern as the source of a regular expression without anchors. */
export interface CompiledPattern {
  source: string;
  /** Parameter names, one for each capturing group of `source`, in order. */
  names: string[];
}

const NAME = /[A-Za-z_$][\w$]*/y;
const SEGMENT = "[^/]+?";

/**
 * Compiles the URL pattern syntax used for routes: `:name`, `:name(regexp)`,
 * `{group}`, `*` and the modifiers `?`, `*`, `+`, with the meaning that
 * `URLPattern` gives them for path names.
 *
 * @throws {SyntaxError} if the pattern is malformed.
 */
export function compilePattern(pattern: string): CompiledPattern {
  const compiler = new PatternCompiler(pattern);
  const source = compiler.sequence(false);
  return { source, names: compiler.names };
}

class PatternCompiler {
  names: string[] = [];
  #at = 0;
  #unnamed = 0;

  constructor(readonly pattern: string) {}

  /** Compiles up to the end of the pattern, or of the open group. */
  sequence(inGroup: boolean): string {
    let source = "";
    while (this.#at < this.pattern.length) {
      const char = this.pattern[this.#at];
      if (char === "}" && inGroup) return source;
      if (char === ":" || char === "(") source = this.#parameter(source);
      else if (char === "*") {
        this.#at++;
        this.#unnamedName();
        source += "(.*)";
      } else if (char === "{") {
        this.#at++;
        const inner = this.sequence(true);
        if (this.pattern[this.#at] !== "}") this.#fail("unclosed group");
        this.#at++;
        source += `(?:${inner})${this.#modifier()}`;
      } else if ("}?+)".includes(char)) {
        this.#fail(`unexpected "${char}"`);
      } else source += this.#literal();
    }
    return source;
  }

  #literal(): string {
    let char = this.pattern[this.#at++];
    if (char === "\\") char = this.pattern[this.#at++] ?? "";
    // Request paths arrive percent-encoded.
    if (char > "~") {
      const point = String.fromCodePoint(
        this.pattern.codePointAt(this.#at - 1)!,
      );
      this.#at += point.length - 1;
      return encodeURI(point);
    }
    return char.replace(/[.*+?^${}()|[\]\\]/, "\\$&");
  }

  /** Compiles `:name`, `:name(regexp)` or `(regexp)` with its modifier. */
  #parameter(before: string): string {
    if (this.pattern[this.#at] === ":") {
      NAME.lastIndex = this.#at + 1;
      const name = NAME.exec(this.pattern)?.[0];
      if (name === undefined) this.#fail("missing parameter name");
      this.#at += 1 + name.length;
      this.names.push(name);
    } else this.#unnamedName();

    const part = this.pattern[this.#at] === "(" ? this.#custom() : SEGMENT;
    const modifier = this.#modifier();
    if (modifier === "") return `${before}(${part})`;

    // A slash in front belongs to the parameter: `/a/:b?` matches `/a`.
    const prefix = before.endsWith("/") ? "/" : "";
    const head = before.slice(0, before.length - prefix.length);
    if (modifier === "?") return `${head}(?:${prefix}(${part}))?`;
    const repeated = `${prefix}(${part}(?:${prefix}${part})*)`;
    return modifier === "+" ? head + repeated : `${head}(?:${repeated})?`;
  }

  #custom(): string {
    const start = this.#at + 1;
    let depth = 0;
    for (; this.#at < this.pattern.length; this.#at++) {
      const char = this.pattern[this.#at];
      if (char === "\\") this.#at++;
      else if (char === "(") {
        if (depth++ > 0 && this.pattern[this.#at + 1] !== "?") {
          this.#fail("capturing group inside a parameter");
        }
      } else if (char === ")" && --depth === 0) {
        return this.pattern.slice(start, this.#at++);
      }
    }
    this.#fail("unclosed parenthesis");
  }

  #modifier(): string {
    const char = this.pattern[this.#at] ?? "";
    if (char === "" || !"?*+".includes(char)) return "";
    this.#at++;
    return char;
  }

  #unnamedName(): void {
    this.names.push(String(this.#unnamed++));
  }

  #fail(reason: string): never {
    throw new SyntaxError(
      `Invalid route pattern "${this.pattern}": ${reason} at ${this.#at}`,
    );
  }
}

const GROUP = /^\(.*\)$/;
const OPTIONAL = /^\[\[([^[\]]+)\]\]$/;
const REST = /^\[\.\.\.([^[\]]+)\]$/;

/**
 * Turns a path below the routes folder, without extension, into a URL pattern:
 * `post/[id]` → `/post/:id`, `[...rest]` → `/:rest*`, `a/[[b]]` → `/a{/:b}?`.
 * Route groups, `(name)`, are left out unless `keepGroups` is set.
 *
 * @throws {SyntaxError} if a segment's brackets are malformed.
 */
export function pathToPattern(
  path: string,
  options: { keepGroups?: boolean } = {},
): string {
  const parts = path.split("/");
  if (parts.at(-1) === "index") parts.pop();

  let pattern = "";
  for (const part of parts) {
    if (part === "") continue;
    if (GROUP.test(part)) {
      if (options.keepGroups) pattern += `/${part}`;
      continue;
    }
    const rest = REST.exec(part);
    const optional = OPTIONAL.exec(part);
    if (rest !== null) pattern += `/:${rest[1]}*`;
    else if (optional !== null) pattern += `{/:${optional[1]}}?`;
    else pattern += `/${mixedSegment(path, part)}`;
  }
  return pattern === "" ? "/" : pattern;
}

/** A segment of text and `[param]`s, such as `[name]@[domain]`. */
function mixedSegment(path: string, part: string): string {
  if (part.includes("][")) {
    throw new SyntaxError(
      `Invalid route path "${path}": text is needed between two parameters`,
    );
  }
  const segment = part.replace(/\[([^[\]]+)\]/g, ":$1");
  if (/[[\]]/.test(segment)) {
    throw new SyntaxError(`Invalid route path "${path}": stray bracket`);
  }
  return segment;
}

/**
 * Names of the segments that enclose a route: `/a/b` lies in `a`, `/a/` as
 * well. With `includeLast` the last part counts too, as it does for what
 * applies to everything below a path (middlewares, layouts, error routes).
 */
export function patternToSegments(
  path: string,
  includeLast: boolean,
): string[] {
  if (path === "" || path === "/" || path === "*" || path === "/*") return [];
  const parts = path.split("/");
  const last = parts.pop()!;
  if (parts[0] === "") parts.shift();
  if (includeLast && last !== "") parts.push(last);
  return parts;
}

/**
 * Joins the place where something is mounted with a path in it. `*` stands for
 * "everything here": mounted it means the base itself, as a route `base/*`.
 */
export function mergePath(
  base: string,
  path: string,
  mounting: boolean,
): string {
  if (base.endsWith("*")) base = base.slice(0, -1);
  if (base === "/" || base === "./") base = "";
  if (path === "*") path = mounting ? "" : "/*";
  return base !== "" && path === "/" ? base : base + path;
}
