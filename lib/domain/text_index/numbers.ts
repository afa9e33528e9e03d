import { type ChunkKind, FREQUENT, SHORT_TEXTS } from "./chunk.ts";
import { FEARED, HOPED, rarest } from "./rarest.ts";
import {
  bucketOf,
  gramsOfWord,
  scopeNumbers,
  type TextScope,
} from "./grams.ts";

/** Words of a term that are looked up; they are counted by the bits of an integer. */
const MAX_WORDS = 30;

/** A gram or scope that texts must have. */
export interface Wanted {
  number: number;
  /** A bit for each word of the term that has the gram; none for a scope. */
  words: number;
  /** Hardly any chunk lacks a row of its own for it, so that its bucket is not worth a look. */
  common: boolean;
}

/** Bits of the words of which something is looked up, in the order of the term. */
export function wordsOf(wanted: readonly Wanted[]): number[] {
  return bitsOf(wanted.reduce((all, { words }) => all | words, 0));
}

/** The bits that a number has, each by itself. */
function bitsOf(number: number): number[] {
  return Array.from({ length: 31 }, (_, index) => 1 << index)
    .filter((bit) => number & bit);
}

/** Bits of words, counted among those that are in `all`. */
function renumbered(words: number, all: number): number {
  return bitsOf(all).reduce(
    (bits, word, index) => words & word ? bits | 1 << index : bits,
    0,
  );
}

/** What is looked up in chunks of one kind. */
export interface Lookup {
  kind: ChunkKind;
  /** The rarest, with which not many texts should be left. */
  few: readonly Wanted[];
  /** As many as are worth their reading. */
  all: readonly Wanted[];
  /** Share of the texts that will have them, roughly. */
  share: number;
}

/** What one of the fullest chunks of a kind tells of all of them. */
export interface Sample {
  /** How many texts it has room for. */
  size: number;
  /** How often it has a gram or scope, roughly. */
  densities: Readonly<Record<string, number>> | null;
}

/**
 * What to look for of a term: which words have which grams.
 * @param ofFive false for chunks that have none of five characters
 */
export function gramsOfWords(
  term: string,
  ofFive: boolean,
): Map<number, number> {
  const words = term.split(" ").filter((word) => word.length >= 3);
  const grams = new Map<number, number>();
  for (const [index, word] of words.slice(0, MAX_WORDS).entries()) {
    for (const gram of gramsOfWord(word, ofFive)) {
      grams.set(gram, (grams.get(gram) ?? 0) | 1 << index);
    }
  }
  return grams;
}

/**
 * Chooses what to look up in chunks of a kind.
 * @param grams with the words that have them
 * @param scope only where all chunks tell
 */
export function lookupOf(
  kind: ChunkKind,
  grams: ReadonlyMap<number, number>,
  scope: TextScope,
  { size, densities }: Sample,
): Lookup {
  const { sections } = kind;
  const textsWith = (share: number) => 1 - (1 - Math.min(1, share)) ** sections;
  const count = (number: number) =>
    1 + (densities?.[number] ?? densities?.[bucketOf(number)] ?? 0);
  const share = (gram: number) => textsWith(count(gram) / (size * sections));
  const limits = kind === SHORT_TEXTS
    ? { grams: 18, frequent: 12 }
    : { grams: 8, frequent: 8 };
  const frequent = textsWith(FREQUENT);
  const scopes = scopeNumbers(scope);
  // The rarest comes first: what has none of it has none of its bucket either, whatever is common.
  const wanted = (chosen: readonly number[]) => {
    const all = chosen.reduce((all, number) => all | grams.get(number)!, 0);
    return [
      ...chosen.map((number, index) => ({
        number,
        words: renumbered(grams.get(number)!, all),
        common: index > 0 && share(number) > frequent,
      })),
      ...scopes.map((number) => ({ number, words: 0, common: false })),
    ];
  };
  const inScope = scopes.reduce(
    (product, number) => product * Math.min(1, count(number) / size),
    1,
  );
  const [few, all] = [HOPED, FEARED].map((enough) =>
    rarest(grams, share, enough, { ...limits, share: frequent }, inScope)
  );
  return {
    kind,
    few: wanted(few.chosen),
    all: wanted(all.chosen),
    share: all.share * inScope,
  };
}
