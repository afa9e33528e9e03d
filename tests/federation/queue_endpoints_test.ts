/** What admins see of the queues to other servers, and how they stop one. */
import { callOurs, codeOf, ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { freePort } from "../support/port.ts";

interface Queue {
  instance: { id: number; domain: string };
  [key: string]: unknown;
}

test("admins see how far every server is behind, and can pause it", async (t) => {
  const site = await startSite();
  try {
    const { admin } = site;
    const { sql } = site.database;
    const [{ id }] = await sql<[{ id: number }]>`
      insert into instance (domain) values ('far.example') returning id`;
    await sql`insert into instance (domain) values ('near.example')`;
    await sql`insert into sent_activity (ap_id, data, sensitive, published_at, actor_type, actor_apub_id)
      select 'https://x/' || n, '{}', false, now() - interval '100 seconds', 'site', 'https://x/'
      from generate_series(1, 3) n`;
    // Nothing of it is for near.example: its queue runs ahead.
    await sql`update federation_queue_state set last_successful_id = 1, fail_count = 20,
      last_retry_at = now(), last_error = 'status 500' where instance_id = ${id}`;
    const list = async (input = {}) =>
      (await ok(callOurs(admin, "GET", "/admin/federation/queue", input)))
        .items as Queue[];
    const [far] = await list({ failing_only: true });
    t.equal(far.instance.domain, "far.example");
    t.equal([far.lag, far.fail_count, far.last_error, far.paused], [
      2,
      20,
      "status 500",
      false,
    ]);
    t.ok(Math.abs(Number(far.lag_seconds) - 100) < 20, `${far.lag_seconds} s`);
    const wait = Date.parse(String(far.next_attempt_at)) - Date.now();
    t.ok(wait > 30_000 && wait < 70_000, `${wait} ms`);

    t.equal((await list()).map(({ instance }) => instance.domain), [
      "far.example",
      "near.example",
    ]);
    const first = await ok(
      callOurs(admin, "GET", "/admin/federation/queue", { limit: 1 }),
    );
    const second = await list({
      limit: 1,
      page_cursor: first.next_page as string,
    });
    t.equal(second[0].instance.domain, "near.example");

    const pause = (instance_id: number, pause: boolean) =>
      callOurs(admin, "POST", "/admin/federation/queue/pause", {
        instance_id,
        pause,
      });
    t.equal((await ok(pause(id, true))).paused, true);
    t.equal((await list()).map(({ paused }) => paused), [true, false]);
    t.equal((await ok(pause(id, false))).paused, false);
    t.equal(await codeOf(pause(999_999, true)), "not_found");

    const { items } = await ok(
      admin.getFederatedInstances({ kind: "all", domain_filter: "far" }),
    );
    t.equal(items[0].queue_state?.instance_id, id);
    t.equal(items[0].queue_state?.fail_count, 20);
    t.equal(site.failures, []);
  } finally {
    await site.close();
  }
});

test("monitoring reads how far every server is behind", async (t) => {
  const port = freePort();
  const site = await startSite({
    config: { prometheus: { bind: "127.0.0.1", port } },
  });
  try {
    const { sql } = site.database;
    await sql`insert into instance (domain) values ('far.example'), ('near.example')`;
    await sql`insert into sent_activity (ap_id, data, sensitive, published_at, actor_type, actor_apub_id)
      select 'https://x/' || n, '{}', false, now() - interval '100 seconds', 'site', 'https://x/'
      from generate_series(1, 3) n`;
    await sql`update federation_queue_state set last_successful_id = 3
      from instance where id = instance_id and domain = 'near.example'`;
    await sql`update federation_queue_state set fail_count = 20, last_retry_at = now()
      from instance where id = instance_id and domain = 'far.example'`;
    await sql`insert into received_activity (ap_id, kind, actor_ap_id, host, changes, state)
      values ('https://far.example/1', 'Like', 'https://far.example/u/a', 'far.example', '{}', 'failed')`;
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    const text = await response.text();
    t.equal(response.status, 200);
    t.match(text, 'tundra_federation_queue_activities{domain="far.example"} 3');
    t.match(text, 'tundra_federation_queue_failures{domain="far.example"} 20');
    t.match(text, /queue_retry_seconds\{domain="far.example"\} [56]\d/);
    t.match(text, /queue_seconds\{domain="far.example"\} 1\d\d/);
    t.noMatch(text, "near.example");
    t.match(text, "tundra_federation_servers_failing 1");
    t.match(text, "tundra_federation_inbox_failed 1");
    t.match(text, "tundra_federation_inbox_waiting 0");
    const other = await fetch(`http://127.0.0.1:${port}/`);
    await other.body?.cancel();
    t.equal(other.status, 404);
  } finally {
    await site.close();
  }
});
