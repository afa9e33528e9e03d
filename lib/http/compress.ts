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
  use: "once" | "often",
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

const BROTLI = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 5,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  },
};

/** Level of gzip: a third quicker than the usual 6, and hardly larger. */
const GZIP = { level: 4 };

const compressors: Record<Encoding, (bytes: Bytes) => Promise<Uint8Array>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, BROTLI),
  gzip: (bytes) => promisify(gzip)(bytes, GZIP),
  zstd: (bytes) => promisify(zstdCompress)(bytes),
};

const syncCompressors: Record<Encoding, (bytes: Bytes) => Uint8Array> = {
  br: (bytes) => brotliCompressSync(bytes, BROTLI),
  gzip: (bytes) => gzipSync(bytes, GZIP),
  zstd: (bytes) => zstdCompressSync(bytes),
};

/** Up to this size the streams around an asynchronous compressor cost more than they free. */
const SYNC_BYTES = 128 * 1024;

/** Compresses a whole body. */
export async function compress(
  bytes: Bytes,
  encoding: Encoding,
): Promise<Bytes> {
  const compressed = bytes.length <= SYNC_BYTES
    ? syncCompressors[encoding](bytes)
    : await compressors[encoding](bytes);
  return new Uint8Array(compressed);
}
