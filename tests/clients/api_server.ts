/** The real server with a database of its own, and the official client to talk to it. */
import { join } from "node:path";
import { LemmyError, LemmyHttp, type RequestState } from "lemmy-js-client";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import {
  PASSWORD,
  type ServerOptions,
  startServer,
} from "../support/server.ts";

export { PASSWORD };

type SiteOptions = Pick<
  ServerOptions,
  "realLimits" | "env" | "config" | "name"
>;

export interface ApiServer {
  /** Origin without a slash at its end. */
  url: string;
  pid: number;
  /** What it has logged so far. */
  readonly log: string;
  /** Where the server keeps its files. */
  dataDir: string;
  database: TestDatabase;
  /** The official client, signed in when given a token. */
  client(jwt?: string): LemmyHttp;
  /** Registers an account and answers its token; the first one is the admin. */
  signUp(name: string): Promise<string>;
  /** Log lines of faults that nobody expected; a test that provokes none expects none. */
  readonly failures: string[];
  close(): Promise<void>;
}

const signedIn = new WeakMap<LemmyHttp, { url: string; jwt?: string }>();

/** A call of an endpoint that the official client does not know, by the account of a client. */
export async function callOurs(
  client: LemmyHttp,
  method: "GET" | "POST",
  path: string,
  input: Record<string, unknown> = {},
): Promise<RequestState<Answer>> {
  const { jwt, ...server } = signedIn.get(client)!;
  const query = new URLSearchParams(input as Record<string, string>);
  const { status, json } = method === "GET"
    ? await send(server, method, `${path}?${query}`, { jwt })
    : await send(server, method, path, { jwt, body: JSON.stringify(input) });
  return status === 200
    ? { state: "success", data: json }
    : { state: "failed", err: new LemmyError(json.error ?? "", status) };
}

/** Starts a site that nobody has set up. */
export async function startApi(
  options: SiteOptions = {},
): Promise<ApiServer> {
  const database = await testDatabase();
  const server = await startServer({ ...options, database, unset: true });
  return {
    url: server.origin,
    pid: server.pid,
    get log() {
      return server.log;
    },
    database,
    dataDir: join(server.dataDir, "data"),
    client(jwt) {
      const client = new LemmyHttp(server.origin, {
        headers: jwt ? { Authorization: `Bearer ${jwt}` } : {},
      });
      signedIn.set(client, { url: server.origin, jwt });
      return client;
    },
    get failures() {
      return server.log.split("\n").filter((line) =>
        line.includes("request failed")
      );
    },
    signUp: (name) => server.signUp(name),
    async close() {
      await server.dispose();
      await database.close();
    },
  };
}

/** Starts a site that `admin` has set up, open for registration. */
export async function startSite(
  options: SiteOptions = {},
): Promise<ApiServer & { admin: LemmyHttp; adminJwt: string }> {
  const server = await startApi(options);
  const adminJwt = await server.signUp("admin");
  const admin = server.client(adminJwt);
  await ok(admin.createSite({ name: "Test site", registration_mode: "open" }));
  return Object.assign(server, { admin, adminJwt });
}

/**
 * One site for those tests of a file that leave to the others what they need; started by the first,
 * closed after the last. To be called outside of tests.
 */
export function sharedSite(): () => ReturnType<typeof startSite> {
  let started: ReturnType<typeof startSite> | undefined;
  Deno.test.afterAll(async () => await (await started)?.close());
  return () => started ??= startSite();
}

/** The data of a call that must succeed. */
export async function ok<Data>(
  call: Promise<RequestState<Data>>,
): Promise<Data> {
  const state = await call;
  if (state.state === "success") return state.data;
  throw new Error(
    state.state === "failed"
      ? `${state.err.name} ${state.err.message}`
      : state.state,
  );
}

/** Person id of a client's account. */
export async function idOf(client: LemmyHttp): Promise<number> {
  return (await ok(client.getMyUser())).local_user_view.person.id;
}

/** `success`, or the error code of a call that failed. */
export async function codeOf(
  call: Promise<RequestState<unknown>>,
): Promise<string> {
  const state = await call;
  if (state.state !== "failed") return state.state;
  // Anything else is no answer of the server, but a connection that broke.
  if (!(state.err instanceof LemmyError)) throw state.err;
  return state.err.name;
}

/** A request as no client library would send it. */
export async function send(
  server: { url: string },
  method: string,
  path: string,
  options: { jwt?: string; body?: BodyInit; headers?: HeadersInit } = {},
): Promise<{ status: number; headers: Headers; text: string; json: Answer }> {
  const headers = new Headers(options.headers);
  if (options.jwt) headers.set("authorization", `Bearer ${options.jwt}`);
  if (options.body !== undefined && !headers.has("content-type")) {
    headers.set("content-type", "application/json");
  }
  const response = await fetch(`${server.url}/api/v4${path}`, {
    method,
    headers,
    body: options.body,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith("{") ? JSON.parse(text) : {},
  };
}

interface Answer {
  error?: string;
  message?: string;
  cause?: string;
  [key: string]: unknown;
}

/** Waits until the check holds; what the server does after its answer takes a moment. */
export async function eventually(
  check: () => Promise<boolean>,
  what: string,
): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`it never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
