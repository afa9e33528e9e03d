import { Conditions } from "../conditions.ts";
import { type Ctx, query } from "../context.ts";
import { type Chunk, type ChunkHits, matchingTexts } from "./matching.ts";
import { type Wanted, wordsOf } from "./numbers.ts";
import { freshRows, storedRows } from "./rows.ts";
import { bucketOf } from "./grams.ts";

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
  const words = wordsOf(wanted);
  const hits = hitsOf(table, chunks, wanted, sections, where);
  // The same few texts each time, so that they are prepared: planning them takes milliseconds.
  const rows = await query<ChunkHits & { chunk: number }>(
    ctx,
    sections === 1 ? hits : inOrder(hits, words, sections),
    where.parameters,
  );
  return new Map(
    rows.map(({ chunk, ...found }) => [
      chunk,
      matchingTexts(sizes.get(chunk)!, found, wanted, words),
    ]),
  );
}

/**
 * A query of what chunks have of the wanted numbers; of texts with several sections it gives the
 * bits of each word.
 */
function hitsOf(
  table: string,
  chunks: readonly Chunk[],
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
  const mask = where.value(needed, "int4");
  const bits = sections === 1
    ? "varbit_send(bit_and(b.bits)) as bits"
    : wordsOf(wanted).map((word) =>
      `bit_and(b.bits) filter (where w.words & ${word} > 0) as w${word}, `
    ).join("") + "bit_and(b.bits) filter (where w.words = 0) as scope";
  const stored = [false, true].flatMap((fresh) => {
    const ids = chunks.filter((chunk) => chunk.fresh === fresh)
      .map(({ id }) => id);
    return ids.length === 0 ? [] : [
      `(select chunk, bits, slots from ${
        fresh ? freshRows(table) : storedRows(table)
      }
        where gram = w.gram and chunk = any(${
        where.value(ids, "int4[]")
      }) offset 0)`,
    ];
  });
  // Side by side, as a join of so few rows would be expected that each is compared with each.
  return `with wanted as materialized (
      select * from unnest(${
    where.value(rows.map(({ number }) => number), "int4[]")
  }, ${where.value(rows.map(({ turn }) => turn), "int4[]")}, ${
    where.value(rows.map(({ words }) => words), "int4[]")
  }) w(gram, turn, words)
    )
    select b.chunk, ${bits},
      bit_or(case when b.bits is null then 0 else 1 << (w.turn / 2) end) as frequent,
      string_agg(int4send(w.turn) || int4send(length(b.slots)) || b.slots, '')
        filter (where b.slots is not null) as lists
    from wanted w, lateral (${stored.join(" union all ")}) b group by b.chunk
    having bit_or(1 << (w.turn / 2)) & ${mask} = ${mask}
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
