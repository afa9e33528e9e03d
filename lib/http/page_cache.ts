import { chooseLanguage } from "../i18n/mod.ts";
import { addVary } from "./cache_headers.ts";
import {
  chooseEncoding,
  compress,
  type Encoding,
  isCompressible,
  MIN_COMPRESSED_BYTES,
} from "./compress.ts";
import { cookieValue, FLASH_COOKIE, SESSION_COOKIE } from "./cookies.ts";
import {
  acceptKind,
  isAssetPath,
  isImagePath,
  isRead,
} from "./request_kind.ts";
import type { Shared } from "./shared.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Renders an answer anew. `background` means that nobody waits for it: the reader has been served
 * what was kept.
 */
type Render = (req: Request, background: boolean) => Promise<Response>;

/** What the cache has for a reader. */
export interface Found {
  response: Response;
  /** Whether it is a shared answer, complete with encoding and length. */
  shared: boolean;
}

interface Entry {
  status: number;
  headers: [string, string][];
  /** By encoding; each is made when it is first asked for. */
  bodies: Map<Encoding | null, Bytes>;
  compressible: boolean;
  bytes: number;
  madeAt: number;
  /** Version of the content that it shows at least. */
  version: number;
  /** False once it has been replaced or dropped. */
  kept: boolean;
}

/** A rendering under way. */
interface Flight {
  version: number;
  made: Promise<Entry | Response>;
}

/** Milliseconds in which an entry is served, and in which it still is while it is made anew. */
const FRESH_MS = 1000;
const STALE_MS = 2000;
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_ENTRY_BYTES = 1024 * 1024;
/** What an entry takes beside its bodies: key, headers, objects. */
const ENTRY_OVERHEAD_BYTES = 2000;
/** Cookies of visitors are part of the key; longer ones are not worth it. */
const MAX_COOKIE = 500;
const MAX_URL = 1000;
/**
 * Changes a second above which answers may be as old as their second allows. Below, a change is
 * seen by the very next reader.
 */
const BUSY_CHANGES = 200;

/** Headers that belong to one reader and are added to each answer anew. */
const PERSONAL = /^(?:access-control-|x-ratelimit-|x-request-id$|date$)/;

/**
 * Answers for readers who are not signed in, kept for a second or two. Of one address there is
 * one rendering at a time, which all who wait share. Only whole successes that any cache might
 * keep are kept: nothing that sets a cookie, nothing marked private.
 */
export class PageCache {
  #entries = new Map<string, Entry>();
  #flights = new Map<string, Flight>();
  #bytes = 0;
  #shared: Shared;
  #languages = new Map<string, string>();
  #tick = { at: 0, version: 0 };
  #busy = false;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** The key of a request whose answer may be shared, else null. */
  keyOf(req: Request, path: string): string | null {
    const { headers, url } = req;
    if (
      !isRead(req) || url.length > MAX_URL || path === "/live" ||
      isAssetPath(path) || isImagePath(path) || headers.has("authorization") ||
      headers.has("range")
    ) return null;
    const cookie = headers.get("cookie");
    if (cookie !== null) {
      if (
        cookie.length > MAX_COOKIE ||
        cookieValue(cookie, SESSION_COOKIE) !== null ||
        cookieValue(cookie, FLASH_COOKIE) !== null
      ) return null;
    }
    const address = url.slice(url.indexOf("/", 8));
    const language = this.#languageOf(headers.get("accept-language"));
    const kind = acceptKind(headers.get("accept"));
    return `${address}\n${language}\n${kind}\n${cookie ?? ""}`;
  }

  /**
   * An answer for the key; null if answers to it cannot be shared and the reader must get an own
   * one. The reader who had it rendered gets it in any case.
   */
  async get(key: string, req: Request, render: Render): Promise<Found | null> {
    const now = performance.now();
    const version = this.#shared.contentVersion;
    this.#measure(now, version);
    const accepted = req.headers.get("accept-encoding");
    const entry = this.#entries.get(key);
    if (entry) {
      const age = now - entry.madeAt;
      const current = entry.version === version || this.#busy;
      if (current && age < STALE_MS) {
        if (age >= FRESH_MS && !this.#flights.has(key)) {
          // Its errors are logged where they arise; the next reader tries again.
          this.#start(key, version, req, render, true).catch(() => {});
        }
        return await this.#respond(entry, accepted);
      }
    }
    for (;;) {
      const flight = this.#flights.get(key);
      if (!flight) {
        const made = await this.#start(key, version, req, render, false);
        return made instanceof Response
          ? { response: made, shared: false }
          : await this.#respond(made, accepted);
      }
      const made = await flight.made;
      if (made instanceof Response) return null;
      // One that began before the latest change may lack it.
      if (flight.version >= version) return await this.#respond(made, accepted);
    }
  }

  #start(
    key: string,
    version: number,
    req: Request,
    render: Render,
    background: boolean,
  ): Promise<Entry | Response> {
    // The reader's own request may end before the rendering does.
    const copy = new Request(req.url, { headers: new Headers(req.headers) });
    const made = this.#make(copy, render, version, background).then((made) => {
      if (!(made instanceof Response)) this.#keep(key, made);
      return made;
    }).finally(() => this.#flights.delete(key));
    this.#flights.set(key, { version, made });
    return made;
  }

  async #make(
    req: Request,
    render: Render,
    version: number,
    background: boolean,
  ): Promise<Entry | Response> {
    const response = await render(req, background);
    const { status, headers } = response;
    const control = headers.get("cache-control") ?? "";
    const length = Number(headers.get("content-length") ?? 0);
    if (
      status !== 200 || headers.has("set-cookie") ||
      headers.has("content-encoding") || !/\bpublic\b/.test(control) ||
      !isCompressible(headers.get("content-type")) || length > MAX_ENTRY_BYTES
    ) return response;
    const body = new Uint8Array(await response.arrayBuffer());
    if (body.byteLength > MAX_ENTRY_BYTES) {
      return new Response(body, { status, headers });
    }
    addVary(headers, ["Accept-Encoding"]);
    return {
      status,
      // An answer that is for every origin says so to every reader.
      headers: [...headers].filter(([name, value]) =>
        !PERSONAL.test(name) ||
        name === "access-control-allow-origin" && value === "*"
      ),
      bodies: new Map([[null, body]]),
      compressible: body.byteLength >= MIN_COMPRESSED_BYTES,
      bytes: body.byteLength + ENTRY_OVERHEAD_BYTES,
      madeAt: performance.now(),
      version,
      kept: false,
    };
  }

  async #respond(entry: Entry, accepted: string | null): Promise<Found> {
    const encoding = entry.compressible
      ? chooseEncoding(accepted, "often")
      : null;
    let body = entry.bodies.get(encoding);
    if (body === undefined) {
      body = await compress(entry.bodies.get(null)!, encoding!, "often");
      if (!entry.bodies.has(encoding)) {
        entry.bodies.set(encoding, body);
        entry.bytes += body.byteLength;
        if (entry.kept) this.#bytes += body.byteLength;
      }
    }
    const headers = new Headers(entry.headers);
    if (encoding !== null) headers.set("content-encoding", encoding);
    headers.set("content-length", String(body.byteLength));
    const response = new Response(body, { status: entry.status, headers });
    return { response, shared: true };
  }

  #keep(key: string, entry: Entry): void {
    this.#drop(key);
    this.#entries.set(key, entry);
    entry.kept = true;
    this.#bytes += entry.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MAX_BYTES) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    entry.kept = false;
    this.#bytes -= entry.bytes;
    this.#entries.delete(key);
  }

  #measure(now: number, version: number): void {
    const elapsed = now - this.#tick.at;
    if (elapsed < FRESH_MS) return;
    const changes = (version - this.#tick.version) | 0;
    this.#busy = changes * 1000 / elapsed > BUSY_CHANGES;
    this.#tick = { at: now, version };
  }

  #languageOf(acceptLanguage: string | null): string {
    const header = acceptLanguage ?? "";
    let language = this.#languages.get(header);
    if (language === undefined) {
      language = chooseLanguage({ acceptLanguage: header });
      if (this.#languages.size >= 500) this.#languages.clear();
      this.#languages.set(header, language);
    }
    return language;
  }
}
