/** Pictures for tests, made as they are needed. */
import sharp from "sharp";

type Format = "jpeg" | "png" | "webp" | "gif" | "avif";

const ENDINGS: Record<Format, string> = {
  jpeg: "jpg",
  png: "png",
  webp: "webp",
  gif: "gif",
  avif: "avif",
};

/** A picture with some structure, as a file of a form. */
export async function picture(
  format: Format,
  width = 60,
  height = 40,
  color = "#3366cc",
): Promise<File> {
  const bytes = await sharp({
    create: { width, height, channels: 3, background: color },
  }).toFormat(format).toBuffer();
  return fileOf(bytes, `picture.${ENDINGS[format]}`);
}

/** An animation of differently coloured frames. */
export async function animation(
  format: "gif" | "webp",
  width = 60,
  height = 40,
  frames = 3,
): Promise<File> {
  const raw = new Uint8Array(width * height * frames * 3);
  for (let i = 0; i < raw.length; i++) {
    raw[i] = (Math.floor(i / (width * height * 3)) * 80 + i % 3 * 40) % 256;
  }
  const bytes = await sharp(raw, {
    raw: { width, height: height * frames, channels: 3, pageHeight: height },
  }).toFormat(format, { loop: 0 }).toBuffer();
  return fileOf(bytes, `animation.${format}`);
}

export function fileOf(bytes: Uint8Array, name: string): File {
  return new File([new Uint8Array(bytes)], name);
}

/** What a picture that was sent is. */
export async function describe(bytes: Uint8Array) {
  const { format, width, height, pages, exif, pageHeight, mediaType } =
    await sharp(
      bytes,
      { animated: true },
    ).metadata();
  return {
    format: mediaType?.slice(6) ?? format,
    width,
    height: pageHeight ?? height,
    pages: pages ?? 1,
    exif: exif !== undefined,
  };
}

const text = (value: string) => new TextEncoder().encode(value);

function box(type: string, ...content: Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 8);
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(0, length);
  bytes.set(text(type), 4);
  let at = 8;
  for (const part of content) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** An mp4 container of one video track without frames. */
export function mp4(width = 320, height = 240): Uint8Array {
  const header = new Uint8Array(84);
  const view = new DataView(header.buffer);
  view.setUint32(76, width << 16);
  view.setUint32(80, height << 16);
  return concat(
    box("ftyp", text("isom"), new Uint8Array(4), text("isommp41")),
    box("moov", box("trak", box("tkhd", header))),
    box("mdat", new Uint8Array(100)),
  );
}

function element(id: number[], ...content: Uint8Array[]): Uint8Array {
  const body = concat(...content);
  // A length of four bytes.
  const size = [
    0x10 | body.length >>> 24,
    body.length >>> 16,
    body.length >>> 8,
    body.length,
  ].map((byte) => byte & 0xff);
  return concat(new Uint8Array([...id, ...size]), body);
}

/** A webm container of one video track without frames. */
export function webm(width = 320, height = 240, type = "webm"): Uint8Array {
  const number = (value: number) => new Uint8Array([value >> 8, value & 0xff]);
  return concat(
    element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], text(type))),
    element(
      [0x18, 0x53, 0x80, 0x67],
      element(
        [0x16, 0x54, 0xae, 0x6b],
        element(
          [0xae],
          element(
            [0xe0],
            element([0xb0], number(width)),
            element([0xba], number(height)),
          ),
        ),
      ),
      element([0x1f, 0x43, 0xb6, 0x75], new Uint8Array(50)),
    ),
  );
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
