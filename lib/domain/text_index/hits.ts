import { Conditions } from "../conditions.ts";
import { type Ctx, queryListing } from "../context.ts";
import { hasSlot, setSlots, stride, unpackSlots } from "./chunk.ts";
import type { Wanted } from "./numbers.ts";
import { bucketOf } from "./trigrams.ts";

/** A chunk to look at. */
export interface Chunk {
  id: number;
  /** Number of its texts. */
  size: number;
  sections: number;
}

/**
 * The texts of chunks that may contain the term: those that have all that is wanted, the words in
 * the order of the term as far as their sections tell.
 * @param chunks of one kind
 * @returns the numbers of the texts by the id of their chunk
 */
export async function readHits(
  ctx: Ctx,
  table: string,
  chunks: readonly Chunk[],
  wanted: readonly Wanted[],
): Promise<Map<number, number[]>> {
  const sizes = new Map(chunks.map((chunk) => [chunk.id, chunk]));
  const where = new Conditions();
  const sections = chunks[0]?.sections ?? 1;
  const hits = hitsOf(table, [...sizes.keys()], wanted, sections, where);
  const rows = await queryListing<ChunkHits & { chunk: number }>(
    ctx,
    sections === 1 ? hits : inOrder(hits, wordsOf(wanted), sections),
    where.parameters,
  );
  return new Map(
    rows.map(({ chunk, ...found }) => [
      chunk,
      matchingTexts(sizes.get(chunk)!, found, wanted),
    ]),
  );
}

/** What a chunk has of the wanted numbers. */
interface ChunkHits {
  /** After their number, the bits of the texts that have all the frequent ones. */
  bits: Uint8Array | null;
  /** Which are frequent, as bits. */
  frequent: number;
  /** Lists of texts, each after its turn and its length in bytes. */
  lists: Uint8Array | null;
}

/** Bits of the words of which something is looked up, in the order of the term. */
function wordsOf(wanted: readonly Wanted[]): number[] {
  const all = wanted.reduce((all, { words }) => all | words, 0);
  return Array.from({ length: 31 }, (_, index) => 1 << index)
    .filter((word) => all & word);
}

/**
 * A query of what chunks have of the wanted numbers; of texts with several sections it gives the
 * bits of each word.
 */
function hitsOf(
  table: string,
  chunks: readonly number[],
  wanted: readonly Wanted[],
  sections: number,
  where: Conditions,
): string {
  const rows = wanted.flatMap(({ number, words, common }, index) => [
    { number, words, turn: 2 * index },
    ...(common
      ? []
      : [{ number: bucketOf(number), words, turn: 2 * index + 1 }]),
  ]);
  /** Those that a chunk must have in one row or the other. */
  const needed = wanted.reduce(
    (mask, { common }, index) => common ? mask : mask | 1 << index,
    0,
  );
  const bits = sections === 1
    ? "varbit_send(bit_and(b.bits)) as bits"
    : wordsOf(wanted).map((word) =>
      `bit_and(b.bits) filter (where w.words & ${word} > 0) as w${word}, `
    ).join("") + "bit_and(b.bits) filter (where w.words = 0) as scope";
  // Side by side, as a join of so few rows would be expected that each is compared with each.
  return `with wanted as materialized (
      select * from unnest(${
    where.value(rows.map(({ number }) => number), "int4[]")
  }, ${where.value(rows.map(({ turn }) => turn), "int4[]")}, ${
    where.value(rows.map(({ words }) => words), "int4[]")
  }) w(trigram, turn, words)
    )
    select b.chunk, ${bits},
      bit_or(case when b.bits is null then 0 else 1 << (w.turn / 2) end) as frequent,
      string_agg(int4send(w.turn) || int4send(length(b.slots)) || b.slots, '')
        filter (where b.slots is not null) as lists
    from wanted w, lateral (
      select chunk, bits, slots from ${table}_bits b
      where b.trigram = w.trigram and b.chunk = any(${
    where.value(chunks as number[], "int4[]")
  }) offset 0
    ) b group by b.chunk
    having bit_or(1 << (w.turn / 2)) & ${needed} = ${needed}
      ${
    sections === 1 ? "and (bit_count(bit_and(b.bits)) > 0) is not false" : ""
  }`;
}

/**
 * The texts whose words stand in order, by the bits of their sections: `p3` are those that have
 * the words so far in their first four sections. A word that is not frequent excludes none here.
 */
function inOrder(
  hits: string,
  words: readonly number[],
  sections: number,
): string {
  const all = Array.from({ length: sections }, (_, section) => section);
  const pairs = all.filter((section) => section % 2 === 1);
  const size = words.map((word) => `length(w${word})`).join(", ");
  let found = `select *, repeat('1', n)::varbit as every from (
      select *, coalesce(${size}) / ${sections} as n from (${hits}) h offset 0
    ) h offset 0`;
  // Not one expression, in which what is used twice would be computed twice as often each time.
  for (const [index, word] of words.entries()) {
    const rest = ["chunk, frequent, lists, scope, n, every"]
      .concat(words.slice(index + 1).map((word) => `w${word}`)).join(", ");
    // Those in which the word stands in a section, after the words before it.
    const here = all.map((section) => {
      const own = `substring(w${word} from ${section} * n + 1 for n)`;
      return index === 0
        ? `coalesce(${own}, every) as e${section}`
        : `coalesce(p${section} & ${own}, p${section}) as e${section}`;
    });
    const ends = all.map((section) => `e${section}`);
    const inPairs = pairs.map((section) =>
      `e${section - 1} | e${section} as d${section}`
    );
    const until = all.map((section) => {
      const before = pairs.filter((pair) => pair <= section)
        .map((pair) => `d${pair}`);
      if (section % 2 === 0) before.push(`e${section}`);
      return `${before.join(" | ")} as p${section}`;
    });
    found = `select ${rest}, ${until} from (
        select ${rest}, ${ends}, ${inPairs} from (
          select ${rest}, ${here} from (${found}) f offset 0
        ) f offset 0
      ) f offset 0`;
  }
  const last = `p${sections - 1}`;
  return `select chunk, varbit_send(bits) as bits, frequent, lists from (
      select chunk, frequent, lists, coalesce(${last} & scope, scope, ${last}) as bits
      from (${found}) f offset 0
    ) f where (bit_count(bits) > 0) is not false`;
}

/** The texts of a chunk that may have all that is wanted. */
function matchingTexts(
  { size, sections }: Chunk,
  { bits, frequent, lists }: ChunkHits,
  wanted: readonly Wanted[],
): number[] {
  const own = ownLists(lists, frequent);
  const width = sections === 1 ? size : stride(size);
  const frequentBits = bits?.subarray(4);
  let texts: number[] | null = null;
  if (sections === 1) {
    texts = intersection([...own.values()]);
  } else {
    for (const [turn, list] of own) {
      // Scopes have a bit for each text.
      if (wanted[turn].words === 0) texts = intersection([list], texts);
    }
    const words = wordsOf(wanted).map((word) =>
      [...own].filter(([turn]) => wanted[turn].words & word)
        .map(([, list]) => list)
    ).filter((lists) => lists.length > 0);
    if (words.length > 0) {
      const ordered = inOrderOf(
        words.map((lists) => intersection(lists)!),
        width,
      );
      const scoped = texts && new Set(texts);
      texts = scoped ? ordered.filter((text) => scoped.has(text)) : ordered;
    }
  }
  if (texts === null) {
    return frequentBits
      ? setSlots(frequentBits)
      : Array.from({ length: size }, (_, slot) => slot);
  }
  return frequentBits
    ? texts.filter((slot) => hasSlot(frequentBits, slot))
    : texts;
}

/** The texts in which the words stand in sections that are in order. */
function inOrderOf(words: readonly number[][], width: number): number[] {
  /** The first section of each text in which the words so far can end. */
  let ends: Map<number, number> | null = null;
  for (const slots of words) {
    const next = new Map<number, number>();
    for (const slot of slots) {
      const text = slot % width;
      const section = Math.floor(slot / width);
      const least: number | undefined = ends ? ends.get(text) : 0;
      // Slots come in the order of sections.
      if (least === undefined || section < least || next.has(text)) continue;
      next.set(text, section);
    }
    ends = next;
  }
  return [...ends!.keys()].sort((a, b) => a - b);
}

/** The lists of what is not frequent, by number: its own or else its bucket's. */
function ownLists(
  lists: Uint8Array | null,
  frequent: number,
): Map<number, Uint8Array> {
  const own = new Map<number, Uint8Array>();
  const shared = new Map<number, Uint8Array>();
  for (let start = 0; lists && start < lists.length;) {
    const view = new DataView(lists.buffer, lists.byteOffset + start);
    const turn = view.getInt32(0);
    const end = start + 8 + view.getInt32(4);
    // What has a row of its own is not in the bucket.
    (turn % 2 === 0 ? own : shared).set(
      turn >> 1,
      lists.subarray(start + 8, end),
    );
    start = end;
  }
  for (const [turn, list] of shared) {
    if (!own.has(turn) && !(frequent >> turn & 1)) own.set(turn, list);
  }
  return own;
}

/** What is in all the lists, and among `slots` where they are given; null without any. */
function intersection(
  lists: readonly Uint8Array[],
  slots: number[] | null = null,
): number[] | null {
  const sorted = [...lists].sort((a, b) => a.length - b.length);
  for (const list of sorted) {
    const these = unpackSlots(list);
    if (slots === null) {
      slots = these;
      continue;
    }
    if (slots.length === 0) break;
    let place = 0;
    slots = slots.filter((slot) => {
      while (these[place] < slot) place++;
      return these[place] === slot;
    });
  }
  return slots;
}
