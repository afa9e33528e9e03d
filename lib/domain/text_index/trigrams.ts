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

/** Numbers of a community and an author, which are looked up as trigrams are; they are negative. */
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

/** SQL condition: the same. */
export function isBucketSql(number: string): string {
  return `${number} between ${-SCOPE_BUCKETS} and ${BUCKETS - 1}`;
}

/** The bucket of a trigram or scope, which it is counted under where it is rare. */
export function bucketOf(number: number): number {
  const hash = Math.imul(number, 0x9e3779b1);
  return number < 0 ? -1 - (hash >>> 22) : hash >>> 20;
}
