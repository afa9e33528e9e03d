import type { ConnectionOptions } from "../db/connection_options.ts";

/** Where uploaded images are kept. */
export type ImageStore =
  | { kind: "directory"; directory: string }
  | {
    kind: "s3";
    endpoint: string;
    region: string;
    bucket: string;
    accessKey: string;
    secretKey: string;
  };

/** What the first start creates (spec moderation-and-operations §10). */
export interface SetupConfig {
  adminUsername?: string;
  adminPassword?: string;
  adminEmail?: string;
  siteName?: string;
  bootstrapInstances: string[];
}

export interface PluginConfig {
  file: string;
  hash?: string;
  allowedHosts?: string[];
  config: Record<string, string>;
}

/** What this process does; processes of one site may divide the work. */
export interface Roles {
  http: boolean;
  scheduledTasks: boolean;
  activitySending: boolean;
  /** 1-based, at most the count. */
  federateProcessIndex: number;
  federateProcessCount: number;
}

/**
 * All settings of the process, frozen. Secrets do not show when the whole or a part of it is
 * logged, inspected or written as JSON; see `redact`.
 */
export interface Config {
  /** Public host with port if it is not the scheme's own; part of every generated id. */
  hostname: string;
  /** Whether generated URLs are https. */
  tlsEnabled: boolean;
  /** Scheme and host, no slash at the end. */
  origin: string;
  /** IP address to listen on. */
  bind: string;
  port: number;
  /** Absolute. */
  dataDir: string;
  /** Without `connection` the embedded database is used. */
  database: { connection?: ConnectionOptions; poolSize: number };
  /** Number of HTTP workers. */
  workers: number;
  /** Addresses and networks whose forwarding headers count, besides loopback. */
  trustedProxies: string[];
  /** Empty or with `*`: every origin. */
  corsOrigin: string[];
  /** Absent: no mail is sent. `connection` is an SMTP URL. */
  email?: { connection: string; fromAddress: string };
  /** Absent without a `setup` block; the bootstrap instances have defaults all the same. */
  setup: SetupConfig;
  /** Without a number the parallel requests per instance grow with the backlog. */
  federation: { concurrentSendsPerInstance?: number };
  prometheus?: { bind: string; port: number };
  jsonLogging: boolean;
  /** False when the file says `pictrs: null`: no images. */
  pictrsEnabled: boolean;
  images: ImageStore;
  /** Absolute. */
  themesDir?: string;
  plugins: PluginConfig[];
  /** Skips the check of the plugins' hashes (`DANGER_PLUGIN_SKIP_HASH_CHECK`). */
  skipPluginHashCheck: boolean;
  /** `software.name` of nodeinfo. */
  nodeinfoName: string;
  donationUrl?: string;
  /** Test mode of federation, with its short delays (spec federation §0.1, §5.9). */
  fastFederation: boolean;
  /** Host names may lead to addresses that are not public (`DANGER_FEDERATION_ALLOW_LOCAL_IP`). */
  allowLocalAddresses: boolean;
  roles: Roles;
  /** Nothing was configured: local use with the first-run setup page. */
  firstRunDefaults: boolean;
  /** The file that was read, if any. */
  file?: string;
  /** Things the operator should know, to be logged at start. */
  warnings: string[];
}

/** Settings from the command line; they win over the environment, which wins over the file. */
export interface ConfigFlags {
  config?: string;
  dataDir?: string;
  port?: number;
  bind?: string;
  disableHttpServer?: boolean;
  disableActivitySending?: boolean;
  disableScheduledTasks?: boolean;
  federateProcessIndex?: number;
  federateProcessCount?: number;
  /** Of the command `seed` alone; no setting. */
  posts?: number;
}
