/** The log of sent activities reaches every server: in order, once, whatever the others do. */
import { setTimeout as sleep } from "node:timers/promises";
import { retryDelay } from "../../lib/domain/instance/retry.ts";
import { retryAfter } from "../../lib/federation/delivery/retry_after.ts";
import { KeyedOrder } from "../../lib/federation/order.ts";
import { FederationSender } from "../../lib/federation/delivery/sender.ts";
import { verifyRequest } from "../../lib/federation/signatures/verify.ts";
import { cleanFederationLogs } from "../../lib/jobs/federation.ts";
import { type Assertions, test } from "../harness.ts";
import { makeSender, type Sender } from "../support/deliveries.ts";
import { type FederationSite, federationSite } from "../support/federation.ts";
import { type Peer, startPeer } from "../support/peer.ts";

/** Number of an activity, in the order of the log. */
async function numberOf(request: Request): Promise<number> {
  return (await request.clone().json()).id;
}

interface Stage {
  site: FederationSite;
  sender: Sender;
  peer: Peer;
  /** Numbers of what each server took, in the order in which it came. */
  taken: Map<string, number[]>;
  /** Follows from a server of this name. */
  follow(name: string): Promise<number>;
  /** Starts delivery, in another process so to speak. */
  start(config?: object): FederationSender;
  /** Resolves when the server has taken so many. */
  until(name: string, count: number): Promise<void>;
  state(name: string): Promise<Record<string, never>>;
}

/** @param answer says what a server answers; nothing means that it takes the activity */
async function onStage(
  body: (stage: Stage) => Promise<void>,
  answer: (
    name: string,
    number: number,
    request: Request,
  ) => Promise<Response | void> | Response | void = () => {},
): Promise<void> {
  const site = await federationSite();
  const taken = new Map<string, number[]>();
  const senders: FederationSender[] = [];
  const peer = startPeer(async (request, name) => {
    const number = await numberOf(request);
    const other = await answer(name, number, request);
    if (other) return other;
    if (!taken.has(name)) taken.set(name, []);
    taken.get(name)!.push(number);
    return new Response(null, { status: 202 });
  });
  try {
    const sender = await makeSender(site.job);
    await body({
      site,
      sender,
      peer,
      taken,
      follow: (name) =>
        sender.follow(`${name}.localhost`, peer.url(name, "/inbox")),
      start(config = {}) {
        const started = new FederationSender({
          ...site.job,
          config: { ...site.job.config, ...config },
        });
        senders.push(started);
        started.start();
        return started;
      },
      async until(name, count) {
        for (let tries = 0; (taken.get(name)?.length ?? 0) < count; tries++) {
          if (tries > 500) {
            throw new Error(
              `${name} has taken ${taken.get(name)?.length ?? 0} of ${count}`,
            );
          }
          await sleep(20);
        }
      },
      async state(name) {
        const [row] = await site.job.sql<[Record<string, never>]>`
          select q.* from federation_queue_state q join instance i on i.id = q.instance_id
          where i.domain = ${`${name}.localhost`}`;
        return row;
      },
    });
  } finally {
    await Promise.all(senders.map((sender) => sender.stop()));
    await peer.stop();
    await site.close();
  }
}

/** Waits until the condition holds. */
async function eventually(
  t: Assertions,
  condition: () => Promise<boolean>,
  message: string,
): Promise<void> {
  for (let tries = 0; tries < 250; tries++) {
    if (await condition()) return t.ok(true);
    await sleep(20);
  }
  t.ok(false, message);
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

test("every follower's server gets every activity, and nobody else any", async (t) => {
  const seen: { headers: Headers; body: string }[] = [];
  await onStage(async ({ site, sender, peer, taken, follow, start, until }) => {
    await follow("a");
    await follow("b");
    const pending = await follow("pending");
    await site.job
      .sql`update community_actions set follow_state = 'approval_required'
      where person_id in (select id from person where instance_id = ${pending})`;
    await sender.append(range(40).map(() => ({})));
    await sender.append([
      { send_community_followers_of: null },
      {
        send_community_followers_of: null,
        send_inboxes: [peer.url("a", "/u/x/inbox"), peer.url("a", "/inbox")],
      },
      {
        send_inboxes: [
          peer.url("a", "/inbox"),
          `${site.job.config.origin}/inbox`,
        ],
      },
    ]);
    start();
    await Promise.all([until("a", 43), until("b", 41)]);
    const expected = [...range(40), 43];
    t.equal(taken.get("b")!.toSorted((x, y) => x - y), expected);
    t.equal(
      taken.get("a")!.toSorted((x, y) => x - y),
      [...range(40), 42, 42, 43],
    );
    t.equal(taken.get("pending"), undefined);

    const [{ headers, body }] = seen;
    t.ok(
      body.startsWith('{"@context":["https://join-lemmy.org/context.json",'),
    );
    t.equal(JSON.parse(body).actor, sender.actor);
    t.match(headers.get("user-agent")!, /^Tundra\/\S+; \+http/);
    t.match(headers.get("signature")!, `keyId="${sender.actor}#main-key"`);
    await verifyRequest({
      method: "POST",
      path: "/inbox",
      headers,
      body,
      publicKeyPem: sender.publicKey,
      now: new Date(),
    });
  }, async (name, _, request) => {
    if (name !== "b") return;
    seen.push({ headers: request.headers, body: await request.clone().text() });
  });
});

test("what concerns one object is delivered in order, the rest side by side", async (t) => {
  let flying = 0;
  let most = 0;
  await onStage(async ({ sender, taken, follow, start, until }) => {
    await follow("a");
    // Ten posts, each with answers, votes on the answers, and a deletion at the end.
    await sender.append(
      range(200).map((number) => {
        const post = `post ${number % 10}`;
        return number > 190
          ? { changes: [post] }
          : number <= 10
          ? { changes: [post] }
          : { changes: [`comment ${number}`], needs: [post] };
      }),
    );
    start();
    await until("a", 200);
    const order = taken.get("a")!;
    for (const post of range(10)) {
      const concerned = order.filter((number) => number % 10 === post % 10);
      t.equal(concerned[0], post);
      t.equal(concerned.at(-1), 190 + post);
    }
    t.ok(most > 8, `${most} at once`);
    t.ok(most <= 64);
  }, async () => {
    most = Math.max(most, ++flying);
    await sleep(20);
    flying--;
  });
});

test("with one delivery at a time everything is in order", async (t) => {
  await onStage(async ({ sender, taken, follow, start, until }) => {
    await follow("a");
    await sender.append(range(60).map(() => ({})));
    start({ federation: { concurrentSendsPerInstance: 1 } });
    await until("a", 60);
    t.equal(taken.get("a"), range(60));
  });
});

test("a failing server is tried again, a refusal is final, and neither delays others", async (t) => {
  let down = true;
  let asked = 0;
  let limited = 0;
  const never = Promise.withResolvers<void>();
  await onStage(async (stage) => {
    const { sender, taken, follow, start, until, state } = stage;
    for (
      const name of ["well", "down", "refuses", "limits", "hangs", "moved"]
    ) await follow(name);
    await sender.follow("dead.localhost", "http://dead.localhost:1/inbox");
    await sender.append(range(50).map(() => ({})));
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

    for (const name of ["down", "dead", "moved"]) {
      await eventually(
        t,
        async () => (await state(name)).fail_count >= 2,
        `${name} fails`,
      );
    }
    t.match((await state("down")).last_error, "status 500");
    t.ok(asked < 10, `asked ${asked} times`);
    t.equal((await state("dead")).last_successful_id, 0);
    down = false;
    await until("down", 50);
    t.equal(new Set(taken.get("down")).size, 50);
    await eventually(
      t,
      async () => (await state("down")).fail_count === 0,
      "successes take the failures back",
    );
    never.resolve();
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

test("a restart goes on where delivery stood, and sends nothing again", async (t) => {
  const held = Promise.withResolvers<void>();
  let holding = 0;
  await onStage(async (stage) => {
    const { sender, taken, follow, start, until, state } = stage;
    await follow("a");
    await sender.append(range(100).map(() => ({})));
    const first = start();
    // The third one hangs, so that all others are beyond the place in the log.
    await until("a", 99);
    await eventually(t, async () => {
      const { last_successful_id, delivered_ahead } = await state("a");
      return last_successful_id === 2 &&
        Object.keys(delivered_ahead).length === 97;
    }, "what is delivered beyond the place in the log is stored");
    const stopped = first.stop();
    held.resolve();
    await stopped;
    const again = start();
    await until("a", 100);
    await eventually(
      t,
      async () => (await state("a")).last_successful_id === 100,
      "the place moves to the end",
    );
    t.equal((await state("a")).delivered_ahead, [] as never);
    t.equal(new Set(taken.get("a")).size, 100);
    t.equal(taken.get("a")!.length, 100);
    t.equal(holding, 1);
    await again.stop();
  }, async (_, number) => {
    if (number !== 3 || holding++ > 0) return;
    await held.promise;
  });
});

test("a process that is killed sends again only what was under way", async (t) => {
  const never = Promise.withResolvers<void>();
  let stuck = 0;
  await onStage(async (stage) => {
    const { site, sender, taken, follow, start, until, state } = stage;
    await follow("a");
    await sender.append(range(300).map(() => ({})));
    start({ roles: { ...site.job.config.roles } });
    await until("a", 296);
    await eventually(
      t,
      async () => Object.keys((await state("a")).delivered_ahead).length > 280,
      "the state is stored while others hang",
    );
    const before = taken.get("a")!.length;
    // Another process takes over; of the first one nothing more is heard.
    start();
    await until("a", 300);
    t.equal(before, 296);
    t.equal(new Set(taken.get("a")).size, 300);
    t.equal(taken.get("a")!.length, 300);
    never.resolve();
  }, async (_, number) => {
    if (number > 10 && number <= 14 && stuck++ < 4) {
      await never.promise;
      return new Response("", { status: 500 });
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

test("servers that come to be known get what follows", async (t) => {
  await onStage(async ({ sender, taken, follow, start, until }) => {
    await follow("a");
    await sender.append([{}, {}]);
    const sending = start();
    await until("a", 2);
    await follow("late");
    await sender.append([{}]);
    sending.wake();
    await until("late", 1);
    t.equal(taken.get("late"), [3]);
  });
});

test("the order of deliveries follows what activities change and need", (t) => {
  const order = new KeyedOrder<
    { id: number; changes: string[]; needs: string[] }
  >();
  const add = (id: number, changes: string[], needs: string[] = []) =>
    order.add({ id, changes, needs });
  const post = add(1, ["post"]);
  const comment = add(2, ["comment"], ["post"]);
  const vote = add(3, ["vote"], ["comment"]);
  const other = add(4, ["other"]);
  const edit = add(5, ["post"]);
  const both = add(6, ["post", "other"], ["post"]);
  t.equal(
    [post, comment, vote, other, edit, both].map(({ waitsFor }) => waitsFor),
    [0, 1, 1, 0, 2, 2],
  );
  const ids = (delivery: typeof post) =>
    order.finish(delivery).map(({ item }) => item.id);
  t.equal(ids(post), [2]);
  t.equal(ids(comment), [3, 5]);
  t.equal(ids(other), []);
  t.equal(ids(edit), [6]);
  t.equal(ids(both), []);
  t.equal(add(7, ["post"]).waitsFor, 0);
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
