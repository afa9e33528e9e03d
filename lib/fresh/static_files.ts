import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { ASSET_CACHE_BUST_KEY, BUILD_ID } from "./build_id.ts";
import type { StaticFile } from "./build_cache.ts";
import { getBuildCache } from "./context.ts";
import type { Middleware } from "./types.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";

/**
 * A middleware that serves the build's static files. Addresses of the running
 * build (those of `asset()` and of browser modules) may be kept for a year,
 * others are to be checked by their `ETag`. Text is compressed.
 */
export function staticFiles<T>(): Middleware<T> {
  const bodies = new BodyCache();

  return async function freshServeStaticFiles(ctx) {
    const { req, url, config } = ctx;
    const pathname = filePathname(url.pathname, config.basePath);
    const file = pathname === null
      ? null
      : await getBuildCache(ctx).getFile(pathname);
    if (file === null) {
      // Browsers ask for it on every site; a page would be wasted on them.
      if (pathname === "/favicon.ico") {
        return new Response(null, { status: 404 });
      }
      return await ctx.next();
    }
    if (req.method !== "GET" && req.method !== "HEAD") {
      return new Response("Method Not Allowed", {
        status: 405,
        headers: { allow: "GET, HEAD" },
      });
    }

    const bustKey = url.searchParams.get(ASSET_CACHE_BUST_KEY);
    if (bustKey !== null && bustKey !== BUILD_ID) {
      const target = new URL(url);
      target.searchParams.delete(ASSET_CACHE_BUST_KEY);
      return new Response(null, {
        status: 307,
        headers: { location: target.pathname + target.search },
      });
    }

    const etag = `W/"${file.hash}"`;
    const immutable = config.mode === "production" &&
      (bustKey !== null || pathname!.startsWith(`/_fresh/js/${BUILD_ID}/`));
    const headers = new Headers({
      "content-type": file.contentType,
      "cache-control": immutable ? IMMUTABLE : "no-cache",
      etag,
    });
    const compressible = isCompressible(file);
    if (compressible) headers.set("vary", "Accept-Encoding");
    if (matchesEtag(req.headers.get("if-none-match"), etag)) {
      return new Response(null, { status: 304, headers });
    }

    const encoding = compressible
      ? chooseEncoding(req.headers.get("accept-encoding"))
      : null;
    if (encoding !== null) headers.set("content-encoding", encoding);
    const body = await bodies.get(file, encoding);
    headers.set("content-length", String(body.byteLength));
    return new Response(body, { headers });
  };
}

/** The table's name for a request path; null if it cannot be in the table. */
function filePathname(path: string, basePath: string): string | null {
  if (basePath !== "") {
    if (!path.startsWith(`${basePath}/`)) return null;
    path = path.slice(basePath.length);
  }
  if (path === "/") return null;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Weak comparison, as RFC 9110 (13.1.2) asks of `If-None-Match`. */
function matchesEtag(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  return header.trim() === "*" ||
    header.split(",").some((tag) => opaque(tag) === opaque(etag));
}

type Encoding = "br" | "gzip";

function isCompressible({ contentType, size }: StaticFile): boolean {
  return size > 256 &&
    /^text\/|javascript|json|xml|\/wasm|manifest/.test(contentType);
}

function chooseEncoding(accepted: string | null): Encoding | null {
  if (accepted === null) return null;
  const names = accepted.split(",")
    .filter((part) => !/;\s*q=0(?:\.0*)?\s*$/.test(part))
    .map((part) => part.split(";")[0].trim().toLowerCase());
  if (names.includes("br")) return "br";
  return names.includes("gzip") ? "gzip" : null;
}

/** Larger files are read for each request instead of being kept. */
const MAX_KEPT_SIZE = 512 * 1024;

const compressors = {
  br: (bytes: Uint8Array) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 10,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
      },
    }),
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 9 }),
};

type Bytes = Uint8Array<ArrayBuffer>;

/** Bodies by content and encoding; each is compressed once. */
class BodyCache {
  #bodies = new Map<string, Promise<Bytes>>();

  get(file: StaticFile, encoding: Encoding | null): Promise<Bytes> {
    if (encoding === null && file.size > MAX_KEPT_SIZE) return file.read();
    const key = `${file.hash} ${encoding}`;
    let body = this.#bodies.get(key);
    if (body === undefined) {
      body = this.#make(file, encoding);
      this.#bodies.set(key, body);
      // A failure must not be what every later request gets.
      body.catch(() => this.#bodies.delete(key));
    }
    return body;
  }

  async #make(file: StaticFile, encoding: Encoding | null): Promise<Bytes> {
    const bytes = await file.read();
    if (encoding === null) return bytes;
    return new Uint8Array(await compressors[encoding](bytes));
  }
}
