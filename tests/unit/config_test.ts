import { inspect } from "node:util";
import { type Assertions, test } from "../harness.ts";
import { loadConfig, redact } from "../../lib/config/mod.ts";
import type { Environment } from "../../lib/config/environment.ts";
import type { ConfigFlags } from "../../lib/config/types.ts";

/** Loads with a configuration file of this text (or none) and nothing else around. */
async function load(
  text: string | undefined,
  env: Environment = {},
  args: ConfigFlags = {},
) {
  const cwd = await Deno.makeTempDir({ prefix: "tundra-config-" });
  try {
    if (text !== undefined) {
      await Deno.mkdir(`${cwd}/config`);
      await Deno.writeTextFile(`${cwd}/config/config.hjson`, text);
    }
    return await loadConfig({ cwd, env, args });
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

/** The message of the refusal; no secret of these tests may stand in it. */
async function refusal(t: Assertions, text: string, env: Environment = {}) {
  const error = await t.throws(() => load(text, env));
  t.equal(error.name, "OperatorError");
  t.noMatch(error.message, "hunter2");
  return error.message;
}

test("serves localhost over http to this machine only when nothing is configured", async (t: Assertions) => {
  const config = await load(undefined);
  t.equal(config.origin, "http://localhost:8536");
  t.equal(config.hostname, "localhost:8536");
  t.equal(config.bind, "127.0.0.1");
  t.equal(config.tlsEnabled, false);
  t.ok(config.firstRunDefaults);
  t.equal(config.database.connection, undefined);
  t.ok(config.roles.http && config.roles.activitySending);
  t.equal(
    (await load(undefined, { LEMMY_PORT: "9000" })).hostname,
    "localhost:9000",
  );
});

test("takes the host from LEMMY_HOSTNAME and expects TLS in front of it", async (t: Assertions) => {
  const config = await load(undefined, { LEMMY_HOSTNAME: "Example.org" });
  t.equal(config.origin, "https://example.org");
  t.equal(config.bind, "0.0.0.0");
  t.ok(!config.firstRunDefaults);
});

test("uses http in the test mode of federation", async (t: Assertions) => {
  const config = await load(undefined, {
    LEMMY_HOSTNAME: "lemmy-alpha:8541",
    LEMMY_TEST_FAST_FEDERATION: "1",
  });
  t.equal(config.origin, "http://lemmy-alpha:8541");
  t.ok(config.fastFederation);
  t.match(config.warnings.join(), "never use this in public");
});

test("accepts every key of Lemmy and of ours", async (t: Assertions) => {
  const config = await load(`{
    hostname: example.org
    bind: "::1"
    port: 8000
    tls_enabled: false
    database: { connection: "postgres://u:hunter2@db/lemmy?sslmode=require", pool_size: 1 }
    pictrs: { url: "http://localhost:8080/", api_key: "hunter2" }
    email: { connection: "smtps://u:hunter2@mail:465", smtp_from_address: "a@example.org" }
    setup: {
      admin_username: "boss"
      admin_password: "hunter2hunter2"
      site_name: "Site"
      admin_email: "boss@example.org"
      bootstrap_instances: ["lemmy.ml"]
    }
    federation: { concurrent_sends_per_instance: 4 }
    prometheus: {}
    cors_origin: ["*", "https://example.com"]
    json_logging: true
    opentelemetry_url: "http://localhost:4317"
    plugins: [{ file: "a.wasm", hash: "ab", allowed_hosts: ["x.org"], config: { k: "hunter2" } }]
    tundra: {
      data_dir: "d"
      workers: 3
      trusted_proxies: ["10.0.0.0/8", "::1"]
      images: { s3: { endpoint: "http://s3", region: "r", bucket: "b", access_key: "hunter2", secret_key: "hunter2" } }
      themes_dir: "/themes"
      nodeinfo_name: "tundra"
      donation_url: "https://example.org/give"
    }
  }`);
  t.equal(config.origin, "http://example.org");
  t.equal(config.database.connection?.password, "hunter2");
  t.equal(config.database.connection?.tls, "require");
  t.equal(config.database.poolSize, 2);
  t.equal(config.prometheus, { bind: "127.0.0.1", port: 10002 });
  t.equal(config.federation.concurrentSendsPerInstance, 4);
  t.equal(config.images.kind, "s3");
  t.ok(config.dataDir.startsWith("/") && config.dataDir.endsWith("/d"));
  t.ok(Object.isFrozen(config) && Object.isFrozen(config.database.connection));
  const shown = [
    JSON.stringify(config),
    JSON.stringify(redact(config)),
    JSON.stringify({ part: config.email }),
    String(config),
    `${config.database.connection}`,
    inspect(config, { depth: 9 }),
    Deno.inspect(config, { depth: 9 }),
    Deno.inspect([config.images, config.setup, config.plugins], { depth: 9 }),
  ];
  for (const text of shown) t.noMatch(text, "hunter2");
  t.match(shown[6], "example.org");
});

test("lets flags win over the environment, and that over the file", async (t: Assertions) => {
  const file = "hostname: a.org\nport: 1\ncors_origin: ['https://a.org']";
  const env = {
    LEMMY_PORT: "2",
    LEMMY_HOSTNAME: "b.org",
    LEMMY_CORS_ORIGIN: "https://b.org, https://c.org",
    LEMMY_DISABLE_SCHEDULED_TASKS: "true",
  };
  const config = await load(file, env, { port: 3 });
  t.equal(config.port, 3);
  t.equal(config.hostname, "b.org");
  t.equal(config.corsOrigin, ["https://b.org", "https://c.org"]);
  t.equal(config.roles.scheduledTasks, false);
  t.equal((await load(file, { LEMMY_PORT: "2" })).port, 2);
  t.equal((await load(file)).port, 1);
});

test("switches images off with pictrs: null", async (t: Assertions) => {
  t.equal((await load("hostname: a.org\npictrs: null")).pictrsEnabled, false);
  t.equal((await load("hostname: a.org")).pictrsEnabled, true);
});

test("names file, key, value and what is allowed when a value is wrong", async (t: Assertions) => {
  const message = await refusal(
    t,
    `{
      hostname: "https://example.org/"
      port: 99999
      bind: "localhost"
      federation: { concurrent_sends_per_instance: 0 }
      tundra: { trusted_proxies: ["1.2.3.4/99"], images: { directory: 5 } }
    }`,
  );
  t.match(
    message,
    "config/config.hjson: port: 99999 is not allowed; expected a port number from 1 to 65535",
  );
  t.match(message, 'hostname: "https://example.org/" is not allowed');
  t.match(message, 'bind: "localhost" is not allowed; expected an IP address');
  t.match(message, "federation.concurrent_sends_per_instance: 0");
  t.match(message, 'tundra.trusted_proxies.0: "1.2.3.4/99"');
  t.match(
    message,
    "tundra.images.directory: 5 is not allowed; expected a path",
  );
  t.equal(message.split("\n").length, 6);
});

test("refuses unknown keys at every level and lists the known ones", async (t: Assertions) => {
  const message = await refusal(
    t,
    `{
      hostname: example.org
      hostnam: x
      tundra: { worker: 3 }
      plugins: [{ file: "x", hosts: "hunter2" }]
    }`,
  );
  t.match(
    message,
    "unknown key hostnam; at the top level are allowed: hostname, bind, port",
  );
  t.match(
    message,
    "unknown key tundra.worker; in tundra are allowed: data_dir, workers",
  );
  t.match(
    message,
    "unknown key plugins.0.hosts; in plugins.0 are allowed: file, hash",
  );
});

test("says where the keys of older versions went", async (t: Assertions) => {
  const message = await refusal(
    t,
    `{
      hostname: example.org
      database: { user: "lemmy", password: "hunter2", uri: "postgres://hunter2@x" }
      email: { smtp_password: "hunter2", tls_type: "none" }
      pictrs: { image_mode: "None" }
      captcha: { enabled: false }
      slur_filter: "x"
    }`,
  );
  t.match(
    message,
    "database.password belongs to an older version: write database.connection",
  );
  t.match(message, "database.uri belongs to an older version");
  t.match(message, "email.tls_type belongs to an older version");
  t.match(
    message,
    "pictrs.image_mode belongs to an older version: it moved to the site settings",
  );
  t.match(message, "captcha belongs to an older version");
  t.match(message, "slur_filter belongs to an older version");
});

test("never shows a secret in a message about it", async (t: Assertions) => {
  const faults = [
    "setup: { admin_password: [hunter2] }",
    'email: { connection: "hunter2" }',
    'database: { connection: "mysql://hunter2@x/y" }',
    'database: { connection: "postgres://u:hunter2%@x/y" }',
    'tundra: { images: { s3: "hunter2" } }',
    "setup: { admin_password: hunter2",
    "pictrs: { api_key: { hunter2: hunter2 } }",
  ];
  for (const fault of faults) {
    const message = await refusal(t, `hostname: example.org\n${fault}\n`);
    t.match(message, "config.hjson");
  }
  const url = "postgres://u:hunter2@h:99999/x";
  const message = await refusal(t, "hostname: a.org", {
    LEMMY_DATABASE_URL: url,
  });
  t.match(message, "LEMMY_DATABASE_URL: not a valid URI");
});

test("refuses a file without a host name and a file that does not exist", async (t: Assertions) => {
  t.match(await refusal(t, "port: 1"), "hostname is missing");
  t.match(await refusal(t, ""), "hostname is missing");
  const file = await load("port: 1", { LEMMY_HOSTNAME: "a.org" });
  t.equal(file.port, 1);
  await t.throws(
    () => load(undefined, { LEMMY_CONFIG_LOCATION: "/nowhere.hjson" }),
    "/nowhere.hjson: cannot be read",
  );
  const defaults = await load("no: [hjson", {
    LEMMY_INITIALIZE_WITH_DEFAULT_SETTINGS: "1",
  });
  t.ok(defaults.firstRunDefaults);
});

test("merges the query part of a database URI", async (t: Assertions) => {
  const { database } = await load(undefined, {
    LEMMY_DATABASE_URL:
      "postgresql:///lemmy?host=/run/postgresql&user=me&sslmode=disable&options=-c%20x.y%3D1",
  });
  const { connection } = database;
  t.equal(connection?.host, "/run/postgresql");
  t.equal(connection?.user, "me");
  t.equal(connection?.database, "lemmy");
  t.equal(connection?.settings, { options: "-c x.y=1" });
  const named = await load(undefined, {
    LEMMY_DATABASE_URL: "postgres://me:p%40ss@/lemmy?host=%2Frun",
  });
  t.equal(named.database.connection?.host, "/run");
  t.equal(named.database.connection?.password, "p@ss");
});

test("refuses wrong variables and warns of unknown ones", async (t: Assertions) => {
  await t.throws(
    () => load(undefined, { LEMMY_PORT: "80x" }),
    'LEMMY_PORT: "80x"',
  );
  await t.throws(
    () => load(undefined, { LEMMY_DISABLE_HTTP_SERVER: "ja" }),
    "expected true or false",
  );
  await t.throws(
    () => load(undefined, { LEMMY_FEDERATE_PROCESS_INDEX: "2" }),
    "greater than the count",
  );
  await t.throws(
    () => load(undefined, { LEMMY_CORS_ORIGIN: "example.org" }),
    "expected * or an origin",
  );
  const { warnings } = await load(undefined, { LEMMY_HOST: "x" });
  t.match(warnings.join(), "LEMMY_HOST is unknown");
  const proxied = await load(undefined, {
    https_proxy: "http://proxy:3128",
    HTTP_PROXY: "http://proxy:3128",
    ALL_PROXY: "",
    NO_PROXY: "localhost",
  });
  t.match(proxied.warnings.join(), "no use is made of HTTP_PROXY, https_proxy");
});
