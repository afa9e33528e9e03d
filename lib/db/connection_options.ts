import { OperatorError } from "../config/operator_error.ts";

/** Where and as whom to connect; the parsed form of a PostgreSQL URI. Safe to post to workers. */
export interface ConnectionOptions {
  /** Host name, address, or the absolute path of a socket directory. */
  host: string;
  port: number;
  database: string;
  user: string;
  password?: string;
  /**
   * `require` encrypts without checking the certificate, as libpq does; `verify-full` checks it.
   * Lemmy encrypts only on demand, hence the default `disable`.
   */
  tls: "disable" | "prefer" | "require" | "verify-full";
  /** Seconds to wait for a connection. */
  connectTimeout?: number;
  /** Run-time settings of each session, such as `search_path`. */
  settings?: Record<string, string>;
}

const FORM = "postgres://user:password@host:5432/database, or " +
  "postgres:///database?host=/socket/directory&user=name";

/**
 * Parses a PostgreSQL URI. Its query part is merged with the rest, and wins (spec
 * moderation-and-operations §9.1, Q23). Throws an {@link OperatorError} that names `source` (the
 * setting the URI came from) and never quotes the URI, which holds a password.
 */
export function parseConnectionUri(
  uri: string,
  source = "database.connection",
): ConnectionOptions {
  const fail = (why: string): never => {
    throw new OperatorError(`${source}: ${why}. Expected: ${FORM}`, {
      exitCode: 2,
    });
  };
  if (!/^postgres(ql)?:\/\//.test(uri)) {
    fail("a PostgreSQL URI begins with postgres:// or postgresql://");
  }
  let url: URL;
  try {
    // libpq allows a user without a host, which the URL standard does not.
    url = new URL(uri.replace(/^(\w+:\/\/[^/?@]*@)(?=[/?]|$)/, "$1localhost"));
  } catch {
    return fail(
      "not a valid URI (a password with special characters must be percent-encoded)",
    );
  }
  const query = new Map(url.searchParams);
  const take = (name: string, fallback = "") => {
    const value = query.get(name);
    query.delete(name);
    return value ?? fallback;
  };
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return fail("a percent sign must be written as %25");
    }
  };
  const user = take("user", decode(url.username));
  const password = take("password", decode(url.password));
  const host = take("host", decode(url.hostname)).replace(/^\[(.*)\]$/, "$1");
  const port = Number(take("port", url.port || "5432"));
  const database = take("dbname", decode(url.pathname.slice(1))) || user;
  const sslmode = take("sslmode", "disable");
  const timeout = take("connect_timeout");
  if (!user) fail("the user name is missing");
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    fail("the port is not a number from 1 to 65535");
  }
  const tls = TLS[sslmode] ??
    fail(`sslmode is one of ${Object.keys(TLS).join(", ")}`);
  const settings: Record<string, string> = {};
  for (const name of ["application_name", "options", "search_path"]) {
    if (query.has(name)) settings[name] = take(name);
  }
  if (query.size > 0) {
    fail(`the parameter "${[...query.keys()][0]}" is not supported`);
  }
  if (timeout && !/^\d+$/.test(timeout)) {
    fail("connect_timeout is a number of seconds");
  }
  return {
    host: host || "localhost",
    port,
    database,
    user,
    password: password || undefined,
    tls,
    connectTimeout: timeout ? Number(timeout) : undefined,
    settings,
  };
}

const TLS: Record<string, ConnectionOptions["tls"]> = {
  disable: "disable",
  allow: "prefer",
  prefer: "prefer",
  require: "require",
  "verify-ca": "verify-full",
  "verify-full": "verify-full",
};

/** Names a database for messages: no password. */
export function describeConnection(connection: ConnectionOptions): string {
  const { user, host, port, database } = connection;
  return host.startsWith("/")
    ? `database "${database}" on the socket in ${host} as "${user}"`
    : `database "${database}" at ${host}:${port} as "${user}"`;
}
