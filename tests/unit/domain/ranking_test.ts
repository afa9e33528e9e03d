import { type Assertions, test } from "../../harness.ts";
import { withDatabase } from "../../support/database.ts";
import { sql } from "./support.ts";

test("ranks follow the formulas and their check values", (t: Assertions) =>
  withDatabase(async ({ kysely: db }) => {
    const rank = async (expression: string) => {
      const [{ value }] = await sql<{ value: number }>(
        { db },
        `with t as (select '2026-01-08T00:00:00Z'::timestamptz as at)
         select (${expression})::float8 as value from t`,
      );
      return value;
    };
    const near = async (expression: string, expected: number) => {
      const value = await rank(expression);
      t.ok(
        Math.abs(value - expected) <= Math.abs(expected) * 1e-3,
        `${expression} is ${value}, not ${expected}`,
      );
    };
    const hot = (score: number, age: string) =>
      `hot_rank(${score}, at - interval '${age}', at)`;
    await near(hot(1, "1 microsecond"), 0.1370);
    await near(hot(1, "24 hours"), 0.001354);
    await near(hot(98, "2 hours"), 2 / 4 ** 1.8);
    await near(hot(-50, "1 hour"), Math.log10(2) / 3 ** 1.8);
    t.equal(await rank(hot(1000, "0 seconds")), 0);
    t.equal(await rank(hot(1000, "-1 hour")), 0);
    t.equal(await rank(hot(1000, "7 days")), 0);
    t.ok(await rank(hot(1000, "167 hours 59 minutes")) > 0);
    await near(
      `scaled_rank(1, at - interval '1 microsecond', 0, at)`,
      0.1370 / Math.log10(2),
    );
    await near(
      `scaled_rank(1, at - interval '1 microsecond', 998, at)`,
      0.1370 / 3,
    );
    for (const [up, down] of [[0, 0], [5, 0], [0, 5], [-1, 3]]) {
      t.equal(await rank(`controversy_rank(${up}, ${down})`), 0);
    }
    await near("controversy_rank(5, 5)", 10);
    await near("controversy_rank(8, 2)", 10 ** 0.25);
    await near("controversy_rank(2, 8)", 10 ** 0.25);
  }));
