import { join } from "node:path";
import { appRoot } from "../config/app_root.ts";
import { randomBetween } from "./random.ts";

/** Samples a second; each is one byte, silence being 128. */
const RATE = 11_025;
const SILENCE = 128;
const WAV_HEAD = 44;

let voice: Promise<Map<string, Uint8Array>> | undefined;

/** The spoken characters; `docs/decisions/005-captcha-voice.md` tells where they come from. */
function loadVoice(): Promise<Map<string, Uint8Array>> {
  return voice ??= Deno.readFile(join(appRoot(), "lib/captcha/voice.bin")).then(
    parseVoice,
  );
}

/** Pieces of one byte for the character, two for the length (little-endian), and the samples. */
function parseVoice(file: Uint8Array): Map<string, Uint8Array> {
  const spoken = new Map<string, Uint8Array>();
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at < file.length;) {
    const length = view.getUint16(at + 1, true);
    const start = at + 3;
    spoken.set(
      String.fromCharCode(file[at]),
      file.subarray(start, start + length),
    );
    at = start + length;
  }
  return spoken;
}

/**
 * Speaks the characters one by one as a WAV file, at varying pace and pitch, over a hiss.
 * @param hiss loudest sample of the hiss, of 127
 */
export async function speak(
  characters: string,
  hiss: number,
): Promise<Uint8Array> {
  const spoken = await loadVoice();
  const pieces = [pause()];
  for (const character of characters) {
    pieces.push(bent(spoken.get(character)!), pause());
  }
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const wav = new Uint8Array(WAV_HEAD + length);
  writeHead(wav, length);
  let at = WAV_HEAD;
  for (const piece of pieces) {
    wav.set(piece, at);
    at += piece.length;
  }
  for (let i = WAV_HEAD; i < wav.length; i++) {
    const sample = wav[i] + randomBetween(-hiss, hiss);
    wav[i] = Math.max(0, Math.min(255, Math.round(sample)));
  }
  return wav;
}

function pause(): Uint8Array {
  return new Uint8Array(Math.floor(RATE * randomBetween(0.35, 0.75)))
    .fill(SILENCE);
}

/** The same sound a little faster or slower, and so higher or lower. */
function bent(samples: Uint8Array): Uint8Array {
  const pace = randomBetween(0.9, 1.1);
  return Uint8Array.from(
    { length: Math.floor(samples.length / pace) },
    (_, i) => samples[Math.floor(i * pace)],
  );
}

/** RIFF header of uncompressed mono sound. */
function writeHead(wav: Uint8Array, length: number): void {
  const view = new DataView(wav.buffer);
  const text = (at: number, value: string) =>
    wav.set(new TextEncoder().encode(value), at);
  text(0, "RIFF");
  view.setUint32(4, WAV_HEAD - 8 + length, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, "data");
  view.setUint32(40, length, true);
}
