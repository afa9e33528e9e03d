/**
 * Deliveries to 500 servers of which 50 are dead and 50 answer after 300 ms, the lag of the healthy
 * ones, one server at 300 ms by itself, and memory with a backlog of a million:
 * `deno run --allow-all --v8-flags=--expose-gc tests/bench/delivery.ts`
 */
import { FederationSender } from "../../lib/federation/delivery/sender.ts";
import { makeSender } from "../support/deliveries.ts";
import { federationSite } from "../support/federation.ts";

interface Received {
  healthy: number;
  slow: number;
  /** Milliseconds since 1970 at which the last healthy one came. */
  last: number;
  lags: number[];
}

const worker = new Worker(import.meta.resolve("./inboxes.ts"), {
  type: "module",
});
const message = <T>() =>
  new Promise<T>((resolve) =>
    worker.onmessage = ({ data }) => resolve(data as T)
  );
const { port } = await message<{ port: number }>();
const received = async (): Promise<Received> => {
  const answer = message<Received>();
  worker.postMessage(null);
  return await answer;
};
const sleep = (milliseconds: number) =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function onSite(
  names: string[],
  body: (
    site: Awaited<ReturnType<typeof federationSite>>,
    append: (count: number) => Promise<void>,
    start: () => FederationSender,
  ) => Promise<void>,
): Promise<void> {
  const site = await federationSite();
  const sender = await makeSender(site.job);
  for (const name of names) {
    const at = name.startsWith("dead") ? 1 : port;
    await sender.follow(
      `${name}.localhost`,
      `http://${name}.localhost:${at}/inbox`,
    );
  }
  const senders: FederationSender[] = [];
  // As large as an announced vote with its community.
  const append = async (count: number) => {
    await site.job.sql`
      insert into sent_activity (ap_id, data, sensitive, send_community_followers_of, actor_type,
        actor_apub_id, changes)
      select gen_random_uuid()::text, json_build_object('id', n, 'published',
          (extract(epoch from clock_timestamp()) * 1000)::int8, 'content', repeat('x', 1500))::text,
        false, ${sender.communityId}, 'community', ${sender.actor}, array['vote ' || n]
      from generate_series(1, ${count}) n`;
  };
  try {
    await body(site, append, () => {
      const started = new FederationSender(site.job);
      senders.push(started);
      started.start();
      return started;
    });
  } finally {
    await Promise.all(senders.map((sender) => sender.stop()));
    await site.close();
  }
}

const names = (kind: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${kind}${i}`);
const NETWORK = [
  ...names("well", 400),
  ...names("slow", 50),
  ...names("dead", 50),
];

function percentile(values: number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)] ?? 0;
}

/** Deliveries per second with a backlog. */
async function burst(): Promise<void> {
  const ACTIVITIES = 60;
  await onSite(NETWORK, async (_, append, start) => {
    const before = await received();
    await append(ACTIVITIES);
    const begin = Date.now();
    start();
    const healthy = before.healthy + 400 * ACTIVITIES;
    const slow = before.slow + 50 * ACTIVITIES;
    let now = before;
    let first = 0;
    while (now.healthy < healthy || now.slow < slow) {
      await sleep(100);
      now = await received();
      if (now.healthy >= healthy && first === 0) first = now.last - begin;
    }
    const total = (Date.now() - begin) / 1000;
    console.log(
      `backlog of ${ACTIVITIES} to 500 servers: ${
        Math.round(450 * ACTIVITIES / total)
      } deliveries/s; the healthy ones had all after ${
        (first / 1000).toFixed(1)
      } s, the slow ones after ${total.toFixed(1)} s`,
    );
  });
}

/** Lag of the healthy servers while activities come one by one. */
async function stream(): Promise<void> {
  await onSite(NETWORK, async (_, append, start) => {
    await received();
    const sender = start();
    await sleep(1000);
    for (let i = 0; i < 20; i++) {
      await append(1);
      sender.wake();
      await sleep(500);
    }
    await sleep(2000);
    const { lags } = await received();
    console.log(
      `two activities a second to 500 servers: ${lags.length} of ${
        20 * 400
      } arrived, lag of healthy ones ${percentile(lags, 0.5)} ms (median), ${
        percentile(lags, 0.99)
      } ms (99 %)`,
    );
  });
}

/** One server at 300 ms. */
async function single(): Promise<void> {
  const ACTIVITIES = 3000;
  await onSite(["slow0"], async (_, append, start) => {
    const before = await received();
    await append(ACTIVITIES);
    const begin = Date.now();
    start();
    while ((await received()).slow < before.slow + ACTIVITIES) await sleep(50);
    const seconds = (Date.now() - begin) / 1000;
    console.log(
      `one server at 300 ms: ${
        Math.round(ACTIVITIES / seconds)
      } activities/s (serial sending: 3.3)`,
    );
  });
}

/** Bytes that are in use: without what the collector has not got round to. */
function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage().heapUsed + Deno.memoryUsage().external;
}

/** Memory with a backlog of a million, at which 500 servers work from different places. */
async function backlog(): Promise<void> {
  const MILLION = 1_000_000;
  await onSite(NETWORK, async ({ job }, append, start) => {
    await append(MILLION);
    await job
      .sql`update federation_queue_state set last_successful_id = instance_id * 1000`;
    const idle = memory();
    start();
    let most = 0;
    const before = (await received()).healthy;
    for (let i = 0; i < 20; i++) {
      await sleep(1000);
      most = Math.max(most, memory());
    }
    const { healthy } = await received();
    console.log(
      `backlog of a million: ${
        Math.round((most - idle) / 1048576)
      } MB more than idle at most, ${
        Math.round((healthy - before) / 20)
      } deliveries/s to the healthy ones`,
    );
  });
}

await burst();
await stream();
await single();
await backlog();
worker.terminate();
Deno.exit(0);
