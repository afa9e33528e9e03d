/**
 * All settings of the program: `lemmy.hjson`, environment and command line as one frozen
 * {@link Config}.
 */
import { join, resolve } from "node:path";
import { existsSync } from "node:fs";
import { z } from "zod";
import {
  type ConnectionOptions,
  parseConnectionUri,
} from "../db/connection_options.ts";
import { OperatorError } from "./operator_error.ts";
import {
  booleanVariable,
  checked,
  type Environment,
  numberVariable,
  unknownVariables,
  unusedProxies,
  variable,
} from "./environment.ts";
import { readConfigFile } from "./file.ts";
import * as schema from "./file_schema.ts";
import { machineMemory } from "./machine.ts";
import { freezeConfig } from "./redact.ts";
import type { Config, ConfigFlags, ImageStore, Roles } from "./types.ts";

export type * from "./types.ts";
export { redact } from "./redact.ts";
export { OperatorError } from "./operator_error.ts";
export { COMPATIBLE_VERSION, VERSION } from "./version.ts";

const DEFAULT_FILE = "config/config.hjson";
const DEFAULT_PORT = 8536;
/**
 * Connections by default: more than some for each core make nothing quicker, and each holds 9 MB
 * once it has seen every statement.
 */
const defaultPool = () =>
  Math.min(30, Math.max(16, 4 * navigator.hardwareConcurrency));
/** Fewer connections than this cannot serve a transaction and a reader at once. */
const MINIMUM_POOL = 2;
/** Below this one worker leaves room for the database. */
const MANY_WORKERS_MEMORY = 1.75 * 1024 ** 3;
const BOOTSTRAP_INSTANCES = [
  "lemmy.ml",
  "lemmy.world",
  "lemmy.zip",
  "voyager.lemmy.ml",
];

export interface LoadOptions {
  /** What the command line says. */
  args?: ConfigFlags;
  /** Default: the environment of the process. */
  env?: Environment;
  /** Folder that relative paths count from. Default: the working directory. */
  cwd?: string;
}

/**
 * Reads the settings. Flags win over environment variables, these over the file. Throws an
 * {@link OperatorError} that names the place, the value and what is allowed.
 */
export async function loadConfig(options: LoadOptions = {}): Promise<Config> {
  const { args = {}, env = Deno.env.toObject(), cwd = Deno.cwd() } = options;
  const path = findFile(args, env, cwd);
  const file = path ? await readConfigFile(path) : {};
  const ours = file.tundra ?? {};

  const allowLocalAddresses =
    variable(env, "DANGER_FEDERATION_ALLOW_LOCAL_IP") !== undefined;
  const fastFederation = variable(env, "LEMMY_TEST_FAST_FEDERATION") !==
    undefined;
  const ownHost = checked(
    "LEMMY_HOSTNAME",
    variable(env, "LEMMY_HOSTNAME"),
    schema.hostname,
  ) ?? file.hostname;
  if (path && ownHost === undefined) {
    throw new OperatorError(
      `${path}: hostname is missing; write the public host name of this site, such as hostname: example.org, or set LEMMY_HOSTNAME`,
      { exitCode: 2 },
    );
  }
  const firstRunDefaults = ownHost === undefined;
  const port = checked("--port", args.port, schema.port) ??
    numberVariable(env, "LEMMY_PORT", schema.port) ?? file.port ?? DEFAULT_PORT;
  const bind = checked("--bind", args.bind, schema.ipAddress) ??
    checked("LEMMY_BIND", variable(env, "LEMMY_BIND"), schema.ipAddress) ??
    file.bind ?? (firstRunDefaults ? "127.0.0.1" : "0.0.0.0");
  const host = ownHost ?? `localhost:${port}`;
  const tlsEnabled = file.tls_enabled ??
    (path ? !fastFederation : !fastFederation && !isLoopback(host));
  const origin = new URL(`${tlsEnabled ? "https" : "http"}://${host}`).origin;
  const dataDir = resolve(
    cwd,
    args.dataDir ?? variable(env, "LEMMY_DATA_DIR") ?? ours.data_dir ??
      (Deno.uid() === 0 ? "/var/lib/tundra" : "data"),
  );

  return freezeConfig<Config>({
    // As browsers write it: lower case, internationalised names in ASCII, no default port.
    hostname: new URL(origin).host,
    tlsEnabled,
    origin,
    bind,
    port,
    dataDir,
    database: {
      connection: connection(env, file.database?.connection, path),
      poolSize: Math.max(
        MINIMUM_POOL,
        file.database?.pool_size ?? defaultPool(),
      ),
    },
    workers: ours.workers ??
      (machineMemory() < MANY_WORKERS_MEMORY
        ? 1
        : navigator.hardwareConcurrency),
    trustedProxies: ours.trusted_proxies ?? [],
    corsOrigin: corsOrigins(env) ?? file.cors_origin ?? [],
    email: file.email
      ? {
        connection: file.email.connection ?? "smtp://localhost:25",
        fromAddress: file.email.smtp_from_address ||
          `noreply@${new URL(origin).hostname}`,
      }
      : undefined,
    setup: {
      adminUsername: file.setup?.admin_username ?? undefined,
      adminPassword: file.setup?.admin_password ?? undefined,
      adminEmail: file.setup?.admin_email ?? undefined,
      siteName: file.setup?.site_name ?? undefined,
      bootstrapInstances: file.setup?.bootstrap_instances ??
        [...BOOTSTRAP_INSTANCES],
    },
    federation: {
      concurrentSendsPerInstance: numberVariable(
        env,
        "LEMMY_TEST_FEDERATION_CONCURRENT_SENDS",
        atLeastOne,
      ) ?? file.federation?.concurrent_sends_per_instance,
    },
    prometheus: file.prometheus
      ? {
        bind: file.prometheus.bind ?? "127.0.0.1",
        port: file.prometheus.port ?? 10002,
      }
      : undefined,
    jsonLogging: file.json_logging ?? false,
    pictrsEnabled: file.pictrs !== null,
    images: imageStore(ours.images, dataDir, cwd),
    themesDir: ours.themes_dir ? resolve(cwd, ours.themes_dir) : undefined,
    plugins: (file.plugins ?? []).map((plugin) => ({
      file: plugin.file,
      hash: plugin.hash ?? undefined,
      allowedHosts: plugin.allowed_hosts ?? undefined,
      config: plugin.config ?? {},
    })),
    skipPluginHashCheck:
      variable(env, "DANGER_PLUGIN_SKIP_HASH_CHECK") !== undefined,
    nodeinfoName: ours.nodeinfo_name ?? "lemmy",
    donationUrl: ours.donation_url ?? undefined,
    fastFederation,
    allowLocalAddresses,
    roles: roles(args, env),
    firstRunDefaults,
    file: path,
    warnings: [
      ...unknownVariables(env),
      ...unusedProxies(env),
      ...(fastFederation
        ? [
          "LEMMY_TEST_FAST_FEDERATION is set: federation accepts http and private addresses; never use this in public",
        ]
        : []),
      ...(allowLocalAddresses
        ? [
          "DANGER_FEDERATION_ALLOW_LOCAL_IP is set: whoever names a host can have this server ask machines of its own network",
        ]
        : []),
    ],
  });
}

/** Absolute path of the file to read, or undefined when there is none. */
function findFile(
  args: ConfigFlags,
  env: Environment,
  cwd: string,
): string | undefined {
  if (args.config) return resolve(cwd, args.config);
  if (variable(env, "LEMMY_INITIALIZE_WITH_DEFAULT_SETTINGS") !== undefined) {
    return undefined;
  }
  const named = variable(env, "LEMMY_CONFIG_LOCATION");
  if (named) return resolve(cwd, named);
  const usual = join(cwd, DEFAULT_FILE);
  return existsSync(usual) ? usual : undefined;
}

function connection(
  env: Environment,
  inFile: string | undefined,
  path: string | undefined,
): ConnectionOptions | undefined {
  const own = variable(env, "LEMMY_DATABASE_URL");
  if (own) return parseConnectionUri(own, "LEMMY_DATABASE_URL");
  if (!inFile) return undefined;
  return parseConnectionUri(inFile, `${path}: database.connection`);
}

function corsOrigins(env: Environment): string[] | undefined {
  return variable(env, "LEMMY_CORS_ORIGIN")?.split(",")
    .map((origin) => origin.trim()).filter(Boolean)
    .map((origin) => checked("LEMMY_CORS_ORIGIN", origin, schema.corsOrigin)!);
}

function imageStore(
  images: NonNullable<schema.ConfigFile["tundra"]>["images"],
  dataDir: string,
  cwd: string,
): ImageStore {
  if (images && "s3" in images) {
    const { endpoint, region, bucket, access_key, secret_key } = images.s3;
    return {
      kind: "s3",
      endpoint,
      region,
      bucket,
      accessKey: access_key,
      secretKey: secret_key,
    };
  }
  const directory = images
    ? resolve(cwd, images.directory)
    : join(dataDir, "images");
  return { kind: "directory", directory };
}

const AT_LEAST_ONE = "a number of at least 1";
const atLeastOne = z.number({ error: AT_LEAST_ONE }).int({
  error: AT_LEAST_ONE,
}).min(1, { error: AT_LEAST_ONE });

function roles(args: ConfigFlags, env: Environment): Roles {
  const disabled = (flag: boolean | undefined, name: string) =>
    flag ?? booleanVariable(env, name) ?? false;
  const number = (flag: string, value: number | undefined, name: string) =>
    checked(flag, value, atLeastOne) ??
      numberVariable(env, name, atLeastOne) ?? 1;
  const index = number(
    "--federate-process-index",
    args.federateProcessIndex,
    "LEMMY_FEDERATE_PROCESS_INDEX",
  );
  const count = number(
    "--federate-process-count",
    args.federateProcessCount,
    "LEMMY_FEDERATE_PROCESS_COUNT",
  );
  if (index > count) {
    throw new OperatorError(
      `the federate process index ${index} is greater than the count ${count}; it counts from 1`,
      { exitCode: 2 },
    );
  }
  return {
    http: !disabled(args.disableHttpServer, "LEMMY_DISABLE_HTTP_SERVER"),
    scheduledTasks: !disabled(
      args.disableScheduledTasks,
      "LEMMY_DISABLE_SCHEDULED_TASKS",
    ),
    activitySending: !disabled(
      args.disableActivitySending,
      "LEMMY_DISABLE_ACTIVITY_SENDING",
    ),
    federateProcessIndex: index,
    federateProcessCount: count,
  };
}

/** Whether a host is this machine only; nobody has a certificate for that. */
function isLoopback(host: string): boolean {
  const { hostname } = new URL(`http://${host}`);
  return hostname === "localhost" || hostname.endsWith(".localhost") ||
    hostname.startsWith("127.") || hostname === "[::1]";
}
