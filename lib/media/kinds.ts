/** Formats that the image store takes, by the ending of their stored files. */
export type MediaFormat =
  | "jpg"
  | "png"
  | "gif"
  | "webp"
  | "avif"
  | "mp4"
  | "webm";

/** Formats that pictures are converted to. */
export type PictureFormat = Exclude<MediaFormat, "mp4" | "webm">;

const TYPES: Record<MediaFormat, string> = {
  jpg: "image/jpeg",
  png: "image/png",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  mp4: "video/mp4",
  webm: "video/webm",
};

/** Media type of a format. */
export function contentTypeOf(format: MediaFormat): string {
  return TYPES[format];
}

/** The format that a stored media type stands for. */
export function formatOf(contentType: string): MediaFormat | null {
  const found = Object.entries(TYPES).find(([, type]) => type === contentType);
  return found ? found[0] as MediaFormat : null;
}

export function isVideo(format: MediaFormat): format is "mp4" | "webm" {
  return format === "mp4" || format === "webm";
}

/** Bytes that `sniff` wants to see. */
export const SNIFFED_BYTES = 64;

/** Brands of ISO files that are AVIF, and those that are video. */
const AVIF_BRANDS = new Set(["avif", "avis"]);
const MP4_BRANDS =
  /^(?:isom|iso[2-9]|mp4[12]|avc1|M4V |M4VP|MSNV|dash|f4v |mmp4)$/;

/**
 * What a file is by its first bytes, whatever its name or sender says; null for what is not
 * stored, SVG first of all.
 */
export function sniff(head: Uint8Array): MediaFormat | null {
  const text = String.fromCharCode(...head.subarray(0, SNIFFED_BYTES));
  if (text.startsWith("\xff\xd8\xff")) return "jpg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "gif";
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "webp";
  if (text.startsWith("\x1a\x45\xdf\xa3")) return "webm";
  if (text.slice(4, 8) !== "ftyp") return null;
  const brand = text.slice(8, 12);
  if (MP4_BRANDS.test(brand)) return "mp4";
  const length = head.length < 4
    ? 0
    : new DataView(head.buffer, head.byteOffset).getUint32(0);
  // The compatible brands stand behind the main one and its version.
  for (let at = 8; at + 4 <= Math.min(length, text.length); at += 4) {
    if (AVIF_BRANDS.has(text.slice(at, at + 4))) return "avif";
  }
  return null;
}

const ENDINGS: Record<string, PictureFormat> = {
  // What cannot be made here is made as the nearest that can.
  apng: "webp",
  jxl: "webp",
  avif: "avif",
  gif: "gif",
  jpg: "jpg",
  png: "png",
  webp: "webp",
};

/**
 * Format that a request for a converted picture means (moderation-and-operations §6.5): the named
 * one, or that of the file's ending; everything else, `jpeg` too, is jpg.
 */
export function wantedFormat(
  fileType: string | undefined,
  name: string,
): PictureFormat {
  const wanted = fileType ?? name.slice(name.lastIndexOf(".") + 1);
  return ENDINGS[wanted.toLowerCase()] ?? "jpg";
}
