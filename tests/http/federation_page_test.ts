/** The admins' page of what waits to and from other servers, without JavaScript. */
import { startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { PageReader } from "../support/page_reader.ts";

test("admins see what waits for and from other servers, and decide about it", async (t) => {
  // Whoever sends would write down how far the servers really are.
  const site = await startSite({
    env: { LEMMY_DISABLE_ACTIVITY_SENDING: "true" },
  });
  try {
    const { sql } = site.database;
    const [{ id: far }] = await sql<[{ id: number }]>`
      insert into instance (domain) values ('far.example') returning id`;
    await sql`insert into instance (domain) values ('near.example')`;
    await sql`insert into sent_activity (ap_id, data, sensitive, published_at, actor_type, actor_apub_id)
      select 'https://x/' || n, '{}', false, now() - interval '2 hours 10 minutes', 'site', 'https://x/'
      from generate_series(1, 3) n`;
    await sql`update federation_queue_state set last_successful_id = 1, fail_count = 20,
      last_retry_at = now(), last_error = 'status 500: <b>broken</b>' where instance_id = ${far}`;
    const received = await sql<{ id: number }[]>`
      insert into received_activity (ap_id, kind, actor_ap_id, host, data, changes, state, reason, attempts)
      select 'https://far.example/' || state, 'Create(Note)', 'https://far.example/u/mia',
        'far.example', '{}', '{}', state, 'because of ' || state, 2
      from (values ('failed'), ('waiting')) s(state) returning id`;
    // Far ahead, so that nothing of this is worked on meanwhile.
    await sql`update received_activity set received_at = now() - interval '1 day',
      retry_at = case when state = 'waiting' then now() + interval '1 day' end`;
    const [{ id: event }] = await sql<[{ id: number }]>`
      insert into outbox_failure (event, objects, needs, reason, attempts, retry_at)
      values (${
      sql.json({ kind: "post_created", post_id: 7, published_at: new Date() })
    }, '{}', '{}', 'a defect', 1, now() + interval '1 day') returning id`;

    const path = "/admin/federation";
    const bob = new PageReader(site.url, await site.signUp("bob"));
    t.equal((await bob.get(path)).status, 403);
    t.equal(
      (await bob.submit(path, { instance: String(far), pause: "true" })).to,
      path,
    );
    const admin = new PageReader(site.url, site.adminJwt);
    const page = async (view: string) =>
      (await admin.get(`${path}?view=${view}`)).html;
    t.match((await admin.get("/admin")).html, `href="${path}"`);
    t.equal((await admin.get("/admin?tab=federation")).to, path);

    const servers = await page("servers");
    t.match(servers, "far.example");
    t.match(servers, "near.example");
    t.match(servers, "20 failures in a row");
    t.match(servers, "2 hours");
    t.match(servers, "status 500: &lt;b>broken");
    t.noMatch(servers, "Paused", "another's form did nothing");
    const failing = await page("failing");
    t.match(failing, "far.example");
    t.noMatch(failing, "near.example");

    const act = async (fields: Record<string, unknown>) => {
      const { status, to } = await admin.submit(
        path,
        Object.fromEntries(
          Object.entries({ return: `${path}?view=waiting`, ...fields })
            .map(([name, value]) => [name, String(value)]),
        ),
      );
      t.equal([status, to], [303, `${path}?view=waiting`]);
      return (await admin.get(path)).html;
    };
    t.match(await act({ instance: far, pause: true }), "Paused");
    t.noMatch(await act({ instance: far, resume: true }), "Paused");

    const [failed, waiting] = received.map(({ id }) => id);
    t.match(await page("refused"), "because of failed");
    t.noMatch(await page("refused"), "because of waiting");
    t.match(await page("waiting"), "because of waiting");
    await act({ id: waiting, discard: true });
    t.noMatch(await page("waiting"), "because of waiting");
    t.match(await act({ id: failed, retry: true }), "tried again");
    const [{ age }] = await sql`
      select extract(epoch from now() - received_at)::int4 as age
      from received_activity where id = ${failed}`;
    t.ok(age < 60);
    t.match(await act({ id: 999_999, retry: true }), "could not be found");
    t.match(await act({ id: "0 or 1", discard: true }), "could not be found");

    const unsent = await page("unsent");
    t.match(unsent, "post_created");
    t.match(unsent, 'href="/post/7"');
    await act({ event, retry: true });
    const [{ due }] = await sql`
      select retry_at <= now() as due from outbox_failure where id = ${event}`
      .then((rows) => rows.length > 0 ? rows : [{ due: true }]);
    t.ok(due);
    await act({ event, discard: true });
    t.noMatch(await page("unsent"), "post_created");
  } finally {
    await site.close();
  }
});
