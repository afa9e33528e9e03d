import { inspect } from "node:util";

/** Severities, most severe first; `off` silences. */
export const LOG_LEVELS = [
  "off",
  "error",
  "warn",
  "info",
  "debug",
  "trace",
] as const;
export type LogLevel = typeof LOG_LEVELS[number];

/** Values that belong to a message; an `Error` is written with its stack. */
export type LogFields = Record<string, unknown>;

/** Writes messages of one module. No method ever throws. */
export interface Logger {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  trace(message: string, fields?: LogFields): void;
  /** Whether messages of this level are written, for callers whose fields are dear to compute. */
  enabled(level: LogLevel): boolean;
  /** The logger of another module, such as `federation::inbox`, with the same output. */
  module(name: string): Logger;
}

export interface LogOptions {
  /** One JSON object per line instead of text. */
  json?: boolean;
  /** Filter in the manner of `RUST_LOG`: `info`, `warn,federation=debug`. */
  filter?: string;
  /** ANSI colours in text lines. */
  color?: boolean;
  /** Receives each finished line, line feed included. Default: standard error. */
  write?: (line: string) => void;
}

interface Filter {
  base: LogLevel;
  /** Longest module name first. */
  modules: [string, LogLevel][];
}

/**
 * Parses a filter of comma-separated `level` and `module=level` parts. Unknown parts are ignored:
 * a mistyped filter must not stop a server. A bare module name means all its messages, as in Rust.
 */
export function parseFilter(text: string | undefined): Filter {
  const filter: Filter = { base: "info", modules: [] };
  for (const part of (text ?? "").split(",")) {
    const [name, level] = part.split("=").map((word) => word.trim());
    if (!name) continue;
    const known = LOG_LEVELS.find((l) => l === name.toLowerCase());
    if (level === undefined && known) filter.base = known;
    else {
      const own = LOG_LEVELS.find((l) => l === level?.toLowerCase());
      if (level === undefined || own) {
        filter.modules.push([name, own ?? "trace"]);
      }
    }
  }
  filter.modules.sort((a, b) => b[0].length - a[0].length);
  return filter;
}

/** Makes the root logger of the process. */
export function createLogger(options: LogOptions = {}): Logger {
  const filter = parseFilter(options.filter);
  const write = options.write ?? writeToStderr;
  const format = options.json
    ? formatJson
    : (entry: Entry) => formatText(entry, options.color ?? false);
  return new ModuleLogger("tundra", filter, (entry) => {
    try {
      write(format(entry));
    } catch {
      // Nobody is left to tell: the log itself cannot be written.
    }
  });
}

interface Entry {
  time: string;
  level: LogLevel;
  module: string;
  message: string;
  fields?: LogFields;
}

class ModuleLogger implements Logger {
  readonly #rank: number;

  constructor(
    readonly name: string,
    readonly filter: Filter,
    readonly output: (entry: Entry) => void,
  ) {
    const own = filter.modules.find(([module]) =>
      name === module || name.startsWith(`${module}::`)
    );
    this.#rank = LOG_LEVELS.indexOf(own ? own[1] : filter.base);
  }

  enabled(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) <= this.#rank;
  }

  module(name: string): Logger {
    return new ModuleLogger(name, this.filter, this.output);
  }

  error(message: string, fields?: LogFields): void {
    this.#log("error", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log("warn", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#log("info", message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.#log("debug", message, fields);
  }

  trace(message: string, fields?: LogFields): void {
    this.#log("trace", message, fields);
  }

  #log(level: LogLevel, message: string, fields?: LogFields): void {
    if (!this.enabled(level)) return;
    const time = new Date().toISOString();
    this.output({ time, level, module: this.name, message, fields });
  }
}

const encoder = new TextEncoder();

function writeToStderr(line: string): void {
  const bytes = encoder.encode(line);
  for (let done = 0; done < bytes.length;) {
    done += Deno.stderr.writeSync(bytes.subarray(done));
  }
}

const COLORS: Record<LogLevel, string> = {
  off: "",
  error: "\x1b[31m",
  warn: "\x1b[33m",
  info: "\x1b[32m",
  debug: "\x1b[34m",
  trace: "\x1b[35m",
};

function formatText(entry: Entry, color: boolean): string {
  const level = entry.level.toUpperCase().padEnd(5);
  let line = color
    ? `\x1b[2m${entry.time}\x1b[0m ${COLORS[entry.level]}${level}\x1b[0m `
    : `${entry.time} ${level} `;
  line += `${entry.module}: ${oneLine(entry.message)}`;
  const stacks: string[] = [];
  for (const [name, value] of Object.entries(entry.fields ?? {})) {
    const key = oneLine(name);
    if (value === undefined) continue;
    if (value instanceof Error) {
      line += ` ${key}=${JSON.stringify(value.message)}`;
      if (value.stack) stacks.push(value.stack);
    } else line += ` ${key}=${textValue(value)}`;
  }
  return [line, ...stacks].join("\n") + "\n";
}

/** Control characters could forge lines or drive a terminal. */
function oneLine(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u001f\u007f-\u009f]/g,
    (char) =>
      char === "\n"
        ? "\\n"
        : `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

function textValue(value: unknown): string {
  if (typeof value === "string") {
    return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
  }
  // The access log has some of them in every line, and `inspect` takes a while.
  if (typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  return oneLine(inspect(value, { depth: 4, breakLength: Infinity }));
}

function formatJson(entry: Entry): string {
  const { time, level, module, message, fields } = entry;
  const head = { timestamp: time, level, target: module, message };
  try {
    return JSON.stringify({ ...head, fields }, jsonValue) + "\n";
  } catch {
    // Circular or hostile fields: keep the message at least.
    return JSON.stringify({ ...head, fields: inspect(fields) }) + "\n";
  }
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) {
    return { name: value.name, message: value.message, stack: value.stack };
  }
  return value;
}
