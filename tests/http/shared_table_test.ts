import { setTimeout as sleep } from "node:timers/promises";
import { ClientLimits } from "../../lib/http/rate_limits.ts";
import { isRepeated } from "../../lib/http/idempotency.ts";
import { Shared } from "../../lib/http/shared.ts";
import { SharedTable } from "../../lib/http/shared_table.ts";
import type { LocalSiteRateLimit } from "../../lib/domain/views.ts";
import { test } from "../harness.ts";

const key = (n: number) => ({ tag: 9, key1: n, key2: 0, key3: 0 });

function newTable(shards: number): SharedTable {
  return new SharedTable(
    new SharedArrayBuffer(SharedTable.bytes(shards)),
    0,
    shards,
  );
}

/** A table of one shard whose lock somebody holds. */
function lockedTable() {
  const memory = new SharedArrayBuffer(SharedTable.bytes(1));
  const table = new SharedTable(memory, 0, 1);
  const lock = new Int32Array(memory, SharedTable.bytes(1) - 8, 1);
  lock[0] = 1;
  return { memory, table, lock };
}

const SETTINGS = {
  message_max_requests: 3,
  message_interval_seconds: 60,
  post_max_requests: 1,
  post_interval_seconds: 600,
  register_max_requests: 0,
  register_interval_seconds: 600,
} as LocalSiteRateLimit;

test("a window counts to its end and then starts anew", (t) => {
  const table = newTable(1);
  t.equal(table.hit(key(1), 1000, 500), { count: 1, end: 1500 });
  t.equal(table.hit(key(1), 1400, 500), { count: 2, end: 1500 });
  t.equal(table.hit(key(2), 1400, 500), { count: 1, end: 1900 });
  t.equal(table.hit(key(1), 1500, 500), { count: 1, end: 2000 });
});

test("a clock that is set back does not keep a window open for hours", (t) => {
  const table = newTable(1);
  table.hit(key(1), 9_000_000, 500);
  t.equal(table.hit(key(1), 1000, 500), { count: 1, end: 1500 });
});

test("what is taken back counts only for its own window", (t) => {
  const table = newTable(1);
  const { end } = table.hit(key(1), 1000, 500);
  table.hit(key(1), 1000, 500);
  table.undo(key(1), end);
  t.equal(table.hit(key(1), 1000, 500).count, 2);
  table.hit(key(1), 1600, 500);
  table.undo(key(1), end);
  t.equal(table.hit(key(1), 1600, 500).count, 2);
});

test("a flood of addresses takes no more memory and spares the worst senders", (t) => {
  const table = newTable(2);
  for (let i = 0; i < 50; i++) table.hit(key(-1), 1000, 60_000);
  for (let i = 0; i < 20_000; i++) table.hit(key(i), 1000, 60_000);
  t.equal(table.hit(key(-1), 1000, 60_000).count, 51);
  // The table still works for newcomers.
  const newcomer = table.hit(key(1_000_000), 1000, 60_000);
  t.equal(newcomer.count, 1);
});

test("several threads count the same window exactly", async (t) => {
  const memory = Shared.allocate();
  const source = `
    import { Shared } from ${
    JSON.stringify(new URL("../../lib/http/shared.ts", import.meta.url).href)
  };
    self.onmessage = ({ data }) => {
      const { limits } = new Shared(data);
      let allowed = 0;
      for (let i = 0; i < 50000; i++) {
        const key = { tag: 65, key1: i % 10, key2: 0, key3: 0 };
        if (limits.hit(key, 1000, 60000).count <= 700) allowed++;
      }
      self.postMessage(allowed);
    };`;
  const url = URL.createObjectURL(
    new Blob([source], { type: "application/typescript" }),
  );
  const workers = Array.from(
    { length: 4 },
    () => new Worker(url, { type: "module" }),
  );
  const allowed = await Promise.all(
    workers.map((worker) =>
      new Promise<number>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = reject;
        worker.postMessage(memory);
      })
    ),
  );
  for (const worker of workers) worker.terminate();
  URL.revokeObjectURL(url);
  t.equal(allowed.reduce((a, b) => a + b), 7000);
  const { limits } = new Shared(memory);
  const last = { tag: 65, key1: 0, key2: 0, key3: 0 };
  t.equal(limits.hit(last, 1000, 60_000).count, 20_001);
});

test("a counter is not touched while another thread is at it, however long that takes", async (t) => {
  const { memory, table, lock } = lockedTable();
  const source = `
    import { SharedTable } from ${
    JSON.stringify(
      new URL("../../lib/http/shared_table.ts", import.meta.url).href,
    )
  };
    self.onmessage = ({ data }) => {
      const table = new SharedTable(data, 0, 1);
      self.postMessage("ready");
      const key = { tag: 9, key1: 1, key2: 0, key3: 0 };
      self.postMessage(table.hit(key, 1000, 500).count);
    };`;
  const url = URL.createObjectURL(
    new Blob([source], { type: "application/typescript" }),
  );
  const worker = new Worker(url, { type: "module" });
  const heard: unknown[] = [];
  const done = new Promise<void>((resolve, reject) => {
    worker.onerror = reject;
    worker.onmessage = ({ data }) => {
      heard.push(data);
      if (data !== "ready") resolve();
    };
  });
  worker.postMessage(memory);
  while (heard.length === 0) await sleep(5);
  await sleep(100);
  t.equal(heard, ["ready"]);
  Atomics.store(lock, 0, 0);
  Atomics.notify(lock, 0);
  await done;
  t.equal(heard, ["ready", 1]);
  worker.terminate();
  URL.revokeObjectURL(url);
  t.equal(table.hit(key(1), 1000, 500).count, 2);
});

test("what a thread left locked when it died is counted on after a second", (t) => {
  const { table } = lockedTable();
  t.equal(table.hit(key(1), 1000, 500).count, 1);
  // Were it still locked, each would wait for a second.
  const waits = [2, 3, 4].map((count) => {
    const started = performance.now();
    t.equal(table.hit(key(1), 1000, 500).count, count);
    return performance.now() - started;
  });
  t.ok(Math.min(...waits) < 500, `${waits}`);
});

test("limits refuse what exceeds them and name the wait", async (t) => {
  const { limits: table } = new Shared(Shared.allocate());
  const request = () => new ClientLimits(table, "192.0.2.1", () => SETTINGS);
  for (const remaining of ["2", "1", "0"]) {
    const limits = request();
    limits.countRequest();
    // The handler's own "message" is the one that was counted.
    limits.take("message");
    const headers = limits.headers();
    t.equal(headers.get("x-ratelimit-limit"), "3");
    t.equal(headers.get("x-ratelimit-remaining"), remaining);
    t.equal(headers.get("x-ratelimit-reset"), "60");
    t.equal(headers.get("retry-after"), null);
  }
  const refused = request();
  await t.throws(() => refused.countRequest(), "too_many_requests");
  t.equal(refused.headers().get("retry-after"), "60");
  const other = new ClientLimits(table, "192.0.2.2", () => SETTINGS);
  other.countRequest();
  other.take("message");
  other.take("message");
  t.equal(other.headers().get("x-ratelimit-remaining"), "2");
});

test("buckets are separate, and zero blocks", async (t) => {
  const { limits: table } = new Shared(Shared.allocate());
  const request = () => new ClientLimits(table, "192.0.2.1", () => SETTINGS);
  request().take("post");
  await t.throws(() => request().take("post"), "too_many_requests");
  await t.throws(() => request().take("register"), "too_many_requests");
  request().countRequest();
});

test("our own failures are not counted against the sender", (t) => {
  const { limits: table } = new Shared(Shared.allocate());
  for (let i = 0; i < 10; i++) {
    const limits = new ClientLimits(table, "192.0.2.1", () => SETTINGS);
    limits.countRequest();
    limits.refund();
  }
  const limits = new ClientLimits(table, "192.0.2.1", () => SETTINGS);
  limits.countRequest();
  t.equal(limits.headers().get("x-ratelimit-remaining"), "2");
});

test("an idempotency key counts once per user for two to four minutes", (t) => {
  const { idempotency: table } = new Shared(Shared.allocate());
  const repeated = (user: number, text: string, seconds: number) =>
    isRepeated(table, user, text, seconds * 1000);
  t.equal(repeated(1, "a", 1000), false);
  t.equal(repeated(1, "a", 1119), true);
  t.equal(repeated(1, "b", 1000), false);
  t.equal(repeated(2, "a", 1000), false);
  t.equal(repeated(1, "a", 1241), false);
  const long = "x".repeat(33);
  t.equal(repeated(1, long, 1000), false);
  t.equal(repeated(1, long, 1000), false);
  t.equal(repeated(1, "x".repeat(32), 1000), false);
  t.equal(repeated(1, "x".repeat(32), 1000), true);
});
