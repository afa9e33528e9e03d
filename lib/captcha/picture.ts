import { crc32, deflateSync } from "node:zlib";
import { GLYPH_HEIGHT, GLYPH_WIDTH, hasInk } from "./glyphs.ts";
import { randomBetween } from "./random.ts";

/** How hard a picture is to read, for people and machines alike. */
export interface Disturbance {
  /** Greatest shift of a dot by the waves, in pixels. */
  wave: number;
  /** Greatest slant of a character, in radians. */
  slant: number;
  /** Lines across the picture. */
  lines: number;
  /** Share of dots that turn to noise. */
  noise: number;
}

const SCALE = 7;
const CELL_WIDTH = 46;
const HEIGHT = 84;
const MARGIN = 14;
const PAPER = 245;
const INK = 40;

/** The pen is broader than a dot of the grid, so that slanted strokes hold together. */
const PEN = [[0, 0], [-0.35, 0], [0.35, 0], [0, -0.35], [0, 0.35]];

interface Letter {
  character: string;
  /** Middle of the character. */
  x: number;
  y: number;
  angle: number;
  scale: number;
}

/** Draws the characters, bent and crossed out, as a grey PNG. */
export function drawPicture(
  characters: string,
  disturbance: Disturbance,
): Uint8Array {
  const width = characters.length * CELL_WIDTH + 2 * MARGIN;
  const pixels = new Uint8Array(width * HEIGHT).fill(PAPER);
  const letters = [...characters].map((character, index): Letter => ({
    character,
    x: MARGIN + (index + 0.5) * CELL_WIDTH + randomBetween(-3, 3),
    y: HEIGHT / 2 + randomBetween(-7, 7),
    angle: randomBetween(-disturbance.slant, disturbance.slant),
    scale: SCALE * randomBetween(0.88, 1.06),
  }));
  const wave = makeWave(disturbance.wave);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < width; x++) {
      const [wx, wy] = wave(x, y);
      const inked = letters.some((letter) => covers(letter, wx, wy));
      if (inked) pixels[y * width + x] = INK + randomBetween(0, 30);
    }
  }
  for (let i = 0; i < disturbance.lines; i++) drawLine(pixels, width);
  for (let i = 0; i < pixels.length * disturbance.noise; i++) {
    const at = Math.floor(randomBetween(0, pixels.length));
    pixels[at] = randomBetween(0, 256);
  }
  return encodePng(pixels, width, HEIGHT);
}

/** Where the ink of a dot comes from: waves along both axes. */
function makeWave(amplitude: number) {
  const [a, b] = [randomBetween(45, 70), randomBetween(50, 90)];
  const [p, q] = [randomBetween(0, 7), randomBetween(0, 7)];
  return (x: number, y: number): [number, number] => [
    x + amplitude * Math.sin(2 * Math.PI * y / a + p),
    y + amplitude * Math.sin(2 * Math.PI * x / b + q),
  ];
}

function covers(letter: Letter, x: number, y: number): boolean {
  const dx = x - letter.x;
  const dy = y - letter.y;
  const cos = Math.cos(letter.angle);
  const sin = Math.sin(letter.angle);
  const column = (dx * cos + dy * sin) / letter.scale + GLYPH_WIDTH / 2;
  const row = (dy * cos - dx * sin) / letter.scale + GLYPH_HEIGHT / 2;
  return PEN.some(([x, y]) => hasInk(letter.character, column + x, row + y));
}

/** A line from side to side in the colour of the characters. */
function drawLine(pixels: Uint8Array, width: number): void {
  const [from, to] = [
    randomBetween(10, HEIGHT - 10),
    randomBetween(10, HEIGHT - 10),
  ];
  const bend = randomBetween(-14, 14);
  for (let x = 0; x < width; x++) {
    const share = x / width;
    const y = Math.round(
      from + (to - from) * share + bend * Math.sin(Math.PI * share),
    );
    for (const row of [y, y + 1]) {
      if (row >= 0 && row < HEIGHT) pixels[row * width + x] = INK;
    }
  }
}

/**
 * PNG of 8-bit grey values. Written by hand, as the image library would cost every HTTP worker
 * many times the memory of everything here.
 */
function encodePng(
  pixels: Uint8Array,
  width: number,
  height: number,
): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  // Eight bits of grey, then the only methods there are, not interlaced.
  header.setUint8(8, 8);
  return concatenate([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", new Uint8Array(header.buffer)),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(name: string, content: Uint8Array): Uint8Array {
  const body = concatenate([new TextEncoder().encode(name), content]);
  const frame = new DataView(new ArrayBuffer(body.length + 8));
  frame.setUint32(0, content.length);
  new Uint8Array(frame.buffer).set(body, 4);
  frame.setUint32(body.length + 4, crc32(body));
  return new Uint8Array(frame.buffer);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
