import {
  lookup as systemLookup,
  type LookupAddress,
  type LookupAllOptions,
} from "node:dns";
import { isIP } from "node:net";
import type { Agent, buildConnector, Dispatcher } from "undici";
import type { Config } from "../config/mod.ts";
import { VERSION } from "../config/version.ts";
import { isLoopbackAddress, isPublicAddress } from "./public_address.ts";

/** Why a request to another server came to nothing. */
export type OutgoingFailure =
  /** Neither http nor https, or with credentials in it. */
  | "scheme"
  /** The host is, or resolves to, an address that is not public. */
  | "address"
  | "timeout"
  | "too_large"
  | "redirects"
  | "content_type"
  /** No such host, refused or broken connection, bad TLS, no HTTP. */
  | "network";

export class OutgoingError extends Error {
  constructor(
    readonly reason: OutgoingFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "OutgoingError";
  }
}

export interface OutgoingRequest {
  method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Milliseconds until the whole answer must have been read; 10 seconds unless given. */
  timeout?: number;
  /** Bytes of the answer's body at most; 1 MiB unless given. */
  maxBytes?: number;
  /** A longer body is cut off instead of being an error. */
  truncate?: boolean;
  /** Redirects that are followed, each checked anew; none unless given: then the 3xx is the answer. */
  redirects?: number;
  /** Media types that are taken; others are refused before their body is read. */
  accept?: RegExp;
  signal?: AbortSignal;
}

/** An answer whose body must be read or discarded. */
export interface OutgoingResponse {
  status: number;
  headers: Headers;
  /** The address that answered, after redirects. */
  url: string;
  /** The body piece by piece, within the limits of the request. */
  chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** The body as UTF-8, faults replaced. */
  text(): Promise<string>;
  json(): Promise<unknown>;
  discard(): void;
}

const TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_BYTES = 1024 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Headers that say who we are to one host and must not follow a redirect to another. */
const PERSONAL = new Set(["authorization", "cookie", "signature"]);

type Undici = typeof import("undici");

/** Finds the addresses of a host name. */
export type Lookup = (
  host: string,
  options: LookupAllOptions,
  callback: (
    error: NodeJS.ErrnoException | null,
    found: LookupAddress[],
  ) => void,
) => void;

/**
 * The one way out (design §6): every request to another server goes through here, whoever named
 * its address. Only http and https, only public addresses, checked on the address that was dialled
 * and at every hop, with limits of size, time and redirects. Connections are kept alive.
 */
export class GuardedClient {
  #userAgent: string;
  #allowLoopback: boolean;
  #trusted: boolean;
  #allowLocalNames: boolean;
  #lookup: Lookup;
  #undici: Promise<{ agent: Agent; request: Undici["request"] }> | null = null;

  /**
   * @param allowLoopback for tests, where other servers are on this machine
   * @param trusted any address is dialled: only for servers that the operator names in the
   * configuration
   * @param allowLocalNames names may lead to any address; hosts that are addresses must be public
   * all the same
   * @param lookup finds the addresses of a name; the system's way unless given
   */
  constructor(
    options: {
      userAgent: string;
      allowLoopback?: boolean;
      trusted?: boolean;
      allowLocalNames?: boolean;
      lookup?: Lookup;
    },
  ) {
    this.#userAgent = options.userAgent;
    this.#allowLoopback = options.allowLoopback ?? false;
    this.#trusted = options.trusted ?? false;
    this.#allowLocalNames = options.allowLocalNames ?? false;
    this.#lookup = options.lookup ?? lookup;
  }

  /** The client that a site with this configuration uses. */
  static of(
    config: Pick<Config, "origin" | "fastFederation" | "allowLocalAddresses">,
  ): GuardedClient {
    return new GuardedClient({
      userAgent: `Tundra/${VERSION}; +${config.origin}`,
      allowLoopback: config.fastFederation,
      allowLocalNames: config.allowLocalAddresses,
    });
  }

  /**
   * Sends a request and resolves when the answer's head is there; its status is for the caller to
   * judge.
   * @throws OutgoingError
   */
  async request(
    address: string | URL,
    options: OutgoingRequest = {},
  ): Promise<OutgoingResponse> {
    const deadline = AbortSignal.timeout(options.timeout ?? TIMEOUT_MS);
    const signal = options.signal
      ? AbortSignal.any([deadline, options.signal])
      : deadline;
    let url = this.#checked(address);
    let { method = "GET", body } = options;
    const headers = { ...options.headers };
    for (let hops = 0;; hops++) {
      const answer = await this.#send(url, { method, body, headers, signal });
      const { statusCode } = answer;
      const location = answer.headers.location;
      const moves = options.redirects !== undefined && options.redirects > 0 &&
        REDIRECTS.has(statusCode) && typeof location === "string";
      if (!moves) return this.#response(url, answer, options);
      answer.body.destroy();
      if (hops >= options.redirects!) {
        throw new OutgoingError("redirects", `${url.host} redirects too often`);
      }
      const target = URL.parse(location, url);
      if (!target) {
        throw new OutgoingError("redirects", `${url.host} redirects to no URL`);
      }
      const next = this.#checked(target);
      if (next.origin !== url.origin) {
        for (const name of Object.keys(headers)) {
          if (PERSONAL.has(name.toLowerCase())) delete headers[name];
        }
      }
      if (statusCode === 303 || (statusCode < 303 && method === "POST")) {
        method = "GET";
        body = undefined;
      }
      url = next;
    }
  }

  /** Closes idle connections and aborts what is under way. */
  async close(): Promise<void> {
    await (await this.#undici)?.agent.destroy();
  }

  /** Refuses what the connector never sees: a bad scheme, and hosts that are addresses. */
  #checked(address: string | URL): URL {
    const url = URL.parse(address);
    if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
      throw new OutgoingError("scheme", "the address is not http or https");
    }
    if (url.username !== "" || url.password !== "") {
      throw new OutgoingError("scheme", "the address carries credentials");
    }
    // The parser has made the usual notation of whatever way the address was written in.
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    if (isIP(host) !== 0 && !this.#isAllowed(host)) {
      throw new OutgoingError("address", `${url.host} is not a public address`);
    }
    return url;
  }

  #isAllowed(address: string | undefined): boolean {
    return address !== undefined &&
      (this.#trusted || isPublicAddress(address) ||
        this.#allowLoopback && isLoopbackAddress(address));
  }

  /** Whether an address may be dialled that a name leads to. */
  #mayLeadTo(address: string | undefined): boolean {
    return this.#allowLocalNames || this.#isAllowed(address);
  }

  async #send(
    url: URL,
    { headers, ...options }: {
      method: Dispatcher.HttpMethod;
      body?: string | Uint8Array;
      headers: Record<string, string>;
      signal: AbortSignal;
    },
  ): Promise<Dispatcher.ResponseData> {
    this.#undici ??= this.#open();
    const { agent, request } = await this.#undici;
    const named = Object.keys(headers).some((name) =>
      name.toLowerCase() === "user-agent"
    );
    try {
      const answer = await request(url, {
        ...options,
        dispatcher: agent,
        headers: named
          ? headers
          : { ...headers, "user-agent": this.#userAgent },
      });
      // An abandoned body ends with an error that nobody waits for.
      answer.body.on("error", () => {});
      return answer;
    } catch (error) {
      throw outgoingError(error, url);
    }
  }

  /** Loaded with the first request: many a site never sends one. */
  async #open() {
    const { Agent, buildConnector, request } = await import("undici");
    const dial = buildConnector({
      timeout: CONNECT_TIMEOUT_MS,
      lookup: (host, options, callback) => {
        this.#lookup(host, { ...options, all: true }, (error, found) => {
          if (error) return callback(error, []);
          const allowed = found.filter(({ address }) =>
            this.#mayLeadTo(address)
          );
          if (allowed.length > 0) return callback(null, allowed);
          callback(
            new OutgoingError("address", `${host} has no public address`),
            [],
          );
        });
      },
    });
    const connect: buildConnector.connector = (options, callback) =>
      dial(options, (...[error, socket]) => {
        if (error) return callback(error, null);
        // Hosts that are addresses have been checked before.
        if (this.#mayLeadTo(socket.remoteAddress)) {
          return callback(null, socket);
        }
        socket.destroy();
        callback(
          new OutgoingError(
            "address",
            `${options.hostname} is not at a public address`,
          ),
          null,
        );
      });
    return { agent: new Agent({ connect, maxHeaderSize: 64 * 1024 }), request };
  }

  #response(
    url: URL,
    { statusCode, headers: raw, body }: Dispatcher.ResponseData,
    options: OutgoingRequest,
  ): OutgoingResponse {
    const headers = new Headers();
    for (const [name, value] of Object.entries(raw)) {
      for (const one of [value ?? []].flat()) headers.append(name, one);
    }
    const refuse = (reason: OutgoingFailure, message: string): never => {
      body.destroy();
      throw new OutgoingError(reason, `${url.host}: ${message}`);
    };
    const type = (headers.get("content-type") ?? "").toLowerCase();
    if (options.accept && statusCode < 300 && !options.accept.test(type)) {
      refuse("content_type", `unexpected type ${JSON.stringify(type)}`);
    }
    const encoding = headers.get("content-encoding") ?? "identity";
    if (encoding !== "identity" && options.method !== "HEAD") {
      refuse("content_type", `unexpected encoding ${JSON.stringify(encoding)}`);
    }
    const { maxBytes = MAX_BYTES, truncate = false } = options;
    const tooLarge = () =>
      refuse("too_large", `the answer is longer than ${maxBytes} bytes`);
    if (
      !truncate && options.method !== "HEAD" &&
      Number(headers.get("content-length") ?? 0) > maxBytes
    ) tooLarge();

    async function* chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      let left = maxBytes;
      try {
        for await (const chunk of body) {
          const bytes = new Uint8Array(chunk as Uint8Array);
          if (bytes.length > left) {
            if (!truncate) tooLarge();
            if (left > 0) yield bytes.subarray(0, left);
            return;
          }
          left -= bytes.length;
          yield bytes;
        }
      } catch (error) {
        throw outgoingError(error, url);
      } finally {
        body.destroy();
      }
    }
    const bytes = async () =>
      new Uint8Array(await new Blob(await Array.fromAsync(chunks())).bytes());
    const text = async () => new TextDecoder().decode(await bytes());
    return {
      status: statusCode,
      headers,
      url: url.href,
      chunks,
      bytes,
      text,
      json: async () => {
        try {
          return JSON.parse(await text());
        } catch (cause) {
          if (!(cause instanceof SyntaxError)) throw cause;
          throw new OutgoingError("network", `${url.host} sent no JSON`, {
            cause,
          });
        }
      },
      discard: () => {
        body.destroy();
      },
    };
  }
}

/** Names below `localhost` mean this machine everywhere, whether the system knows it or not (RFC 6761 §6.3). */
const lookup: Lookup = (host, options, callback) => {
  if (/\.localhost\.?$/i.test(host)) {
    callback(null, [{ address: "127.0.0.1", family: 4 }]);
  } else systemLookup(host, options, callback);
};

function outgoingError(error: unknown, url: URL): OutgoingError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof OutgoingError) return cause;
    const { name } = cause;
    const code = (cause as { code?: unknown }).code;
    if (
      name === "TimeoutError" || name === "AbortError" ||
      typeof code === "string" && /TIMEOUT|TIMEDOUT/.test(code)
    ) {
      return new OutgoingError("timeout", `${url.host} took too long`, {
        cause: error,
      });
    }
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new OutgoingError("network", `${url.host}: ${reason}`, {
    cause: error,
  });
}
