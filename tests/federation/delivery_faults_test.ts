/** Servers that fail, refuse or stay away: what they lack is kept for them, and nobody else waits. */
import { setTimeout as sleep } from "node:timers/promises";
import { retryDelay } from "../../lib/domain/instance/retry.ts";
import { retryAfter } from "../../lib/federation/delivery/retry_after.ts";
import { cleanFederationLogs } from "../../lib/jobs/federation.ts";
import { test } from "../harness.ts";
import { makeSender } from "../support/deliveries.ts";
import { eventually, onStage, range } from "../support/delivery_stage.ts";
import { federationSite } from "../support/federation.ts";
import { startRawPeer } from "../support/raw_peer.ts";

test("a failing server is tried again, a refusal is final, and neither delays others", async (t) => {
  let down = true;
  let asked = 0;
  let limited = 0;
  const never = Promise.withResolvers<void>();
  let dripped = 0;
  const raw = startRawPeer(async (connection, head) => {
    const write = (text: string) =>
      connection.write(new TextEncoder().encode(text));
    const name = new TextDecoder().decode(head).match(/host: (\w+)/i)![1];
    if (name === "garbage") return void await write("\0\uffff\r\n".repeat(99));
    // The answer's body comes a byte a second.
    dripped++;
    await write("HTTP/1.1 202 Accepted\r\ncontent-length: 1000\r\n\r\n");
    for (;;) {
      await write(" ");
      await sleep(1000);
    }
  });
  await onStage(async (stage) => {
    const { sender, taken, follow, start, until, state } = stage;
    const followRaw = (name: string) =>
      sender.follow(`${name}.localhost`, raw.url(name, "/inbox"));
    await followRaw("garbage");
    for (
      const name of ["well", "down", "refuses", "limits", "hangs", "moved"]
    ) await follow(name);
    await sender.follow("dead.localhost", "http://dead.localhost:1/inbox");
    await sender.append(range(45).map(() => ({})));
    await followRaw("drips");
    await sender.append(range(5).map(() => ({})));
    start();
    await until("well", 50);
    await until("refuses", 25);
    await eventually(t, async () => {
      const { last_successful_id, fail_count } = await state("refuses");
      return last_successful_id === 50 && fail_count === 0;
    }, "refused activities count as delivered");

    await eventually(
      t,
      async () => (await state("limits")).not_before !== null,
      "Retry-After is kept",
    );
    const { not_before } = await state("limits");
    const wait = Date.parse(not_before) - Date.now();
    t.ok(wait > 90_000 && wait <= 100_000, `${wait} ms`);
    t.ok(limited <= 2, "it is left alone from then on");

    for (const name of ["down", "dead", "moved", "garbage"]) {
      await eventually(
        t,
        async () => (await state(name)).fail_count >= 2,
        `${name} fails`,
      );
    }
    t.match((await state("down")).last_error, "status 500");
    t.ok(asked < 10, `asked ${asked} times`);
    for (const name of ["dead", "garbage", "moved", "hangs", "limits"]) {
      t.equal((await state(name)).last_successful_id as number, 0, name);
    }
    await eventually(
      t,
      async () => (await state("drips")).last_successful_id === 50,
      "what a server takes counts before its answer is complete",
    );
    t.equal(dripped, 5);
    down = false;
    await until("down", 50);
    t.equal(new Set(taken.get("down")).size, 50);
    await eventually(
      t,
      async () => (await state("down")).fail_count === 0,
      "successes take the failures back",
    );
    never.resolve();
    await raw.stop();
  }, async (name, number) => {
    switch (name) {
      case "down":
        asked++;
        return down ? new Response("broken", { status: 500 }) : undefined;
      case "refuses":
        return number % 2 === 0
          ? Response.json({ error: "no" }, { status: 400 })
          : undefined;
      case "limits":
        limited++;
        return new Response("", {
          status: 429,
          headers: { "retry-after": "100" },
        });
      case "hangs":
        await never.promise;
        return new Response("", { status: 500 });
      case "moved":
        return new Response("", {
          status: 301,
          headers: { location: "http://well.localhost/inbox" },
        });
    }
  });
});

test("blocked, paused, silent and foreign instances are left alone until that is over", async (t) => {
  await onStage(async (stage) => {
    const { site, sender, taken, follow, start, until } = stage;
    const { sql } = site.job;
    const ids = new Map<string, number>();
    for (const name of ["a", "blocked", "paused", "silent"]) {
      ids.set(name, await follow(name));
    }
    await sql`insert into federation_blocklist (instance_id) values (${ids.get(
      "blocked",
    )!})`;
    await sql`update federation_queue_state set paused = true
      where instance_id = ${ids.get("paused")!}`;
    await sql`update instance set updated_at = now() - interval '3 days 1 minute'
      where id = ${ids.get("silent")!}`;
    await sql`update instance set updated_at = now() - interval '2 days'
      where id = ${ids.get("a")!}`;
    await sender.append(range(20).map(() => ({})));
    const sending = start();
    await until("a", 20);
    t.equal([...taken.keys()], ["a"]);
    await eventually(t, async () => {
      const [{ alive }] =
        await sql`select updated_at > now() - interval '1 minute' as alive
        from instance where id = ${ids.get("a")!}`;
      return alive;
    }, "a delivery is a sign of life");

    await sql`update federation_queue_state set paused = false`;
    await until("paused", 20);
    // The list of instances is looked at again by a process that starts.
    await sending.stop();
    await sql`delete from federation_blocklist`;
    await sql`update instance set updated_at = now() where id = ${ids.get(
      "silent",
    )!}`;
    // Of two processes each has its share.
    const { roles } = site.job.config;
    for (const federateProcessIndex of [1, 2]) {
      start({
        roles: { ...roles, federateProcessCount: 2, federateProcessIndex },
      });
    }
    await Promise.all([until("blocked", 20), until("silent", 20)]);
    t.equal(taken.get("a")!.length, 20);
    t.equal(taken.get("paused")!.length, 20);
    await sql`update local_site set federation_enabled = false`;
  });
});

test("the times of another attempt are the specification's", (t) => {
  const seconds = (failures: number) => retryDelay(failures) / 1000;
  t.equal([0, 1, 2].map(seconds), [0, 0, 1.25]);
  t.equal(Math.round(seconds(5) * 100), 244);
  t.equal(Math.round(seconds(20)), 69);
  t.equal(Math.round(seconds(40) / 60), 100);
  t.equal(seconds(52), 86_400);
  t.equal(seconds(1000), 86_400);
  const now = Date.parse("2026-01-01T00:00:00Z");
  t.equal(retryAfter("120", now), now + 120_000);
  t.equal(retryAfter("Thu, 01 Jan 2026 00:01:00 GMT", now), now + 60_000);
  t.equal(retryAfter("99999999999", now), now + 86_400_000);
  t.equal(retryAfter("soon", now), null);
  t.equal(retryAfter(null, now), null);
});

test("the logs keep what somebody lacks for fourteen days, all else for seven", async (t) => {
  const site = await federationSite();
  try {
    const { sql } = site.job;
    const sender = await makeSender(site.job);
    const slow = await sender.follow(
      "slow.example",
      "https://slow.example/inbox",
    );
    const gone = await sender.follow(
      "gone.example",
      "https://gone.example/inbox",
    );
    await sender.append([
      { age: "15 days" },
      { age: "8 days" },
      { age: "8 days" },
      { age: "6 days" },
    ]);
    await sql`update federation_queue_state set last_successful_id = 2
      where instance_id = ${slow}`;
    await sql`update instance set updated_at = now() - interval '15 days' where id = ${gone}`;
    await sql`insert into received_activity (ap_id, kind, actor_ap_id, host, changes, state, received_at)
      select state || age, 'Like', 'x', 'x', '{}', state, now() - age::interval
      from (values ('applied'), ('failed'), ('waiting')) s(state),
        (values ('6 days'), ('8 days')) a(age)`;
    await cleanFederationLogs(site.job);
    t.equal(
      (await sql`select id from sent_activity order by id`).map(({ id }) => id),
      [3, 4],
    );
    t.equal(
      (await sql`select ap_id from received_activity order by ap_id`)
        .map(({ ap_id }) => ap_id),
      ["applied6 days", "failed6 days", "waiting6 days", "waiting8 days"],
    );
    await sql`update federation_queue_state set last_successful_id = 4
      where instance_id = ${slow}`;
    await cleanFederationLogs(site.job);
    t.equal(
      (await sql`select id from sent_activity`).map(({ id }) => id),
      [4],
    );
  } finally {
    await site.close();
  }
});
