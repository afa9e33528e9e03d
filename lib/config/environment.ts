import type { z } from "zod";
import { OperatorError } from "./operator_error.ts";

export type Environment = Record<string, string | undefined>;

/** Every variable that the program reads, with its line of the help text. */
export const VARIABLES: Record<string, string> = {
  LEMMY_CONFIG_LOCATION: "configuration file (default config/config.hjson)",
  LEMMY_INITIALIZE_WITH_DEFAULT_SETTINGS: "if set, no file is read",
  LEMMY_DATABASE_URL:
    "PostgreSQL 15 or newer to use instead of the embedded one",
  LEMMY_DATA_DIR:
    "where the embedded database and images live\n(default ./data; as root /var/lib/tundra)",
  LEMMY_HOSTNAME: "public host name, with port if it is not 443 or 80",
  LEMMY_PORT: "port to listen on (default 8536)",
  LEMMY_BIND: "address to listen on (default 0.0.0.0)",
  LEMMY_CORS_ORIGIN: "allowed origins, separated by commas",
  LEMMY_DISABLE_HTTP_SERVER: "true or false, as the flag",
  LEMMY_DISABLE_ACTIVITY_SENDING: "true or false, as the flag",
  LEMMY_DISABLE_SCHEDULED_TASKS: "true or false, as the flag",
  LEMMY_FEDERATE_PROCESS_INDEX: "as the flag",
  LEMMY_FEDERATE_PROCESS_COUNT: "as the flag",
  LEMMY_TEST_FAST_FEDERATION:
    "any text: test mode of federation (http,\nloopback targets, short delays). Never in production",
  LEMMY_TEST_FEDERATION_CONCURRENT_SENDS:
    "parallel requests per instance, for tests",
  DANGER_FEDERATION_ALLOW_LOCAL_IP:
    "if set, names may lead to private addresses:\nfor sites that federate within a network of their own",
  DANGER_PLUGIN_SKIP_HASH_CHECK: "if set, plugins run without hash check",
  RUST_LOG:
    "log filter: off, error, warn, info, debug, trace;\nper module: info,federation=debug",
  NO_COLOR: "if set, no colours in the log",
};

/** The text of a variable; one that is set but empty counts as absent. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === "" ? undefined : value;
}

/** Checks a setting from the environment or the command line; `name` is for the message. */
export function checked<T>(
  name: string,
  value: unknown,
  schema: z.ZodType<T>,
): T | undefined {
  if (value === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new OperatorError(
    `${name}: ${JSON.stringify(value)} is not allowed; expected ${
      result.error.issues[0].message
    }`,
    { exitCode: 2 },
  );
}

/** A whole number from the environment. */
export function numberVariable(
  env: Environment,
  name: string,
  schema: z.ZodType<number>,
): number | undefined {
  const text = variable(env, name);
  if (text === undefined) return undefined;
  return checked(name, /^\d+$/.test(text) ? Number(text) : text, schema);
}

/** A switch from the environment: `true` or `false`. */
export function booleanVariable(
  env: Environment,
  name: string,
): boolean | undefined {
  const text = variable(env, name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text === "true" || text === "false") return text === "true";
  throw new OperatorError(
    `${name}: ${JSON.stringify(text)} is not allowed; expected true or false`,
    { exitCode: 2 },
  );
}

/** Warnings about variables that look like ours but are not, most often mistyped. */
export function unknownVariables(env: Environment): string[] {
  return Object.keys(env)
    // The LEMMY_UI_ variables belong to Lemmy's web front end and are common beside ours.
    .filter((name) => /^LEMMY_(?!UI_)/.test(name) && !(name in VARIABLES))
    .map((name) =>
      `the environment variable ${name} is unknown and has no effect`
    );
}

/**
 * Warns of proxies that other programs would use. We never do: of a name that a proxy looks up nobody
 * here can say whether it leads to a private address (design §6).
 */
export function unusedProxies(env: Environment): string[] {
  const names = Object.keys(env).filter((name) =>
    /^(?:https?|all)_proxy$/i.test(name) && variable(env, name) !== undefined
  );
  if (names.length === 0) return [];
  return [
    `no use is made of ${
      names.sort().join(", ")
    }: this server asks other servers directly, at addresses that it has checked`,
  ];
}
