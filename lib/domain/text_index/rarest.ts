import { isOfFive } from "./grams.ts";

/** How many grams are looked up at most; each more would exclude hardly any text. */
export interface Most {
  grams: number;
  /** Frequent ones among them, whose rows are the longest. */
  frequent: number;
  /** Share of the texts from which they are frequent. */
  share: number;
}

/**
 * When there are grams enough: how much those of one word come together, and which share of the
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

/** Share of the texts with one of the words below which the others need not be looked up. */
const RARE = 1e-2;

/**
 * The grams to look up: the rarest, until hardly any text contains them all.
 * @param grams each with the number of its word, or of its words
 * @param shareOf share of the texts that contain a gram, roughly
 * @param inScope share of the texts that are looked at
 * @returns them, and the share of texts that will contain them
 */
export function rarest(
  grams: ReadonlyMap<number, number>,
  shareOf: (gram: number) => number,
  enough: Enough,
  limit: Most,
  inScope = 1,
): { chosen: number[]; share: number } {
  /** Share of the texts with the looked-up grams of each word. */
  const shares = new Map<number, number>();
  const chosen: number[] = [];
  let share = 1;
  let untaken = new Set(grams.values()).size;
  for (const [gram, word] of inOrder(grams, shareOf)) {
    const own = shareOf(gram);
    const frequent = own > limit.share;
    const most = frequent ? limit.frequent : limit.grams;
    if (chosen.length >= most) break;
    const before = shares.get(word);
    if (before === undefined) {
      untaken--;
      share *= own;
      shares.set(word, own);
    } else {
      // What room is left is for the words that have none yet.
      if (chosen.length + untaken >= most) continue;
      const rarer = frequent
        ? Math.max(own, 0.5)
        : own ** (1 - enough.together);
      shares.set(word, before * rarer);
    }
    chosen.push(gram);
    const all = [...shares.values()];
    const few = all.reduce((product, own) => product * own, inScope) <
      enough.share;
    // The frequent words come together in long texts.
    if (few && (untaken === 0 || Math.min(inScope, ...all) < RARE)) break;
  }
  return { chosen, share };
}

/**
 * The rarest first. Five characters come in hardly more texts than their whole word, so that others
 * of it are for the end.
 */
function inOrder(
  grams: ReadonlyMap<number, number>,
  shareOf: (gram: number) => number,
): [gram: number, word: number][] {
  const sorted = [...grams].sort(([a], [b]) => shareOf(a) - shareOf(b));
  const words = new Set<number>();
  const [first, others]: [number, number][][] = [[], []];
  for (const entry of sorted) {
    const [gram, word] = entry;
    (isOfFive(gram) && words.has(word) ? others : first).push(entry);
    if (isOfFive(gram)) words.add(word);
  }
  return [...first, ...others];
}
