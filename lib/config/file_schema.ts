import { isIP } from "node:net";
import { z } from "zod";

/**
 * The keys of `lemmy.hjson` (spec moderation-and-operations §9.1) and our block `tundra`. The
 * text of each check says what is allowed and completes the sentence "… is not allowed; expected".
 */

const text = (expected: string) => z.string({ error: expected });
const flag = z.boolean({ error: "true or false" });
const integer = (min: number, max: number, what: string) =>
  z.number({ error: `${what} from ${min} to ${max}` })
    .int({ error: `${what} from ${min} to ${max}` })
    .min(min, { error: `${what} from ${min} to ${max}` })
    .max(max, { error: `${what} from ${min} to ${max}` });
const block = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, { error: "a block in braces" });
const list = <T extends z.ZodType>(item: T, expected: string) =>
  z.array(item, { error: expected });

export const port = integer(1, 65535, "a port number");
export const ipAddress = text("an IP address, such as 127.0.0.1 or ::1")
  .refine((s) => isIP(s) !== 0, {
    error: "an IP address, such as 127.0.0.1 or ::1",
  });

const HTTP_URL = "an http:// or https:// URL";
const httpUrl = text(HTTP_URL).refine(
  (s) => /^https?:\/\//.test(s) && URL.canParse(s),
  { error: HTTP_URL },
);

const HOST = "a host name with an optional port, such as example.org or " +
  "localhost:8536, without scheme or path";
export const hostname = text(HOST).refine(isHost, { error: HOST });

function isHost(value: string): boolean {
  if (/[\s/?#@\\]/.test(value) || !URL.canParse(`http://${value}`)) {
    return false;
  }
  const url = new URL(`http://${value}`);
  return url.hostname !== "" && url.port !== "0";
}

const ORIGIN = "* or an origin such as https://example.org, without a path";
export const corsOrigin = text(ORIGIN).refine(
  (s) =>
    s === "*" || (URL.canParse(s) && new URL(s).origin === s.toLowerCase()),
  { error: ORIGIN },
);

const PROXY = "an IP address or a network such as 10.0.0.0/8";
const network = text(PROXY).refine((s) => {
  const [address, bits, ...rest] = s.split("/");
  const family = isIP(address);
  return family !== 0 && rest.length === 0 &&
    (bits === undefined ||
      /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}, { error: PROXY });

const SMTP = "smtp://user:password@host:port or smtps://…";
const smtpUrl = text(SMTP).refine(
  (s) => /^smtps?:\/\//.test(s) && URL.canParse(s),
  { error: SMTP },
);

export const fileSchema = block({
  hostname: hostname.optional(),
  bind: ipAddress.optional(),
  port: port.optional(),
  tls_enabled: flag.optional(),
  database: block({
    connection: text("a PostgreSQL URI").optional(),
    pool_size: integer(1, 10_000, "a number of connections").optional(),
  }).optional(),
  pictrs: block({
    url: httpUrl.optional(),
    api_key: text("a text").nullable().optional(),
  }).nullable().optional(),
  email: block({
    connection: smtpUrl.optional(),
    smtp_from_address: text("a mail address").optional(),
  }).nullable().optional(),
  setup: block({
    admin_username: text("a user name").nullable().optional(),
    admin_password: text("a text").nullable().optional(),
    site_name: text("a text").nullable().optional(),
    admin_email: text("a mail address").nullable().optional(),
    bootstrap_instances: list(hostname, "a list of host names").optional(),
  }).nullable().optional(),
  federation: block({
    concurrent_sends_per_instance: integer(1, 127, "a number of requests")
      .optional(),
  }).optional(),
  prometheus: block({
    bind: ipAddress.optional(),
    port: port.optional(),
  }).nullable().optional(),
  cors_origin: list(corsOrigin, "a list of origins").optional(),
  json_logging: flag.optional(),
  opentelemetry_url: httpUrl.nullable().optional(),
  plugins: list(
    block({
      file: text("a path or URL"),
      hash: text("a SHA-256 hash in hexadecimal").nullable().optional(),
      allowed_hosts: list(text("a host name"), "a list of host names")
        .nullable().optional(),
      config: z.record(z.string(), text("a text"), {
        error: "a block of texts",
      }).optional(),
    }),
    "a list of blocks",
  ).optional(),
  tundra: block({
    data_dir: text("a path").optional(),
    workers: integer(1, 256, "a number of workers").optional(),
    trusted_proxies: list(network, "a list of addresses").optional(),
    images: z.union([
      block({ directory: text("a path") }),
      block({
        s3: block({
          endpoint: httpUrl,
          region: text("a text"),
          bucket: text("a text"),
          access_key: text("a text"),
          secret_key: text("a text"),
        }),
      }),
    ], {
      error: "{ directory: PATH } or " +
        "{ s3: { endpoint, region, bucket, access_key, secret_key } }",
    }).optional(),
    themes_dir: text("a path").nullable().optional(),
    nodeinfo_name: text("a text").optional(),
    donation_url: httpUrl.nullable().optional(),
  }).optional(),
});

export type ConfigFile = z.infer<typeof fileSchema>;

const SITE_SETTINGS = "it moved to the site settings; remove it here";

/** Keys of older versions and where their purpose went. */
export const OLD_KEYS: Record<string, string> = {
  "database.user": "write database.connection as one URI instead",
  "database.password": "write database.connection as one URI instead",
  "database.host": "write database.connection as one URI instead",
  "database.port": "write database.connection as one URI instead",
  "database.database": "write database.connection as one URI instead",
  "database.uri": "it is now called database.connection",
  "email.smtp_server": "write email.connection as one URL instead",
  "email.smtp_login": "write email.connection as one URL instead",
  "email.smtp_password": "write email.connection as one URL instead",
  "email.tls_type":
    "write it into email.connection: smtps:// for tls, ?tls=required for starttls",
  "pictrs.image_mode": SITE_SETTINGS,
  "pictrs.proxy_bypass_domains": SITE_SETTINGS,
  "pictrs.upload_timeout": SITE_SETTINGS,
  "pictrs.max_thumbnail_size": SITE_SETTINGS,
  "pictrs.cache_external_link_previews": SITE_SETTINGS,
  captcha: SITE_SETTINGS,
  slur_filter: SITE_SETTINGS,
  rate_limit: SITE_SETTINGS,
  "federation.enabled": SITE_SETTINGS,
  "federation.allowed_instances": SITE_SETTINGS,
  "federation.blocked_instances": SITE_SETTINGS,
  worker_count: "it is now federation.concurrent_sends_per_instance",
};

/** Keys whose values are secret, by path; list indices are left out. */
const SECRETS =
  /^(database\.connection|email\.connection|setup\.admin_password|pictrs\.api_key|tundra\.images\.s3(\.(access_key|secret_key))?|plugins\.config.*)$/;

/** Whether the value at a path may hold a secret and so must not be shown. */
export function isSecret(path: string): boolean {
  return SECRETS.test(path) ||
    path.split(".").some((key) => /pass|secret|token|key$/i.test(key));
}
