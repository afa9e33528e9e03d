import { type Assertions, test } from "../harness.ts";
import { COMMANDS, FLAGS, parseArgs } from "../../lib/cli/args.ts";
import { describeFatal, explainListenError } from "../../lib/cli/explain.ts";
import { helpText } from "../../lib/cli/help.ts";
import { createLogger } from "../../lib/cli/log.ts";
import { VARIABLES } from "../../lib/config/environment.ts";
import { OperatorError } from "../../lib/config/operator_error.ts";

test("serves when no command is given", (t: Assertions) => {
  t.equal(parseArgs([]), { command: "serve", flags: {} });
});

test("reads flags before and after the command, with blank or equals sign", (t: Assertions) => {
  const line = parseArgs([
    "--port",
    "8000",
    "migrate",
    "--data-dir=/a=b",
    "--disable-http-server",
    "--federate-process-index",
    "2",
    "--federate-process-count=3",
  ]);
  t.equal(line, {
    command: "migrate",
    flags: {
      port: 8000,
      dataDir: "/a=b",
      disableHttpServer: true,
      federateProcessIndex: 2,
      federateProcessCount: 3,
    },
  });
});

test("understands Lemmy's migration command", async (t: Assertions) => {
  t.equal(parseArgs(["migration", "run"]).command, "migrate");
  await t.throws(() => parseArgs(["migration", "revert"]), "restore a backup");
  await t.throws(() => parseArgs(["migration"]), 'comes "run"');
});

test("lists what exists when a flag or command is unknown", async (t: Assertions) => {
  const flag = await t.throws(() => parseArgs(["--prot", "1"]), "--prot");
  t.match(flag.message, "--port, --bind");
  t.equal((flag as OperatorError).exitCode, 2);
  const command = await t.throws(() => parseArgs(["toString"]), "toString");
  t.match(command.message, "serve, migrate, seed");
});

test("refuses flags without a value and numbers that are none", async (t: Assertions) => {
  await t.throws(() => parseArgs(["--port"]), "needs a value");
  await t.throws(() => parseArgs(["--config", "--port", "1"]), "needs a value");
  await t.throws(() => parseArgs(["--port", "http"]), "not a whole number");
  await t.throws(() => parseArgs(["serve", "now"]), "too much");
  await t.throws(
    () => parseArgs(["--disable-http-server=no"]),
    "true or false",
  );
});

test("help and version win over everything else", (t: Assertions) => {
  t.equal(parseArgs(["serve", "--help"]).command, "help");
  t.equal(parseArgs(["nonsense", "-V"]).command, "version");
});

test("help names every command, flag and variable", (t: Assertions) => {
  const text = helpText();
  const names = [COMMANDS, FLAGS, VARIABLES].flatMap((o) => Object.keys(o));
  for (const name of names) t.match(text, name);
});

test("explains a port in use with its remedy", async (t: Assertions) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const error = await t.throws(() => {
    Deno.listen({ hostname: "127.0.0.1", port });
  });
  listener.close();
  const explained = explainListenError(error, { bind: "127.0.0.1", port });
  if (!(explained instanceof OperatorError)) throw explained;
  t.match(explained.message, `127.0.0.1:${port}`);
  t.match(explained.message, "LEMMY_PORT");
  const other = new Error("x");
  t.equal(explainListenError(other, { bind: "::", port }) === other, true);
});

test("prints one line for faults of operation and a stack for others", (t: Assertions) => {
  const fault = new OperatorError("disk full", { exitCode: 1 });
  t.equal(describeFatal(fault), { text: "tundra: disk full\n", exitCode: 1 });
  t.match(describeFatal(new TypeError("x")).text, "at ");
});

test("filters by level and by module", (t: Assertions) => {
  const lines: string[] = [];
  const log = createLogger({
    filter: "warn,federation=debug,federation::inbox=off",
    write: (line) => lines.push(line),
  });
  log.info("no");
  log.warn("yes 1");
  log.module("federation::outbox").debug("yes 2");
  log.module("federation::outbox").trace("no");
  log.module("federation::inbox").error("no");
  log.module("federationx").info("no");
  t.equal(lines.length, 2);
  t.match(lines[1], /DEBUG federation::outbox: yes 2\n$/);
  t.ok(log.module("federation").enabled("debug"));
});

test("keeps a text entry on one line whatever it contains", (t: Assertions) => {
  const lines: string[] = [];
  const log = createLogger({ write: (line) => lines.push(line) });
  log.info("a\nb\x1b[31m", { text: "x\ny", ["k\n"]: { z: "\r" } });
  t.equal(lines[0].split("\n").length, 2);
  t.noMatch(lines[0], "\x1b");
});

test("writes JSON lines, and never throws", (t: Assertions) => {
  const lines: string[] = [];
  const log = createLogger({ json: true, write: (line) => lines.push(line) });
  const circle: Record<string, unknown> = { big: 1n };
  circle.self = circle;
  log.error("failed", { error: new Error("why"), count: 2n });
  log.error("circle", circle);
  const first = JSON.parse(lines[0]);
  t.equal(first.level, "error");
  t.equal(first.fields.count, "2");
  t.equal(first.fields.error.message, "why");
  t.equal(JSON.parse(lines[1]).message, "circle");
  const broken = createLogger({
    write: () => {
      throw new Error("closed");
    },
  });
  const hostile = {
    get x(): string {
      throw new Error("no");
    },
  };
  broken.error("x");
  log.error("hostile", hostile);
  t.ok(true, "nothing was thrown");
});
