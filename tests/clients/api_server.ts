/** A site of its own behind real HTTP, and the official client to talk to it. */
import { LemmyHttp, type RequestState } from "lemmy-js-client";
import { handleApiV4 } from "../../lib/api/v4/mod.ts";
import { createLogger } from "../../lib/cli/log.ts";
import { loadConfig } from "../../lib/config/mod.ts";
import { authenticate } from "../../lib/domain/account/session.ts";
import { firstStart } from "../../lib/domain/site/first_start.ts";
import { loadSite } from "../../lib/domain/site/load.ts";
import { apiError } from "../../lib/http/error_response.ts";
import { sessionToken } from "../../lib/http/request_kind.ts";
import type { State } from "../../lib/http/state.ts";
import { translator } from "../../lib/i18n/mod.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

export const PASSWORD = "correct horse battery";

export interface ApiServer {
  /** Origin without a slash at its end. */
  url: string;
  database: TestDatabase;
  /** The official client, signed in when given a token. */
  client(jwt?: string): LemmyHttp;
  /** Registers an account and answers its token; the first one is the admin. */
  signUp(name: string): Promise<string>;
  /** Errors that no code of the API covers; a test that provokes none expects none. */
  failures: unknown[];
  close(): Promise<void>;
}

/** Starts a site that nobody has set up. */
export async function startApi(): Promise<ApiServer> {
  const database = await testDatabase();
  const config = await loadConfig({
    env: { LEMMY_HOSTNAME: "tundra.test" },
    cwd: "/",
  });
  const db = database.kysely;
  await firstStart(db, config);
  const log = createLogger({ write: () => {} });
  const failures: unknown[] = [];

  async function answer(request: Request): Promise<Response> {
    const site = await loadSite(db);
    const token = sessionToken(request.headers)?.token ?? null;
    const state: State = {
      ctx: {
        db,
        config,
        log,
        site,
        viewer: await authenticate(db, site, token),
        now: new Date(),
        wake() {},
        siteChanged() {},
      },
      client: {
        ip: "127.0.0.1",
        loopback: true,
        userAgent: request.headers.get("user-agent") ?? undefined,
      },
      requestId: "test",
      t: translator("en"),
      flash: null,
      limits: { take() {}, headers: () => new Headers() },
      liveCursor: "",
    };
    try {
      return await handleApiV4(state, request);
    } catch (error) {
      failures.push(error);
      return apiError(error);
    }
  }

  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    answer,
  );
  const url = `http://127.0.0.1:${server.addr.port}`;
  const client = (jwt?: string) =>
    new LemmyHttp(url, {
      headers: jwt ? { Authorization: `Bearer ${jwt}` } : {},
    });
  return {
    url,
    database,
    client,
    failures,
    async signUp(name) {
      const { jwt } = await ok(
        client().register({
          username: name,
          password: PASSWORD,
          password_verify: PASSWORD,
          answer: "please",
        }),
      );
      if (!jwt) throw new Error(`${name} is not signed in`);
      return jwt;
    },
    async close() {
      await server.shutdown();
      await database.close();
    },
  };
}

/** Starts a site that `admin` has set up, open for registration. */
export async function startSite(): Promise<
  ApiServer & { admin: LemmyHttp; adminJwt: string }
> {
  const server = await startApi();
  const adminJwt = await server.signUp("admin");
  const admin = server.client(adminJwt);
  await ok(admin.createSite({ name: "Test site", registration_mode: "open" }));
  return { ...server, admin, adminJwt };
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

/** The error code of a call that must fail, and its message if there is one. */
export async function codeOf(
  call: Promise<RequestState<unknown>>,
): Promise<string> {
  const state = await call;
  return state.state === "failed" ? state.err.name : state.state;
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
