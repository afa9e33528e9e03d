import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import postgres from "postgres";
import { Kysely } from "kysely";
import { OperatorError } from "../config/operator_error.ts";
import type { Logger } from "../cli/log.ts";
import {
  type ConnectionOptions,
  describeConnection,
} from "./connection_options.ts";
import { poolDialect } from "./dialect.ts";
import type { Database } from "./tables.ts";

export type { ConnectionOptions } from "./connection_options.ts";

/** postgres.js with our types: `int8` and `numeric` are numbers, times are text. */
export type Sql = postgres.Sql<Record<string, never>>;

export interface OpenOptions {
  connection: ConnectionOptions;
  /** Connections at most; they are opened on demand and closed when idle. Default 10. */
  poolSize?: number;
  /** Shown in `pg_stat_activity`. */
  applicationName?: string;
  /** Run-time settings of every session, beside those of the connection. */
  settings?: Record<string, string>;
  /** Receives notices of the server (`RAISE NOTICE`, "already exists, skipping"). */
  onNotice?: (message: string) => void;
}

export interface OpenDatabase {
  sql: Sql;
  kysely: Kysely<Database>;
  /** Ends all connections; running queries get `timeout` seconds (default 5). */
  close(timeout?: number): Promise<void>;
}

/** Seconds after which a connection that nobody uses is closed. */
const IDLE_SECONDS = 60;
const CONNECT_SECONDS = 10;
/** Lemmy replaces connections after three days; half an hour also frees what queries left behind. */
const LIFETIME_SECONDS = 30 * 60;

/** Prepares a pool. Nothing is connected until the first query. */
export function openDatabase(options: OpenOptions): OpenDatabase {
  const { connection } = options;
  const sql = postgres({
    host: connection.host,
    port: connection.port,
    database: connection.database,
    user: connection.user,
    password: connection.password,
    ssl: TLS_OPTIONS[connection.tls],
    max: options.poolSize ?? 10,
    idle_timeout: IDLE_SECONDS,
    connect_timeout: connection.connectTimeout ?? CONNECT_SECONDS,
    max_lifetime: LIFETIME_SECONDS,
    // The library's own grows to 20 s; a request would rather be told at once that the database
    // is away, and served at once when it is back.
    backoff: (retries: number) => Math.min(3 ** retries / 100, 0.5),
    connection: {
      TimeZone: "UTC",
      // When a connection breaks between the writing and the sending of a statement, postgres.js
      // keeps those bytes and never sends the next start message, unless that is so long that it
      // is sent at once. The server then refuses the bytes and the connection is made anew.
      "tundra.filler": "-".repeat(1024),
      application_name: options.applicationName ?? "tundra",
      ...connection.settings,
      ...options.settings,
    },
    // By an encrypted connection a socket of its own comes between.
    ...(connection.tls === "disable" &&
      { socket: () => openSocket(connection) }),
    onnotice: (notice) => options.onNotice?.(String(notice.message)),
    types: TYPES,
  }) as unknown as Sql;
  const kysely = new Kysely<Database>({ dialect: poolDialect(sql) });
  return { sql, kysely, close: (timeout = 5) => sql.end({ timeout }) };
}

/**
 * A socket that is closed as if by the other side, also after an error: postgres.js fails what is
 * under way when the error comes, and forgets what is sent between that and the close, unless that
 * comes without an error. Nobody would ever be told.
 */
function openSocket({ host, port }: ConnectionOptions): Socket {
  const socket = host.startsWith("/")
    ? connect(`${host}/.s.PGSQL.${port}`)
    : connect(port, host);
  const emit = socket.emit.bind(socket) as (
    event: string,
    ...values: unknown[]
  ) => boolean;
  socket.emit = (event: string, ...values: unknown[]) =>
    event === "close" ? emit(event, false) : emit(event, ...values);
  return socket;
}

const TLS_OPTIONS = {
  disable: false,
  prefer: "prefer",
  require: "require",
  "verify-full": "verify-full",
} as const;

/** The defaults of postgres.js round times to milliseconds and give 64-bit counts as strings. */
const TYPES = {
  integer: {
    to: 20,
    from: [20, 1700],
    serialize: (value: number | bigint | string) => String(value),
    parse: (text: string) => Number(text),
  },
  date: {
    to: 1184,
    from: [1082, 1114, 1184],
    serialize: (value: Date | string) =>
      value instanceof Date ? value.toISOString() : value,
    parse: isoTime,
  },
  // As postgres.js has them, eight times as fast: searches read hundreds of kilobytes of them.
  bytes: {
    to: 17,
    from: [17],
    serialize: (value: Uint8Array) => "\\x" + value.toHex(),
    parse: (text: string) =>
      Buffer.from(Uint8Array.fromHex(text.slice(2)).buffer),
  },
};

/**
 * PostgreSQL's text of a `timestamptz`, `timestamp` (both in UTC) or `date` as RFC 3339:
 * `2025-03-01T09:30:00Z`, with no fraction when it is zero, else with 3 or 6 digits. Dates,
 * `infinity` and years before Christ are passed through.
 */
export function isoTime(text: string): string {
  const parts = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?(?:\+00)?$/
    .exec(text);
  if (!parts) return text;
  const [, day, time, digits] = parts;
  const fraction = digits
    ? `.${digits.padEnd(digits.length > 3 ? 6 : 3, "0")}`
    : "";
  return `${day}T${time}${fraction}Z`;
}

const NETWORK_CODES = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Classes 08 (connection) and 53 (resources), and the server's shutdown and start codes. */
const SERVER_CODES = /^(08...|53...|57P0[1-5])$/;

/**
 * Whether the error means that the database is away or has no room for us now, whatever the
 * query was; callers answer 503 and may try again.
 */
export function isConnectionError(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof code === "string") {
    if (NETWORK_CODES.has(code) || SERVER_CODES.test(code)) return true;
    // The socket file is gone while the embedded server is down.
    if (code === "ENOENT" && syscall === "connect") return true;
  }
  // A name with several addresses, none of which answered.
  return error instanceof AggregateError && error.errors.length > 0 &&
    error.errors.every(isConnectionError);
}

/** `serialization_failure` and `deadlock_detected`. */
const BROKEN_OFF = new Set<unknown>(["40001", "40P01"]);

/**
 * Whether PostgreSQL broke a transaction off for another one's sake: it has done nothing, and the
 * same work succeeds the next time.
 */
export function isBrokenOff(error: unknown): boolean {
  return BROKEN_OFF.has((error as { code?: unknown } | null)?.code);
}

/** Oldest server the SQL is written for. */
const MINIMUM_VERSION = 15;

/**
 * Connects once and checks that the server can serve us: version 15 or newer, encoding UTF8,
 * writable; warns when its locale ignores letters outside ASCII. Throws an
 * {@link OperatorError} with the remedy.
 */
export async function checkServer(
  sql: Sql,
  connection: ConnectionOptions,
  log: Logger,
): Promise<void> {
  let server: {
    version: number;
    version_text: string;
    encoding: string;
    read_only: boolean;
  };
  try {
    [server] = await sql<[typeof server]>`
      select current_setting('server_version_num')::int as version,
        current_setting('server_version') as version_text,
        current_setting('server_encoding') as encoding,
        pg_is_in_recovery() or current_setting('transaction_read_only')::bool
          as read_only`;
  } catch (error) {
    throw explainConnectionError(error, connection);
  }
  const where = describeConnection(connection);
  if (server.version < MINIMUM_VERSION * 10000) {
    throw new OperatorError(
      `PostgreSQL ${server.version_text} is too old (${where}): version ${MINIMUM_VERSION} or newer is needed`,
    );
  }
  if (server.encoding !== "UTF8") {
    throw new OperatorError(
      `the encoding is ${server.encoding}, but UTF8 is needed (${where}): create the database with ENCODING 'UTF8' TEMPLATE template0`,
    );
  }
  if (server.read_only) {
    throw new OperatorError(
      `the server is read-only (${where}): connect to the primary, not to a replica`,
    );
  }
  const [{ folds }] = await sql<[{ folds: boolean }]>`
    select lower('П') = 'п' as folds`;
  if (!folds) {
    log.warn(
      "the database's locale knows no letters outside ASCII, so search and case-insensitive comparison fail for them; create it with a UTF-8 locale such as C.UTF-8",
      { database: connection.database },
    );
  }
}

/** Turns a failed first connection into one line that names the cause and the remedy. */
export function explainConnectionError(
  error: unknown,
  connection: ConnectionOptions,
): Error {
  const where = describeConnection(connection);
  const code = (error as { code?: unknown } | null)?.code;
  const remedy = typeof code === "string"
    ? CONNECTION_REMEDIES[code]
    : undefined;
  if (!remedy && !isConnectionError(error)) {
    return error instanceof Error ? error : new Error(String(error));
  }
  const reason = remedy ??
    `cannot be reached (${(error as Error).message || code})`;
  return new OperatorError(`${where}: ${reason}`, { cause: error });
}

const SETTING = "LEMMY_DATABASE_URL or database.connection";
const CONNECTION_REMEDIES: Record<string, string> = {
  "28P01": `wrong password; correct it in ${SETTING}`,
  "28000": `the server refuses this user; see its pg_hba.conf and ${SETTING}`,
  "3D000": "no such database; create it, or correct the name in " + SETTING,
  "42501": "the user lacks permission; grant it the database",
  "53300": "the server has no free connection; raise its max_connections or " +
    "lower database.pool_size",
  "57P03": "the server is starting or stopping; try again in a moment",
  ECONNREFUSED: `nothing listens there; start PostgreSQL or correct ${SETTING}`,
  ENOENT: `no such socket; start PostgreSQL or correct ${SETTING}`,
  ENOTFOUND: `unknown host name; correct ${SETTING}`,
  EAI_AGAIN: "the host name cannot be looked up now",
  CONNECT_TIMEOUT: "no answer in time; check address and firewall",
};
