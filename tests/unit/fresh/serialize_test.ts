import { test } from "../../harness.ts";
import { deserialize } from "../../../lib/fresh/client/deserialize.ts";
import { serialize } from "../../../lib/fresh/server/serialize.ts";

function roundTrip(value: unknown): unknown {
  return deserialize(JSON.parse(serialize(value, () => undefined)), {});
}

test("serialize keeps values that JSON lacks", (t) => {
  const values = [
    null,
    undefined,
    true,
    "a</script>b",
    0,
    -1.5,
    12345678901234567890n,
    new Date(5),
    /a+"b/gi,
    new Set([1, "1", undefined]),
    new Map<unknown, unknown>([["a", { b: [1] }], [2, new Set()]]),
    new Uint8Array([0, 255]),
    [],
    {},
    [undefined, [undefined]],
    { a: undefined, "b c": [{ d: 1 }] },
  ];
  for (const value of values) t.equal(roundTrip(value), value);
  t.equal(roundTrip(values), values);
  t.equal(
    String(roundTrip(new URL("https://a.example/b"))),
    "https://a.example/b",
  );
  for (const value of [NaN, Infinity, -Infinity, -0]) {
    t.equal(Object.is(roundTrip(value), value), true, String(value));
    t.equal(Object.is((roundTrip([value]) as unknown[])[0], value), true);
  }
});

test("serialize keeps identity and cycles", (t) => {
  const shared = { n: 1 };
  const cycle: Record<string, unknown> = { shared, again: [shared] };
  cycle.self = cycle;
  const result = roundTrip(cycle) as typeof cycle;
  t.equal(result.self === result, true);
  t.equal((result.again as unknown[])[0] === result.shared, true);
});

test("serialize never ends a script element", (t) => {
  const json = serialize({ "</script>": "<!--</script>" }, () => undefined);
  t.noMatch(json, "<");
});

test("serialize refuses what cannot be revived", async (t) => {
  class Account {}
  for (const value of [() => undefined, Symbol("x"), new Account()]) {
    await t.throws(
      () => serialize([value], () => undefined),
      "Island props cannot",
    );
  }
});

test("deserialize sets no prototype", (t) => {
  const result = deserialize([JSON.parse('{"__proto__":1}'), { x: 2 }, 1], {});
  t.equal(Object.getPrototypeOf(result), Object.prototype);
  t.equal((result as { x?: unknown }).x, undefined);
});
