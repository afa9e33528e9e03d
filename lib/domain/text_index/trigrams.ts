/**
 * Numbers of the runs of three characters that a text consists of. A run of ASCII characters has a
 * number of its own; others share theirs with very few.
 */

/** Numbers below this one stand for all the rare trigrams that fall into the same bucket. */
const BUCKETS = 4096;
const ASCII = 128;
const FIRST_OTHER = BUCKETS + ASCII ** 3;
const BLANK = 32;

/**
 * The trigrams of a text, repeated ones too. Those with a blank are left out: a blank in a search
 * term matches anything.
 * @param text in lower case
 */
export function* trigramsOf(text: string): Generator<number> {
  for (let end = 2; end < text.length; end++) {
    const a = text.charCodeAt(end - 2);
    const b = text.charCodeAt(end - 1);
    const c = text.charCodeAt(end);
    if (a !== BLANK && b !== BLANK && c !== BLANK) yield trigram(a, b, c);
  }
}

function trigram(a: number, b: number, c: number): number {
  if ((a | b | c) < ASCII) return BUCKETS + (a << 14 | b << 7 | c);
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^
    Math.imul(c, 0xc2b2ae35);
  hash = Math.imul(hash ^ hash >>> 15, 0x2c1b3c6d);
  return FIRST_OTHER + ((hash ^ hash >>> 13) >>> 2);
}

/** The bucket of a trigram, which it is counted under where it is rare. */
export function bucketOf(trigram: number): number {
  return Math.imul(trigram, 0x9e3779b1) >>> 20;
}
