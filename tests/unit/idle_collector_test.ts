import { IdleCollector } from "../../lib/http/idle_collector.ts";
import { test } from "../harness.ts";
import { until } from "../support/until.ts";

test("memory is given back when a load is over, not during it, and not again without one", async (t) => {
  let collections = 0;
  const collector = new IdleCollector(() => collections++, 20);
  const load = setInterval(() => {
    for (let i = 0; i < 100; i++) collector.count();
  }, 2);
  const pause = () => new Promise((resolve) => setTimeout(resolve, 200));
  try {
    await pause();
    t.equal(collections, 0, "under load");
    clearInterval(load);
    await until(() => collections, (made) => made === 2);
    await pause();
    t.equal(collections, 2, "after the load");
    for (let i = 0; i < 10; i++) collector.count();
    await pause();
    t.equal(collections, 2, "a few requests are no load");
  } finally {
    clearInterval(load);
    collector.stop();
  }
});
