import { stride } from "./chunk.ts";
import type { Wanted } from "./numbers.ts";
import { keepListed, keepSet, setSlots, unpackSlots } from "./slots.ts";

/** A chunk to look at. */
export interface Chunk {
  id: number;
  /** Number of its texts; of a merged one, of which some numbers may stand for none. */
  size: number;
  sections: number;
  /** Whether it is yet to be merged. */
  fresh: boolean;
}

/** What a chunk has of the wanted numbers. */
export interface ChunkHits {
  /** After their number, the bits of the texts that have all the frequent ones. */
  bits: Uint8Array | null;
  /** Which are frequent, as bits. */
  frequent: number;
  /** Lists of texts, each after its turn and its length in bytes. */
  lists: Uint8Array | null;
}

/**
 * The texts of a chunk that may have all that is wanted.
 * @param words bits of the words, in the order of the term
 */
export function matchingTexts(
  { size, sections }: Chunk,
  { bits, frequent, lists }: ChunkHits,
  wanted: readonly Wanted[],
  words: readonly number[],
): number[] {
  const own = ownLists(lists, frequent);
  const frequentBits = bits && bits.subarray(4);
  if (own.size === 0) {
    return frequentBits
      ? setSlots(frequentBits)
      : Array.from({ length: size }, (_, slot) => slot);
  }
  if (sections === 1) {
    return [...intersection([...own.values()], frequentBits)];
  }
  const ordered: Int32Array[] = [];
  for (const word of words) {
    const lists = listsOf(own, wanted, (words) => (words & word) !== 0);
    if (lists.length > 0) ordered.push(intersection(lists));
  }
  // Scopes have a bit for each text.
  const scopes = listsOf(own, wanted, (words) => words === 0);
  let texts = ordered.length > 0
    ? inOrderOf(ordered, stride(size))
    : unpackSlots(scopes.pop()!);
  for (const list of scopes) texts = keepListed(texts, list);
  return [...frequentBits ? keepSet(texts, frequentBits) : texts];
}

/** The lists of what is wanted of certain words. */
function listsOf(
  own: ReadonlyMap<number, Uint8Array>,
  wanted: readonly Wanted[],
  of: (words: number) => boolean,
): Uint8Array[] {
  const lists = [];
  for (const [turn, list] of own) {
    if (of(wanted[turn].words)) lists.push(list);
  }
  return lists;
}

const NOT_AT_ALL = 0xff;

/** The texts in which the words stand in sections that are in order. */
function inOrderOf(words: readonly Int32Array[], width: number): Int32Array {
  /** The first section of each text in which the words so far can end. */
  let ends = new Uint8Array(width);
  for (const slots of words) {
    const next = new Uint8Array(width).fill(NOT_AT_ALL);
    let section = 0;
    // Slots come in the order of sections.
    for (let place = 0; place < slots.length; place++) {
      while (slots[place] >= (section + 1) * width) section++;
      const text = slots[place] - section * width;
      if (ends[text] <= section && next[text] === NOT_AT_ALL) {
        next[text] = section;
      }
    }
    ends = next;
  }
  const texts = new Int32Array(width);
  let count = 0;
  for (let text = 0; text < width; text++) {
    if (ends[text] !== NOT_AT_ALL) texts[count++] = text;
  }
  return texts.subarray(0, count);
}

/** The lists of what is not frequent, by number: its own or else its bucket's. */
function ownLists(
  lists: Uint8Array | null,
  frequent: number,
): Map<number, Uint8Array> {
  const own = new Map<number, Uint8Array>();
  if (lists === null) return own;
  const shared = new Map<number, Uint8Array>();
  const view = new DataView(lists.buffer, lists.byteOffset, lists.length);
  for (let start = 0; start < lists.length;) {
    const turn = view.getInt32(start);
    const end = start + 8 + view.getInt32(start + 4);
    // What has a row of its own is not in the bucket.
    (turn % 2 === 0 ? own : shared).set(
      turn >> 1,
      new Uint8Array(
        lists.buffer,
        lists.byteOffset + start + 8,
        end - start - 8,
      ),
    );
    start = end;
  }
  for (const [turn, list] of shared) {
    if (!own.has(turn) && !(frequent >> turn & 1)) own.set(turn, list);
  }
  return own;
}

/** What is in all the lists, of which there is one at least, and has a bit set where there are bits. */
function intersection(
  lists: Uint8Array[],
  bits: Uint8Array | null = null,
): Int32Array {
  const [shortest, ...others] = lists.sort((a, b) => a.length - b.length);
  let slots = unpackSlots(shortest);
  if (bits) slots = keepSet(slots, bits);
  for (const list of others) slots = keepListed(slots, list);
  return slots;
}
