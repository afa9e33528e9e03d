/** The log of sent activities reaches every server: in order and once, across restarts. */
import { setTimeout as sleep } from "node:timers/promises";
import { KeyedOrder } from "../../lib/federation/order.ts";
import { verifyRequest } from "../../lib/federation/signatures/verify.ts";
import { test } from "../harness.ts";
import { eventually, onStage, range } from "../support/delivery_stage.ts";

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
