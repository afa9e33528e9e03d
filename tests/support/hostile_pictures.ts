/** Files that mean no good, as uploads might bring them. */
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { animation, concat, mp4, picture, webm } from "./pictures.ts";

/** Stands in everything that a copy must not carry along. */
export const PAYLOAD = "<script>payload-7f3a</script>";

const text = (value: string) => new TextEncoder().encode(value);
const bytesOf = async (file: File) => new Uint8Array(await file.arrayBuffer());

const CRC = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ n >>> 1 : n >>> 1;
  return n;
});

function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = concat(text(type), data);
  let crc = ~0;
  for (const byte of body) crc = CRC[(crc ^ byte) & 255] ^ crc >>> 8;
  const length = new Uint8Array(4);
  const check = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, data.length);
  new DataView(check.buffer).setUint32(0, ~crc >>> 0);
  return concat(length, body, check);
}

const PNG_SIGNATURE = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);

/** A PNG of one colour: a few kilobytes for any size. */
function flatPng(
  width: number,
  height: number,
  extra: Uint8Array[] = [],
  rows = height,
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  const row = width + 1;
  return concat(
    PNG_SIGNATURE,
    pngChunk("IHDR", header),
    ...extra,
    pngChunk("IDAT", deflateSync(new Uint8Array(row * rows))),
    pngChunk("IEND", new Uint8Array()),
  );
}

/** A GIF whose head claims a size and that repeats one pixel as its frames. */
function gif(width: number, height: number, frames: number): Uint8Array {
  const size = [width & 255, width >> 8, height & 255, height >> 8];
  const frame = new Uint8Array([
    ...[0x21, 0xf9, 4, 0, 1, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0],
    ...[2, 2, 0x44, 1, 0],
  ]);
  return concat(
    text("GIF89a"),
    new Uint8Array([...size, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
    ...Array(frames).fill(frame),
    new Uint8Array([0x3b]),
  );
}

/** Replaces the first occurrence of a sequence and what follows it. */
function patched(
  bytes: Uint8Array,
  mark: Uint8Array,
  offset: number,
  values: number[],
): Uint8Array {
  const copy = new Uint8Array(bytes);
  for (let at = 0; at < copy.length - mark.length; at++) {
    if (mark.every((byte, i) => copy[at + i] === byte)) {
      copy.set(values, at + offset);
      return copy;
    }
  }
  throw new Error("the mark is not there");
}

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    yield state;
  }
}

export interface HostileFile {
  name: string;
  bytes: Uint8Array;
  /** `refuse` must be refused, `clean` must come out without the payload, `either` must do no harm. */
  expect: "refuse" | "clean" | "either" | "accept";
}

/** Makes all of them, good ones first. */
export async function hostileFiles(): Promise<HostileFile[]> {
  const files: HostileFile[] = [];
  const add = (
    expect: HostileFile["expect"],
    name: string,
    bytes: Uint8Array,
  ) => files.push({ name, bytes, expect });

  const good: Record<string, Uint8Array> = {
    jpg: await bytesOf(await picture("jpeg", 300, 200)),
    png: await bytesOf(await picture("png", 300, 200)),
    webp: await bytesOf(await picture("webp", 300, 200)),
    gif: await bytesOf(await animation("gif", 60, 40, 4)),
    avif: await bytesOf(await picture("avif", 300, 200)),
  };
  for (const [ending, bytes] of Object.entries(good)) {
    add("accept", `good.${ending}`, bytes);
    for (let part = 1; part < 10; part++) {
      // The last pixels may be missing so that nobody can tell.
      const cut = bytes.slice(0, Math.floor(bytes.length * part / 10));
      add(
        ending === "gif" || ending === "avif" ? "either" : "refuse",
        `truncated-${part}.${ending}`,
        cut,
      );
    }
    const random = numbers(ending.charCodeAt(0));
    for (let n = 0; n < 25; n++) {
      const broken = new Uint8Array(bytes);
      for (let flips = 0; flips < 1 + n; flips++) {
        broken[random.next().value % broken.length] = random.next().value & 255;
      }
      add("either", `broken-${n}.${ending}`, broken);
    }
    add("clean", `appended.${ending}`, concat(bytes, text(PAYLOAD)));
  }
  add("accept", "good.mp4", mp4());
  add("accept", "good.webm", webm());

  // Bombs: small files of endless pictures.
  add("refuse", "bomb-huge.png", flatPng(60_000, 60_000, [], 10));
  add("refuse", "bomb-area.png", flatPng(9_000, 9_000));
  add("refuse", "bomb-wide.png", flatPng(40_000, 100));
  add("accept", "large.png", flatPng(8_000, 5_000));
  // As large as is taken, in the ways that need the whole picture at once.
  const flat = sharp({
    create: { width: 8000, height: 5000, channels: 3, background: "#808080" },
  });
  add(
    "accept",
    "large.webp",
    await flat.clone().webp({ effort: 0 }).toBuffer(),
  );
  add(
    "accept",
    "large-turned.jpg",
    await flat.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  );
  add(
    "accept",
    "large-progressive.jpg",
    await flat.clone().jpeg({ progressive: true }).toBuffer(),
  );
  add(
    "accept",
    "large-interlaced.png",
    await flat.clone().png({ progressive: true, compressionLevel: 1 })
      .toBuffer(),
  );
  add(
    "accept",
    "large.avif",
    await flat.clone().resize(4000, 4000).avif({ effort: 0 }).toBuffer(),
  );
  add(
    "refuse",
    "too-large.avif",
    await flat.clone().resize(4100, 4000).avif({ effort: 0 }).toBuffer(),
  );
  const sof = [0xff, 0xff, 0xff, 0xff];
  add(
    "refuse",
    "bomb.jpg",
    patched(good.jpg, new Uint8Array([0xff, 0xc0]), 5, sof),
  );
  add("refuse", "bomb-frames.gif", gif(10, 10, 20_000));
  // The decoder goes by the frames, which are small.
  add("either", "bomb-canvas.gif", gif(65_535, 65_535, 2));
  add("refuse", "bomb-pixels.gif", gif(1900, 1000, 800));
  add("accept", "many-frames.gif", gif(100, 100, 800));
  add("accept", "long.gif", gif(800, 500, 140));
  add(
    "refuse",
    "bomb.avif",
    patched(good.avif, text("ispe"), 8, [0, 1, 0, 0, 0, 1, 0, 0]),
  );
  const animated = await bytesOf(await animation("webp", 60, 40, 3));
  add(
    "refuse",
    "bomb.webp",
    patched(animated, text("VP8X"), 12, [255, 63, 0, 255, 63, 0]),
  );
  // 100 MB of nothing in a remark, and in a colour profile.
  const nothing = deflateSync(new Uint8Array(100_000_000), { level: 9 });
  add(
    "either",
    "bomb-text.png",
    flatPng(10, 10, [
      pngChunk("zTXt", concat(text("Comment\0\0"), nothing)),
    ]),
  );
  add(
    "either",
    "bomb-profile.png",
    flatPng(10, 10, [pngChunk("iCCP", concat(text("icc\0\0"), nothing))]),
  );

  // Polyglots: a picture, and something else as well.
  add(
    "clean",
    "polyglot-comment.jpg",
    concat(
      good.jpg.slice(0, 2),
      new Uint8Array([0xff, 0xfe, 0, PAYLOAD.length + 2]),
      text(PAYLOAD),
      good.jpg.slice(2),
    ),
  );
  add(
    "clean",
    "polyglot-text.png",
    flatPng(10, 10, [pngChunk("tEXt", text(`Comment\0${PAYLOAD}`))]),
  );
  add(
    "clean",
    "polyglot-exif.webp",
    await sharp(good.webp).withExif({ IFD0: { Copyright: PAYLOAD } }).webp()
      .toBuffer(),
  );
  add(
    "clean",
    "polyglot-zip.gif",
    concat(good.gif, text(`PK\x03\x04${PAYLOAD}PK\x05\x06`)),
  );
  add("refuse", "polyglot.mp4", concat(mp4(), text(PAYLOAD)));
  add("refuse", "polyglot.webm", concat(webm(), text(PAYLOAD)));
  add("refuse", "front.png", concat(text(PAYLOAD), good.png));

  // Not what their names say.
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">${PAYLOAD}</svg>`;
  for (
    const [name, content] of [
      ["svg.png", svg],
      ["svg.svg", svg],
      ["svg-xml.jpg", `<?xml version="1.0"?>${svg}`],
      ["html.jpg", `<!doctype html>${PAYLOAD}`],
      ["script.gif", "GIF8=1;alert(1)"],
      ["pdf.png", "%PDF-1.7\n"],
      ["tiff.jpg", "II*\0\x08\0\0\0\0\0"],
      ["bmp.png", "BM\x46\0\0\0"],
      ["photoshop.png", "8BPS\0\x01"],
      ["icon.png", "\0\0\x01\0"],
      ["heic.avif", "\0\0\0\x18ftypheic\0\0\0\0mif1heic"],
      ["quicktime.mp4", "\0\0\0\x14ftypqt  \0\0\0\0qt  "],
      ["empty.png", ""],
      ["signature.png", "\x89PNG\r\n\x1a\n"],
      ["signature.webp", "RIFF\xff\xff\xff\xffWEBP"],
      ["vips.png", "\xb6\xa6\xf2\x08"],
      ["shell.png", "#!/bin/sh\nrm -rf /\n"],
    ]
  ) {
    add(
      "refuse",
      name,
      Uint8Array.from(content, (character) => character.charCodeAt(0)),
    );
  }
  // Videos out of shape.
  add("refuse", "large.mp4", mp4(8000, 4000));
  add("refuse", "large.webm", webm(8000, 4000));
  add("refuse", "no-size.mp4", mp4(0, 0));
  add("refuse", "matroska.webm", webm(320, 240, "matroska"));
  for (let part = 1; part < 10; part++) {
    for (const [ending, bytes] of [["mp4", mp4()], ["webm", webm()]] as const) {
      const length = Math.floor(bytes.length * part / 10);
      add("refuse", `truncated-${part}.${ending}`, bytes.slice(0, length));
    }
  }
  const random = numbers(42);
  for (let n = 0; n < 100; n++) {
    const noise = Uint8Array.from(
      { length: 2000 },
      () => random.next().value >>> 16 & 255,
    );
    const heads = [...Object.values(good), mp4(), webm()];
    const head = heads[n % heads.length];
    noise.set(head.slice(0, 16 + n % 24));
    add("refuse", `noise-${n}.bin`, noise);
  }
  return files;
}
