import { CHUNK_SIZE, FREQUENT } from "./chunk.ts";

/** Trigrams of a term that are looked up at most; each more would exclude hardly any text. */
const MAX_TRIGRAMS = 18;
/** Frequent ones among them, whose rows are the longest. */
const MAX_FREQUENT = 12;

/**
 * When there are trigrams enough: how much those of one word come together, and which share of the
 * texts is few enough to look at each, if words came independently.
 */
export interface Enough {
  /** From 0 for as much as if they came independently to 1 for always. */
  together: number;
  share: number;
}

/** What holds for most words. */
export const HOPED: Enough = { together: 0.5, share: 1e-5 };
/** What holds for nearly all. */
export const FEARED: Enough = { together: 0.85, share: 1e-6 };

/** Share of texts with one of the words below which the others need not be looked up. */
const RARE = 1e-3;

/**
 * The trigrams to look up: the rarest, until hardly any text contains them all.
 * @param trigrams each with the number of its word
 * @param count texts of a chunk that contain a trigram, roughly
 * @returns them, and the share of texts that will contain them
 */
export function rarest(
  trigrams: ReadonlyMap<number, number>,
  count: (trigram: number) => number,
  enough: Enough,
): { chosen: number[]; share: number } {
  /** Share of the texts with the looked-up trigrams of each word. */
  const shares = new Map<number, number>();
  const chosen: number[] = [];
  let share = 1;
  let untaken = new Set(trigrams.values()).size;
  for (
    const [trigram, word] of [...trigrams].sort(([a], [b]) =>
      count(a) - count(b)
    )
  ) {
    const own = (1 + count(trigram)) / CHUNK_SIZE;
    const most = own > FREQUENT ? MAX_FREQUENT : MAX_TRIGRAMS;
    if (chosen.length >= most) break;
    const before = shares.get(word);
    if (before === undefined) {
      untaken--;
      share *= own;
      shares.set(word, own);
    } else {
      // What room is left is for the words that have none yet.
      if (chosen.length + untaken >= most) continue;
      const rarer = own > FREQUENT
        ? Math.max(own, 0.5)
        : own ** (1 - enough.together);
      shares.set(word, before * rarer);
    }
    chosen.push(trigram);
    const all = [...shares.values()];
    const few = all.reduce((product, own) => product * own) < enough.share;
    // The frequent words come together in long texts.
    if (few && (untaken === 0 || Math.min(...all) < RARE)) break;
  }
  return { chosen, share };
}
