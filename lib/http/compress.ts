import { promisify } from "node:util";
import {
  brotliCompress,
  brotliCompressSync,
  constants,
  gzip,
  gzipSync,
  zstdCompress,
  zstdCompressSync,
} from "node:zlib";

export type Encoding = "br" | "gzip" | "zstd";
/** Whether a body is sent once, or kept and sent often. */
export type Use = "once" | "often";
type Bytes = Uint8Array<ArrayBuffer>;

/** Smaller bodies fit into one packet anyhow. */
export const MIN_COMPRESSED_BYTES = 1000;

const COMPRESSIBLE =
  /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?(?:json|xml)|application\/javascript|image\/svg)/;

/** Whether a body of this type shrinks. */
export function isCompressible(contentType: string | null): boolean {
  return contentType !== null && COMPRESSIBLE.test(contentType);
}

/** What is best to send once: zstd costs half of gzip, which costs a third of brotli. */
const FAST: readonly Encoding[] = ["zstd", "gzip", "br"];
/** What is best to keep and send often. */
const SMALL: readonly Encoding[] = ["br", "zstd", "gzip"];

/**
 * The encoding to use for a reader with this `Accept-Encoding` (RFC 9110 §12.5.3), or null for
 * none. Among those that the reader likes equally well the order is ours.
 */
export function chooseEncoding(
  accepted: string | null,
  use: Use,
): Encoding | null {
  if (accepted === null) return null;
  const qualities = new Map<string, number>();
  for (const part of accepted.toLowerCase().split(",")) {
    const [name, ...parameters] = part.split(";").map((text) => text.trim());
    const quality = parameters.find((text) => text.startsWith("q="));
    qualities.set(name, quality ? Number(quality.slice(2)) : 1);
  }
  let best: Encoding | null = null;
  let bestQuality = 0;
  for (const encoding of use === "once" ? FAST : SMALL) {
    const quality = qualities.get(encoding) ?? qualities.get("*") ?? 0;
    if (quality > bestQuality) {
      best = encoding;
      bestQuality = quality;
    }
  }
  return best;
}

/**
 * How hard each encoding tries. For what is sent once a page of 20 posts takes gzip 0.15 ms instead
 * of 0.29 and zstd 0.08 instead of 0.14, and grows by 9 and 6 %.
 */
const EFFORT = {
  once: { br: 3, gzip: 2, zstd: 1 },
  often: { br: 5, gzip: 4, zstd: 3 },
} satisfies Record<Use, Record<Encoding, number>>;

const compressors: Record<
  Encoding,
  (bytes: Bytes, level: number) => Promise<Uint8Array>
> = {
  br: (bytes, level) => promisify(brotliCompress)(bytes, brotli(level)),
  gzip: (bytes, level) => promisify(gzip)(bytes, { level }),
  zstd: (bytes, level) => promisify(zstdCompress)(bytes, zstd(level)),
};

const syncCompressors: Record<
  Encoding,
  (bytes: Bytes, level: number) => Uint8Array
> = {
  br: (bytes, level) => brotliCompressSync(bytes, brotli(level)),
  gzip: (bytes, level) => gzipSync(bytes, { level }),
  zstd: (bytes, level) => zstdCompressSync(bytes, zstd(level)),
};

function brotli(level: number) {
  return {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: level,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    },
  };
}

function zstd(level: number) {
  return { params: { [constants.ZSTD_c_compressionLevel]: level } };
}

/** Up to this size the streams around an asynchronous compressor cost more than they free. */
const SYNC_BYTES = 128 * 1024;

/** Compresses a whole body. */
export async function compress(
  bytes: Bytes,
  encoding: Encoding,
  use: Use,
): Promise<Bytes> {
  const level = EFFORT[use][encoding];
  const compressed = bytes.length <= SYNC_BYTES
    ? syncCompressors[encoding](bytes, level)
    : await compressors[encoding](bytes, level);
  return new Uint8Array(compressed);
}
