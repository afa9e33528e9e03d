/** What the store takes (moderation-and-operations §6.1). */
export const MAX_FILE_BYTES = 40 * 1024 * 1024;
export const MAX_FILES = 10;
/** For all files of a request together. */
export const MAX_REQUEST_BYTES = 100 * 1024 * 1024;

/** Largest sizes, in pixels, by what a file is. */
interface Bounds {
  edge: number;
  area: number;
}

export const STILL: Bounds = { edge: 10_000, area: 40_000_000 };
/** Its decoder needs 17 bytes a pixel, all at once. */
export const AVIF: Bounds = { edge: 10_000, area: 16_000_000 };
export const ANIMATION: Bounds = { edge: 1920, area: 2_073_600 };
export const VIDEO: Bounds = { edge: 3840, area: 8_294_400 };
export const MAX_FRAMES = 900;
/**
 * Pixels of all frames of an animation together. Frames are decoded into one tall picture, so this
 * is what bounds the memory: 4 bytes each.
 */
export const MAX_ANIMATION_PIXELS = 60_000_000;

/** Why a file is refused; the text goes to whoever sent it. */
export class MediaError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "MediaError";
  }
}

/** @throws MediaError for a size beyond the bounds */
export function checkBounds(
  what: string,
  width: number,
  height: number,
  { edge, area }: Bounds,
): void {
  if (width < 1 || height < 1) throw new MediaError(`${what} without a size`);
  if (width > edge || height > edge) {
    throw new MediaError(
      `${what} of ${width} × ${height} pixels; at most ${edge} a side`,
    );
  }
  if (width * height > area) {
    throw new MediaError(
      `${what} of ${width} × ${height} pixels; at most ${area} in all`,
    );
  }
}
