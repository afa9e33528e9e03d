import { test } from "../../harness.ts";
import { Buckets } from "../../../lib/domain/text_index/buckets.ts";
import {
  bucketOf,
  gramsOf,
  gramsOfWord,
  isBucket,
  isOfFive,
  scopeNumbers,
} from "../../../lib/domain/text_index/grams.ts";
import { Postings } from "../../../lib/domain/text_index/postings.ts";
import {
  packSlots,
  unpackSlots,
} from "../../../lib/domain/text_index/slots.ts";
import { Random } from "../../../lib/seed/random.ts";

/** Few, so that words share their grams; few ideographs, which no gram of five has. */
const LETTERS = "abcdeéfghij-жklmno本\u{1f600}".split("");

test("a text has all the grams that are looked for of any part of its words", (t) => {
  const random = new Random(11);
  let ofFive = 0;
  for (let n = 0; n < 2000; n++) {
    const words = Array.from(
      { length: 3 },
      () =>
        Array.from({ length: 1 + random.below(12) }, () => random.pick(LETTERS))
          .join(""),
    );
    const grams = new Set(gramsOf(words.join(" ")));
    const [word] = words;
    const start = random.below(word.length);
    const part = word.slice(start, start + 1 + random.below(word.length));
    for (const five of [false, true]) {
      const wanted = gramsOfWord(part, five);
      t.equal(wanted.filter((gram) => !grams.has(gram)), [], part);
      t.equal(wanted.length > 0, part.length >= 3, part);
      if (!five) t.ok(!wanted.some(isOfFive), part);
      ofFive += wanted.filter(isOfFive).length;
    }
    t.ok([...grams].every((gram) => gram > 0 && gram < 2 ** 31), part);
  }
  t.ok(ofFive > 300, `${ofFive} of five`);
});

test("a word of five letters is looked for by those alone, one of ideographs by three", (t) => {
  const counts = (word: string) => {
    const grams = gramsOfWord(word, true);
    const five = grams.filter(isOfFive).length;
    return [five, grams.length - five];
  };
  t.equal(counts("tree"), [0, 2]);
  t.equal(counts("trees"), [1, 0]);
  t.equal(counts("árboles"), [3, 0]);
  t.equal(counts("деревья"), [3, 0]);
  t.equal(counts("日本語音楽"), [0, 3]);
  // The letters, and what goes beyond them.
  t.equal(counts("trees日本"), [1, 2]);
  t.equal(gramsOf("a tree").length, 2);
  t.equal(gramsOf("the trees").filter(isOfFive).length, 1);
});

test("postings give each number its places once, in order", (t) => {
  const random = new Random(5);
  const postings = new Postings();
  const expected = new Map<number, number[]>();
  // More numbers than there is room for at first, negative ones too.
  for (let place = 0; place < 3000; place++) {
    for (let n = 0; n < 30; n++) {
      const number = random.below(9000) ** 2 * (n % 2 ? 1 : -1) + n;
      postings.add(number, place);
      const places = expected.get(number) ?? [];
      if (places.at(-1) !== place) places.push(place);
      expected.set(number, places);
    }
  }
  const found = [...postings.lists()];
  t.ok(found.length > 4096);
  t.equal(found.length, expected.size);
  for (const [number, places] of found) {
    t.equal([...places], expected.get(number));
  }
});

test("buckets give back the rows that were put there", (t) => {
  const numbers = [
    ...scopeNumbers({ community_id: 1, creator_id: 2 }),
    ...gramsOfWord("some words", true),
  ];
  const all = [...new Set(numbers.map(bucketOf)), -1024, -1, 0, 4095];
  t.ok(all.every(isBucket) && !numbers.some(isBucket));
  const buckets = new Buckets(3);
  const slots = (bucket: number, chunk: number) =>
    Array.from(
      { length: 20_000 / all.length },
      (_, n) => n * 7 + chunk + Math.abs(bucket) % 50,
    );
  for (const bucket of all) {
    buckets.set(bucket, 0, packSlots(slots(bucket, 0)));
    buckets.set(bucket, 2, bucket % 2 ? null : packSlots(slots(bucket, 2)));
  }
  for (const bucket of all) {
    t.equal([...unpackSlots(buckets.get(bucket, 0)!)], slots(bucket, 0));
    t.equal(buckets.get(bucket, 1), undefined);
    const last = buckets.get(bucket, 2);
    t.equal(
      last && [...unpackSlots(last)],
      bucket % 2 ? null : slots(bucket, 2),
    );
  }
});
