import type { Metadata, Sharp } from "sharp";
import { Gate } from "./gate.ts";
import {
  contentTypeOf,
  isVideo,
  type MediaFormat,
  type PictureFormat,
  sniff,
  SNIFFED_BYTES,
} from "./kinds.ts";
import {
  ANIMATION,
  AVIF,
  checkBounds,
  MAX_ANIMATION_PIXELS,
  MAX_FRAMES,
  MediaError,
  STILL,
} from "./limits.ts";
import { checkVideo } from "./video.ts";

/** What a file is, as its content tells. */
export interface Inspection {
  format: MediaFormat;
  content_type: string;
  /** As shown: orientation applied, one frame of an animation. */
  width: number;
  height: number;
  animated: boolean;
}

export interface Treatment {
  format: PictureFormat;
  /** Pixels of the square that the picture is fitted into; it is never enlarged. */
  maxSize?: number;
  /** Milliseconds of waiting and working. */
  timeout: number;
}

/** Loaders of libvips that may run; all others, SVG's first of all, stay shut. */
const LOADERS = [
  "VipsForeignLoadJpeg",
  "VipsForeignLoadPng",
  "VipsForeignLoadWebp",
  "VipsForeignLoadNsgif",
  "VipsForeignLoadHeif",
];

type SharpModule = (typeof import("sharp"))["default"];
let loading: Promise<SharpModule> | undefined;

/** Loaded with the first picture: a server that shows none does without its 20 MB. */
async function loadSharp(): Promise<SharpModule> {
  const { default: sharp } = await import("sharp");
  sharp.cache(false);
  // One thread a picture: how many are in work together is the gate's to say.
  sharp.concurrency(1);
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: LOADERS });
  return sharp;
}

function sharpModule(): Promise<SharpModule> {
  return loading ??= loadSharp();
}

/**
 * One picture at a time and worker is decoded. Those that wait hold nothing yet, and a single page
 * of new pictures brings dozens.
 */
const gate = new Gate(1, 300);

/**
 * Finds out what a file is and refuses what must not be decoded: unknown kinds, sizes beyond the
 * bounds, damaged heads. No picture data is decoded.
 * @throws MediaError
 */
export async function inspect(path: string): Promise<Inspection> {
  const format = sniff(await readHead(path));
  if (format === null) {
    throw new MediaError("the file is no picture or video of a known kind");
  }
  const content_type = contentTypeOf(format);
  if (isVideo(format)) {
    const size = await checkVideo(path, format);
    return { format, content_type, ...size, animated: true };
  }
  const metadata = await readMetadata(path);
  const { pages = 1, pageHeight } = metadata;
  const { width } = metadata.autoOrient;
  // Frames are read as one tall picture.
  const height = pages > 1 && pageHeight
    ? pageHeight
    : metadata.autoOrient.height;
  const animated = pages > 1 && (format === "gif" || format === "webp");
  if (animated) {
    checkBounds("an animation", width, height, ANIMATION);
    if (pages > MAX_FRAMES) {
      throw new MediaError(
        `an animation of ${pages} frames; at most ${MAX_FRAMES}`,
      );
    }
    if (width * height * pages > MAX_ANIMATION_PIXELS) {
      throw new MediaError(
        `an animation of ${pages} frames of ${width} × ${height}; at most ${MAX_ANIMATION_PIXELS} pixels together`,
      );
    }
  } else {
    const bounds = format === "avif" ? AVIF : STILL;
    checkBounds("a picture", width, height, bounds);
  }
  return { format, content_type, width, height, animated };
}

/**
 * Makes a clean copy of a picture: decoded and written anew, so that neither metadata nor anything
 * else that stood in the file comes along; turned upright, scaled down, in the wanted format.
 * Animations stay animated in the formats that can be.
 * @returns size of the copy, one frame of an animation
 * @throws MediaError for damaged data and when the time is over
 */
export async function makeCopy(
  from: string,
  to: string,
  source: Inspection,
  { format, maxSize, timeout }: Treatment,
): Promise<{ width: number; height: number }> {
  const start = performance.now();
  const sharp = await sharpModule();
  return await gate.pass(timeout, async () => {
    const left = Math.max(1000, timeout - (performance.now() - start));
    const animated = source.animated && (format === "gif" || format === "webp");
    let picture = sharp(from, {
      animated,
      limitInputPixels: animated ? MAX_ANIMATION_PIXELS : STILL.area,
      failOn: "error",
      sequentialRead: true,
    }).timeout({ seconds: Math.ceil(left / 1000) }).autoOrient();
    if (maxSize !== undefined) {
      picture = picture.resize({
        width: maxSize,
        height: maxSize,
        fit: "inside",
        withoutEnlargement: true,
      });
    }
    try {
      const made = await encoded(picture, format).toFile(to);
      return { width: made.width, height: made.pageHeight ?? made.height };
    } catch (cause) {
      throw damaged(cause);
    }
  });
}

/** Side of the picture that a blurhash is made of; it keeps no more than 4 × 3 colours anyhow. */
const BLURHASH_SIDE = 32;

/**
 * The colours of a picture in some thirty characters (blurha.sh), which readers may show until the
 * picture is there.
 * @throws MediaError as `makeCopy`
 */
export async function blurhashOf(
  path: string,
  timeout: number,
): Promise<string> {
  const [sharp, { encode }] = await Promise.all([
    sharpModule(),
    import("blurhash"),
  ]);
  return await gate.pass(timeout, async () => {
    try {
      const { data, info } = await sharp(path, {
        limitInputPixels: STILL.area,
        failOn: "error",
      }).timeout({ seconds: Math.ceil(timeout / 1000) })
        .resize(BLURHASH_SIDE, BLURHASH_SIDE, { fit: "inside" })
        .toColourspace("srgb").ensureAlpha().raw()
        .toBuffer({ resolveWithObject: true });
      const { width, height } = info;
      return encode(new Uint8ClampedArray(data), width, height, 4, 3);
    } catch (cause) {
      throw damaged(cause);
    }
  });
}

/** Efforts that suit a small machine; AVIF at its usual effort takes seconds a picture. */
function encoded(picture: Sharp, format: PictureFormat): Sharp {
  switch (format) {
    case "jpg":
      // What is transparent becomes white rather than black.
      return picture.flatten({ background: "#fff" }).jpeg({ quality: 85 });
    case "png":
      return picture.png();
    case "gif":
      return picture.gif({ effort: 3 });
    case "webp":
      return picture.webp({ quality: 82, effort: 2 });
    case "avif":
      return picture.avif({ quality: 60, effort: 1 });
  }
}

async function readMetadata(path: string): Promise<Metadata> {
  const sharp = await sharpModule();
  try {
    return await sharp(path, { limitInputPixels: false, animated: true })
      .metadata();
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause: unknown): MediaError {
  const reason = cause instanceof Error ? cause.message.split("\n")[0] : "";
  return new MediaError(
    /timeout/i.test(reason)
      ? "the picture took too long"
      : "the picture is damaged",
    { cause },
  );
}

async function readHead(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const head = new Uint8Array(SNIFFED_BYTES);
  let length = 0;
  while (length < head.length) {
    const count = await file.read(head.subarray(length));
    if (count === null) break;
    length += count;
  }
  return head.subarray(0, length);
}
