/** A riddle that people solve better than machines, made on this machine. */
import type { CaptchaDifficulty } from "../domain/views.ts";
import { randomText } from "../domain/random_text.ts";
import { CHARACTERS } from "./glyphs.ts";
import { type Disturbance, drawPicture } from "./picture.ts";
import { speak } from "./sound.ts";

const LEVELS: Record<
  CaptchaDifficulty,
  Disturbance & { length: number; hiss: number }
> = {
  easy: { length: 4, wave: 2, slant: 0.12, lines: 1, noise: 0.02, hiss: 4 },
  medium: { length: 5, wave: 4, slant: 0.22, lines: 2, noise: 0.06, hiss: 10 },
  hard: { length: 6, wave: 5.5, slant: 0.3, lines: 3, noise: 0.1, hiss: 18 },
};

export interface Captcha {
  /** What the picture shows and the sound says, in capitals. */
  answer: string;
  png: Uint8Array;
  wav: Uint8Array;
}

/** Makes a new riddle. */
export async function makeCaptcha(
  difficulty: CaptchaDifficulty,
): Promise<Captcha> {
  const { length, hiss, ...disturbance } = LEVELS[difficulty];
  const answer = randomText(length, CHARACTERS);
  return {
    answer,
    png: drawPicture(answer, disturbance),
    wav: await speak(answer, hiss),
  };
}
