/**
 * What the tests have made the API answer, `deno task coverage [paths]`: runs the tests (those of
 * clients and HTTP if not told otherwise) and prints how many of the official client's endpoints
 * have answered with success, and how many of the documented error codes have come back.
 */
import { join } from "node:path";
import { LemmyHttp } from "lemmy-js-client";
import type { AnyEndpoint } from "../../lib/api/v4/endpoint.ts";
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { enErrors } from "../../lib/i18n/en_errors.ts";

/** Documented codes that no request to this server can bring about, and why. */
const UNREACHABLE: Record<string, string> = {
  community_is_blocked: "blocks of communities forbid nobody anything",
  contradicting_filters: "reserved; no endpoint of v4 takes both filters",
  couldnt_parse_totp_secret: "secrets are stored as we made them",
  email_send_failed: "mails are sent after the answer",
  instance_is_blocked: "blocks of instances only hide",
  local_site_not_setup: "the first start makes the site before it listens",
  no_content_type_header: "remote pictures are fetched after the answer",
  no_email_setup: "mails are sent after the answer",
  not_an_image_type: "remote pictures are fetched after the answer",
  pictrs_api_key_not_provided: "images are stored by this server",
  pictrs_purge_response_error: "images are stored by this server",
  pictrs_response_error: "images are stored by this server",
};

/** Parts of the client's class that are no endpoints. */
const NO_ENDPOINT = new Set(["constructor", "setHeaders"]);

interface Answer {
  method: string;
  path: string;
  status: number;
  code: string;
}

/** Routes of an endpoint as expressions over `METHOD path`. */
function routes(name: string): RegExp[] {
  if (name === "nodeinfo") return [/^GET \/nodeinfo\/2\.1$/];
  const endpoint: AnyEndpoint | undefined =
    ENDPOINTS[name as keyof typeof ENDPOINTS];
  if (!endpoint) return [];
  return [endpoint, ...endpoint.also ?? []].map(({ method, path }) =>
    new RegExp(`^${method} /api/v4${path.replace(/\{\w+\}/g, "[^/]+")}$`)
  );
}

/** Runs the tests with a recorder; resolves to the answers they have seen. */
async function record(paths: string[]): Promise<Answer[]> {
  const file = await Deno.makeTempFile({ prefix: "tundra-answers-" });
  try {
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        "--allow-all",
        "--no-check",
        "--parallel",
        "--preload=tests/support/quick_keys.ts",
        "--preload=tests/coverage/record.ts",
        ...paths,
      ],
      cwd: join(import.meta.dirname!, "..", ".."),
      env: {
        TUNDRA_API_ANSWERS: file,
        NO_COLOR: "1",
        DENO_JOBS: String(navigator.hardwareConcurrency + 1),
      },
      stdin: "null",
    }).spawn().status;
    if (!success) console.log("some tests failed: the figures may be too low");
    return parseAnswers(await Deno.readTextFile(file));
  } finally {
    await Deno.remove(file);
  }
}

function parseAnswers(lines: string): Answer[] {
  return lines.split("\n").filter((line) => line).map((line) => {
    const [method, path, status, code] = line.split(" ");
    return { method, path, status: Number(status), code };
  });
}

function report(what: string, all: string[], seen: (name: string) => boolean) {
  const missing = all.filter((name) => !seen(name));
  console.log(`${what}: ${all.length - missing.length} of ${all.length}`);
  if (missing.length > 0) console.log(`  missing: ${missing.join(", ")}`);
}

const answers = await record(
  Deno.args.length > 0 ? Deno.args : ["tests/clients", "tests/http"],
);
const succeeded = new Set(
  answers.filter(({ status }) => status < 300)
    .map(({ method, path }) => `${method} ${path}`),
);
const codes = new Set(answers.map(({ code }) => code));
const endpoints = new Set([
  ...Object.getOwnPropertyNames(LemmyHttp.prototype)
    .filter((name) => !NO_ENDPOINT.has(name)),
  ...Object.keys(ENDPOINTS),
]);
report(
  "endpoints that answered with success",
  [...endpoints].sort(),
  (name) => {
    const own = routes(name);
    return [...succeeded].some((call) => own.some((route) => route.test(call)));
  },
);
report(
  "error codes received",
  Object.keys(enErrors).map((key) => key.slice("error.".length))
    .filter((code) => !(code in UNREACHABLE)),
  (code) => codes.has(code),
);
for (const [code, why] of Object.entries(UNREACHABLE)) {
  if (codes.has(code)) console.log(`  ${code} came, though: ${why}`);
}
