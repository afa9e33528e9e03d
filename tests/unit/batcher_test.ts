import { test } from "../harness.ts";
import { Batcher } from "../../lib/db/batcher.ts";

/** Work that notes its batches and goes on when told. */
function observed(options: ConstructorParameters<typeof Batcher>[1]) {
  const batches: number[][] = [];
  let gate = Promise.withResolvers<void>();
  const batcher = new Batcher<number, string>(async (items) => {
    batches.push(items);
    await gate.promise;
    if (items.includes(13)) throw new Error(`no ${items.join()}`);
    return items.map((item) => `did ${item}`);
  }, options as never);
  return {
    batches,
    batcher,
    open() {
      gate.resolve();
      gate = Promise.withResolvers();
      gate.resolve();
    },
  };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

test("what comes while a batch is done goes with the next one, and everybody gets the own result", async (t) => {
  const { batches, batcher, open } = observed({ limit: 3 });
  const first = [1, 2].map((item) => batcher.add(item));
  await turn();
  const later = [3, 4, 5, 6].map((item) => batcher.add(item));
  await turn();
  t.equal(batches, [[1, 2]]);
  open();
  t.equal(
    await Promise.all([...first, ...later]),
    [1, 2, 3, 4, 5, 6].map((item) => `did ${item}`),
  );
  t.equal(batches, [[1, 2], [3, 4, 5], [6]]);
});

test("of a batch that fails each item is tried by itself, unless that is of no use", async (t) => {
  const forgiving = observed({ limit: 9 });
  forgiving.open();
  const outcomes = await Promise.allSettled(
    [1, 13, 2].map((item) => forgiving.batcher.add(item)),
  );
  t.equal(
    outcomes.map((one) =>
      one.status === "fulfilled" ? one.value : one.reason.message
    ),
    ["did 1", "no 13", "did 2"],
  );
  const strict = observed({ limit: 9, singly: () => false });
  strict.open();
  const refused = await Promise.allSettled(
    [1, 13].map((item) => strict.batcher.add(item)),
  );
  t.equal(refused.map(({ status }) => status), ["rejected", "rejected"]);
  t.equal(strict.batches, [[1, 13]]);
  t.equal(await strict.batcher.add(7), "did 7", "and it goes on");
});

test("a database that is away is not asked once more for each item", async (t) => {
  let asked = 0;
  const batcher = new Batcher<number, void>(() => {
    asked++;
    return Promise.reject(Object.assign(new Error(), { code: "ECONNREFUSED" }));
  }, { limit: 9 });
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map((item) => batcher.add(item)),
  );
  t.equal(outcomes.map(({ status }) => status), Array(3).fill("rejected"));
  t.equal(asked, 1);
});

test("items of one key go one after the other, in their order", async (t) => {
  const { batches, batcher, open } = observed({
    limit: 9,
    keyOf: (item) => (item as number) % 10,
  });
  open();
  await Promise.all([1, 2, 11, 3, 21, 12].map((item) => batcher.add(item)));
  t.equal(batches, [[1, 2, 3], [11, 12], [21]]);
});

test("a batch that takes too long holds the next one up no longer", async (t) => {
  const { batches, batcher, open } = observed({ limit: 9, patience: 1 });
  const first = batcher.add(1);
  await turn();
  const second = batcher.add(2);
  for (let i = 0; batches.length < 2 && i < 1000; i++) await turn();
  t.equal(batches, [[1], [2]]);
  open();
  t.equal(await Promise.all([first, second]), ["did 1", "did 2"]);
});
