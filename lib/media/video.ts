import { checkBounds, MediaError, VIDEO } from "./limits.ts";

/** Size of the picture of a video. */
export interface VideoSize {
  width: number;
  height: number;
}

/** Bytes of a box or element that is read into memory; indexes of long videos are megabytes. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
/** Boxes or elements that are looked at on one level. */
const MAX_PARTS = 10_000;

/** A file that is read at places. */
class Reader {
  constructor(readonly file: Deno.FsFile, readonly length: number) {}

  /** @throws MediaError when the file ends before */
  async read(at: number, length: number): Promise<DataView> {
    if (at + length > this.length) throw truncated();
    await this.file.seek(at, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = await this.file.read(bytes.subarray(done));
      if (count === null) throw truncated();
      done += count;
    }
    return new DataView(bytes.buffer);
  }
}

function truncated(): MediaError {
  return new MediaError("the video is cut off");
}

/**
 * Checks the container of a video: its parts fill the file from the first byte to the last, so
 * that nothing else hides in it, and its index names a picture of a fitting size. The streams
 * themselves are not decoded.
 * @throws MediaError
 */
export async function checkVideo(
  path: string,
  format: "mp4" | "webm",
): Promise<VideoSize> {
  using file = await Deno.open(path);
  const { size } = await file.stat();
  const reader = new Reader(file, size);
  const found = format === "mp4"
    ? await checkMp4(reader)
    : await checkWebm(reader);
  checkBounds("a video", found.width, found.height, VIDEO);
  return found;
}

/** Boxes that stand at the top of an ISO file (ISO/IEC 14496-12). */
const TOP_BOXES = new Set([
  "ftyp",
  "styp",
  "moov",
  "moof",
  "mdat",
  "free",
  "skip",
  "sidx",
  "mfra",
  "uuid",
  "meta",
  "emsg",
  "wide",
  "prft",
  "pdin",
]);

async function checkMp4(reader: Reader): Promise<VideoSize> {
  let size: VideoSize | null = null;
  let media = false;
  let at = 0;
  for (let count = 0; at < reader.length; count++) {
    if (count > MAX_PARTS) throw new MediaError("a video of too many parts");
    const head = await reader.read(at, 8);
    const type = fourCharacters(head, 4);
    let length = head.getUint32(0);
    let body = 8;
    if (length === 1) {
      length = Number((await reader.read(at + 8, 8)).getBigUint64(0));
      body = 16;
    } else if (length === 0) length = reader.length - at;
    if (!TOP_BOXES.has(type) || (at === 0 && type !== "ftyp")) {
      throw new MediaError("the file is no plain mp4 video");
    }
    if (length < body || at + length > reader.length) throw truncated();
    if (type === "mdat") media = true;
    if (type === "moov" && size === null) {
      if (length > MAX_INDEX_BYTES) {
        throw new MediaError("the index of the video is too long");
      }
      size = mp4Size(await reader.read(at + body, length - body), 0, 0);
    }
    at += length;
  }
  if (!media) throw new MediaError("a video without content");
  if (!size) throw new MediaError("a video without a picture");
  return size;
}

const CONTAINERS = new Set(["trak", "mdia"]);

/** The largest track's size: `tkhd` boxes end with width and height, 16.16 fixed point. */
function mp4Size(view: DataView, from: number, depth: number): VideoSize {
  let best = { width: 0, height: 0 };
  let at = from;
  for (let count = 0; at + 8 <= view.byteLength; count++) {
    const length = view.getUint32(at);
    if (length < 8 || at + length > view.byteLength || count > MAX_PARTS) {
      throw new MediaError("the index of the video is damaged");
    }
    const type = fourCharacters(view, at + 4);
    let found: VideoSize | null = null;
    if (type === "tkhd" && length >= 84) {
      found = {
        width: view.getUint32(at + length - 8) >>> 16,
        height: view.getUint32(at + length - 4) >>> 16,
      };
    } else if (CONTAINERS.has(type) && depth < 4) {
      found = mp4Size(
        new DataView(view.buffer, view.byteOffset + at + 8, length - 8),
        0,
        depth + 1,
      );
    }
    if (found && found.width * found.height > best.width * best.height) {
      best = found;
    }
    at += length;
  }
  return best;
}

function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(
    ...new Uint8Array(view.buffer, view.byteOffset + at, 4),
  );
}

/** Elements of a Matroska file (RFC 9559) that lead to the size of the picture. */
const EBML = 0x1a45dfa3;
const DOC_TYPE = 0x4282;
const SEGMENT = 0x18538067;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const VIDEO_SETTINGS = 0xe0;
const PIXEL_WIDTH = 0xb0;
const PIXEL_HEIGHT = 0xba;
const CLUSTER = 0x1f43b675;
/** Void and CRC-32, the only others that may stand beside a segment. */
const FILLERS = new Set([0xec, 0xbf]);

interface Element {
  id: number;
  /** Where its content begins. */
  start: number;
  /** Content length; null if unknown, as in live recordings. */
  length: number | null;
}

async function checkWebm(reader: Reader): Promise<VideoSize> {
  const header = await readElement(reader, 0);
  if (header.id !== EBML || header.length === null || header.length > 4096) {
    throw new MediaError("the file is no webm video");
  }
  const head = await reader.read(header.start, header.length);
  const type = elementsOf(head).find(({ id }) => id === DOC_TYPE);
  const name = type && new TextDecoder().decode(
    new Uint8Array(head.buffer, type.start, type.length ?? 0),
  ).replace(/\0+$/, "");
  if (name !== "webm") throw new MediaError("the file is no webm video");
  let at = header.start + header.length;
  let size: VideoSize | null = null;
  while (at < reader.length) {
    const element = await readElement(reader, at);
    const end = element.length === null
      ? reader.length
      : element.start + element.length;
    if (end > reader.length) throw truncated();
    if (element.id === SEGMENT && size === null) {
      size = await segmentSize(reader, element.start, end);
    } else if (!FILLERS.has(element.id)) {
      throw new MediaError("the file holds more than a webm video");
    }
    at = end;
  }
  if (!size) throw new MediaError("a video without a picture");
  return size;
}

async function segmentSize(
  reader: Reader,
  from: number,
  end: number,
): Promise<VideoSize> {
  let size: VideoSize | null = null;
  let media = false;
  let at = from;
  for (let count = 0; at < end; count++) {
    if (count > MAX_PARTS) throw new MediaError("a video of too many parts");
    const { id, start, length } = await readElement(reader, at);
    if (id === CLUSTER) media = true;
    if (id === TRACKS && length !== null && length <= MAX_INDEX_BYTES) {
      size = tracksSize(await reader.read(start, length));
    }
    // A cluster of unknown length ends where the next one begins, or the file.
    if (length === null) break;
    if (start + length > end) throw truncated();
    at = start + length;
  }
  if (!media) throw new MediaError("a video without content");
  if (!size) throw new MediaError("a video without a picture");
  return size;
}

function tracksSize(view: DataView): VideoSize {
  let best = { width: 0, height: 0 };
  const inner = (outer: DataView, id: number) =>
    elementsOf(outer).filter((element) => element.id === id).map((element) =>
      new DataView(
        outer.buffer,
        outer.byteOffset + element.start,
        element.length ?? 0,
      )
    );
  for (const track of inner(view, TRACK_ENTRY)) {
    for (const video of inner(track, VIDEO_SETTINGS)) {
      const number = (id: number) =>
        inner(video, id).map((value) => {
          let result = 0;
          for (let i = 0; i < Math.min(value.byteLength, 4); i++) {
            result = result * 256 + value.getUint8(i);
          }
          return result;
        })[0] ?? 0;
      const found = {
        width: number(PIXEL_WIDTH),
        height: number(PIXEL_HEIGHT),
      };
      if (found.width * found.height > best.width * best.height) best = found;
    }
  }
  return best;
}

/** An element's head: id and length are numbers of variable length (RFC 8794 §4). */
async function readElement(reader: Reader, at: number): Promise<Element> {
  const length = Math.min(12, reader.length - at);
  const [element] = parseElement(await reader.read(at, length), 0);
  return { ...element, start: at + element.start };
}

function elementsOf(view: DataView): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < view.byteLength;) {
    const [element, end] = parseElement(view, at);
    if (element.length === null || end > view.byteLength) {
      throw new MediaError("the index of the video is damaged");
    }
    elements.push(element);
    if (elements.length > MAX_PARTS) {
      throw new MediaError("a video of too many parts");
    }
    at = end;
  }
  return elements;
}

function parseElement(view: DataView, at: number): [Element, number] {
  const idLength = Math.clz32(byteAt(view, at)) - 23;
  if (idLength > 4) throw new MediaError("the video is damaged");
  let id = 0;
  for (let i = 0; i < idLength; i++) id = id * 256 + byteAt(view, at + i);
  const sizeAt = at + idLength;
  const sizeLength = Math.clz32(byteAt(view, sizeAt)) - 23;
  if (sizeLength > 8) throw new MediaError("the video is damaged");
  let length = byteAt(view, sizeAt) & (0xff >> sizeLength);
  let ones = length === 0xff >> sizeLength;
  for (let i = 1; i < sizeLength; i++) {
    const byte = byteAt(view, sizeAt + i);
    ones &&= byte === 0xff;
    length = length * 256 + byte;
  }
  const start = sizeAt + sizeLength;
  return [{ id, start, length: ones ? null : length }, start + length];
}

function byteAt(view: DataView, at: number): number {
  if (at >= view.byteLength) throw truncated();
  return view.getUint8(at);
}
