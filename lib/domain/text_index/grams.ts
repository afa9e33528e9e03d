/**
 * Numbers of the runs of three and of five characters that a text consists of, its grams. A run of
 * three ASCII characters has a number of its own; others share theirs with very few.
 */

/** Numbers below this one stand for all the rare grams that fall into the same bucket. */
const BUCKETS = 4096;
const ASCII = 128;
const FIRST_OTHER = BUCKETS + ASCII ** 3;
/** Numbers from here on are those of grams of five characters. */
export const FIRST_OF_FIVE = FIRST_OTHER + 2 ** 30;
const BLANK = 32;
/** Three characters of the scripts from here on tell as much as five letters. */
const FIRST_IDEOGRAPH = 0x2e80;

/**
 * The grams of a text, repeated ones too. Those with a blank are left out: a blank in a search
 * term matches anything.
 * @param text in lower case
 */
export function gramsOf(text: string): number[] {
  const grams: number[] = [];
  let a = BLANK, b = BLANK, c = BLANK, d = BLANK;
  for (let end = 0; end < text.length; end++) {
    const e = text.charCodeAt(end);
    if (c !== BLANK && d !== BLANK && e !== BLANK) {
      grams.push(gramOfThree(c, d, e));
      if (hasGramOfFive(a, b, c, d, e)) {
        grams.push(gramOfFive(a, b, c, d, e));
      }
    }
    a = b;
    b = c;
    c = d;
    d = e;
  }
  return grams;
}

/** Not of a blank, nor of ideographs. */
function hasGramOfFive(
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
): boolean {
  return a !== BLANK && b !== BLANK && c !== BLANK && d !== BLANK &&
    e !== BLANK && a < FIRST_IDEOGRAPH && b < FIRST_IDEOGRAPH &&
    c < FIRST_IDEOGRAPH && d < FIRST_IDEOGRAPH && e < FIRST_IDEOGRAPH;
}

/**
 * The grams that a text with a word must have: those of five characters, and those of three that
 * are in none of these.
 * @param ofFive false where texts have none of five
 */
export function gramsOfWord(word: string, ofFive: boolean): number[] {
  const grams: number[] = [];
  /** Where the last gram of five characters ends. */
  let covered = 0;
  for (let start = 0; start + 3 <= word.length; start++) {
    const [a, b, c, d, e] = [0, 1, 2, 3, 4].map((n) =>
      word.charCodeAt(start + n)
    );
    if (ofFive && hasGramOfFive(a, b, c, d, e)) {
      grams.push(gramOfFive(a, b, c, d, e));
      covered = start + 5;
    } else if (start + 3 > covered) grams.push(gramOfThree(a, b, c));
  }
  return grams;
}

function gramOfThree(a: number, b: number, c: number): number {
  if ((a | b | c) < ASCII) return BUCKETS + (a << 14 | b << 7 | c);
  let hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^
    Math.imul(c, 0xc2b2ae35);
  hash = Math.imul(hash ^ hash >>> 15, 0x2c1b3c6d);
  return FIRST_OTHER + ((hash ^ hash >>> 13) >>> 2);
}

function gramOfFive(
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
): number {
  const two = Math.imul(a << 16 | b, 0x9e3779b1);
  const four = Math.imul(two ^ two >>> 15 ^ (c << 16 | d), 0x85ebca6b);
  const hash = Math.imul(four ^ four >>> 13 ^ e, 0xc2b2ae35);
  return FIRST_OF_FIVE +
    ((hash ^ hash >>> 16) >>> 0) % (2 ** 31 - FIRST_OF_FIVE);
}

/** Whether a gram is one of five characters. */
export function isOfFive(gram: number): boolean {
  return gram >= FIRST_OF_FIVE;
}

/** What a text belongs to. */
export interface TextScope {
  community_id?: number;
  creator_id?: number;
}

/** Numbers from here on, downwards, stand for communities and authors; above are their buckets. */
const SCOPE_BUCKETS = 1024;
const FIRST_SCOPE = -1 - SCOPE_BUCKETS;
/** More would leave the range of 32-bit integers; few sites have an id that is shared then. */
const SCOPES = 2 ** 30;

/** Numbers of a community and an author, which are looked up as grams are; they are negative. */
export function scopeNumbers(
  { community_id, creator_id }: TextScope,
): number[] {
  return [community_id, creator_id].flatMap((id, kind) =>
    id === undefined ? [] : [FIRST_SCOPE - (2 * id + kind) % SCOPES]
  );
}

/** Whether a number is that of a bucket. */
export function isBucket(number: number): boolean {
  return number >= -SCOPE_BUCKETS && number < BUCKETS;
}

/** How many buckets there are. */
export const BUCKETS_OF_ALL = SCOPE_BUCKETS + BUCKETS;

/** The place of a bucket among all of them, from 0 on. */
export function bucketIndex(bucket: number): number {
  return SCOPE_BUCKETS + bucket;
}

/** SQL condition: the same. */
export function isBucketSql(number: string): string {
  return `${number} between ${-SCOPE_BUCKETS} and ${BUCKETS - 1}`;
}

/** The bucket of a gram or scope, which it is counted under where it is rare. */
export function bucketOf(number: number): number {
  const hash = Math.imul(number, 0x9e3779b1);
  return number < 0 ? -1 - (hash >>> 22) : hash >>> 20;
}
