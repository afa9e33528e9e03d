/** What another server's deliveries do here: taken, refused, carried out in order and once. */
import { callOurs, ok, startSite } from "../clients/api_server.ts";
import { type Assertions, test } from "../harness.ts";
import { Neighbour } from "../support/neighbour.ts";
import { until } from "../support/until.ts";

type Json = Record<string, unknown>;

/** A site of ours with a community, and a server whose member follows it. */
async function neighbours() {
  const site = await startSite({ env: { LEMMY_TEST_FAST_FEDERATION: "1" } });
  const far = new Neighbour("far", site.url);
  const { admin, database: { sql } } = site;
  const { community_view: { community } } = await ok(
    admin.createCommunity({ name: "cats", title: "Cats" }),
  );
  const cats = `${site.url}/c/cats`;
  const mia = far.person("mia");
  return {
    site,
    far,
    cats,
    mia,
    community,
    sql,
    /** Delivers and waits until it is carried out or refused. @returns the reason of a refusal */
    async carryOut(activity: Json): Promise<string | null> {
      const { status, json } = await far.deliver(activity);
      if (status !== 202) throw new Error(`${status} ${JSON.stringify(json)}`);
      const [{ state, reason }] = await until(
        () =>
          sql<
            { state: string; reason: string | null }[]
          >`select state, reason from received_activity where ap_id = ${
            String(activity.id)
          }`,
        ([row]) => row?.state !== "waiting",
      );
      return state === "failed" ? reason : null;
    },
    async close(t: Assertions) {
      t.equal(site.failures, []);
      await far.stop();
      await site.close();
    },
  };
}

test("what a member of another server does in a community arrives", async (t) => {
  const all = await neighbours();
  const { site, far, cats, mia, community, carryOut, sql } = all;
  const { admin } = site;
  try {
    t.equal(await carryOut(far.activity("Follow", mia, cats)), null);
    const subscribers = async () =>
      (await ok(admin.getCommunity({ id: community.id }))).community_view
        .community.subscribers;
    // The founder follows as well.
    await until(subscribers, (count) => count === 2);

    const page = far.page(mia, cats, {
      name: "A cat",
      content: "<p>with <b>whiskers</b></p>",
      tag: [{ type: "Mention", href: `${site.url}/u/admin`, name: "@admin" }],
    });
    const create = far.activity("Create", mia, page, cats);
    t.equal(await carryOut(create), null);
    const post = async () =>
      (await ok(admin.getPosts({ community_id: community.id }))).items[0];
    const { post: stored } = await post();
    t.equal(
      [stored.name, stored.body, stored.ap_id, stored.upvotes],
      ["A cat", "with **whiskers**", page.id, 1],
    );
    await until(
      async () =>
        (await ok(admin.listNotifications({}))).items.map((item) =>
          item.notification.kind
        ),
      (kinds) => kinds.includes("mention"),
    );

    const note = far.note(mia, cats, String(page.id));
    t.equal(await carryOut(far.activity("Create", mia, note, cats)), null);
    const [comment] = (await ok(admin.getComments({ post_id: stored.id })))
      .items;
    t.equal(comment.comment.ap_id, note.id);

    const leo = far.person("leo");
    const like = far.activity("Like", leo, page.id);
    t.equal(await carryOut(like), null);
    t.equal((await post()).post.upvotes, 2);
    t.equal(
      await carryOut(far.activity("Dislike", leo, page.id, undefined)),
      null,
    );
    t.equal([(await post()).post.upvotes, (await post()).post.downvotes], [
      1,
      1,
    ]);
    const undo = far.activity(
      "Undo",
      leo,
      far.activity("Dislike", leo, page.id),
    );
    t.equal(await carryOut(undo), null);
    t.equal((await post()).post.downvotes, 0);

    const edited = {
      ...page,
      name: "Two cats",
      updated: new Date(Date.now() + 1000).toISOString(),
    };
    t.equal(await carryOut(far.activity("Update", mia, edited, cats)), null);
    t.equal((await post()).post.name, "Two cats");

    const deletion = far.activity("Delete", mia, page.id, cats);
    t.equal(await carryOut(deletion), null);
    const deleted = async () =>
      (await sql`select deleted from post where id = ${stored.id}`)[0].deleted;
    t.equal(await deleted(), true);
    t.equal(await carryOut(far.activity("Undo", mia, deletion, cats)), null);
    t.equal(await deleted(), false);

    t.equal(
      await carryOut(
        far.activity("Undo", mia, far.activity("Follow", mia, cats)),
      ),
      null,
    );
    await until(subscribers, (count) => count === 1);
  } finally {
    await all.close(t);
  }
});

test("deliveries that nobody can vouch for are refused, and change nothing", async (t) => {
  const all = await neighbours();
  const { site, far, cats, mia, sql } = all;
  try {
    const page = far.page(mia, cats);
    const create = () => far.activity("Create", mia, page, cats);
    const refusals: [string, Promise<{ status: number; json: Json }>][] = [
      [
        "400 digest_mismatch",
        far.deliver(create(), { tamper: (s) => s + " " }),
      ],
      [
        "401 signature_expired",
        far.deliver(create(), { now: new Date(Date.now() - 2 * 3600_000) }),
      ],
      [
        "401 signature_expired",
        far.deliver(create(), { now: new Date(Date.now() + 2 * 3600_000) }),
      ],
      [
        "401 signature_missing",
        far.deliver(create(), { unsigned: true }),
      ],
      [
        "401 signature_invalid",
        far.deliver(create(), { signer: "http://other.localhost/u/mia" }),
      ],
      [
        "400 wrong_host",
        far.deliver({ ...create(), id: "http://other.localhost/activities/1" }),
      ],
      [
        "400 local_object",
        far.deliver({
          ...create(),
          id: `${site.url}/activities/create/1`,
          actor: `${site.url}/u/admin`,
        }),
      ],
      [
        "400 unknown_activity",
        far.deliver(far.activity("EmojiReact", mia, page)),
      ],
      ["400 unreadable", far.deliver({ ...create(), actor: 7 })],
      ["400 unreadable", far.deliver({ ...create(), id: [1] })],
      [
        "400 not_found",
        far.deliver(far.activity("Create", far.url("/u/nobody"), page, cats)),
      ],
    ];
    for (const [expected, delivery] of refusals) {
      const { status, json } = await delivery;
      t.equal(`${status} ${json.error}`, expected);
    }
    const raw = async (body: BodyInit, type = "application/activity+json") => {
      const response = await fetch(`${site.url}/inbox`, {
        method: "POST",
        body,
        headers: { "content-type": type },
      });
      await response.body?.cancel();
      return response.status;
    };
    t.equal(await raw("{}", "text/plain"), 404);
    t.equal(await raw("{}"), 400);
    t.equal(await raw(new Uint8Array(2 * 1024 * 1024)), 413);
    t.equal(
      (await sql`select count(*)::int4 as n from received_activity`)[0].n,
      0,
    );
    t.equal((await sql`select from post`).length, 0);
  } finally {
    await all.close(t);
  }
});

test("what arrives twice, late or in one burst comes to the same", async (t) => {
  const all = await neighbours();
  const { site, far, cats, mia, community, sql, carryOut } = all;
  try {
    const page = far.page(mia, cats);
    const create = far.activity("Create", mia, page, cats);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => far.deliver(create)),
    );
    t.equal(answers.map(({ status }) => status), [202, 202, 202, 202, 202]);
    // Everything at once, each in its own connection; only the order of arrival counts.
    const notes: Json[] = [];
    let parent = String(page.id);
    for (let i = 0; i < 5; i++) {
      const note = far.note(mia, cats, parent);
      await far.deliver(far.activity("Create", mia, note, cats));
      await far.deliver(far.activity("Like", mia, note.id));
      await far.deliver(
        far.activity("Undo", mia, far.activity("Like", mia, note.id)),
      );
      notes.push(note);
      parent = String(note.id);
    }
    await until(
      () => sql`select from received_activity where state <> 'applied'`,
      (rows) => rows.length === 0,
    );
    const comments = await sql`
      select c.ap_id, c.level, c.upvotes from comment c order by c.level`;
    t.equal(
      comments.map(({ ap_id, level, upvotes }) => [ap_id, level, upvotes]),
      notes.map((note, i) => [note.id, i + 1, 0]),
    );
    const [{ comments: count, upvotes }] = await sql`
      select comments, upvotes from post where community_id = ${community.id}`;
    t.equal([count, upvotes], [5, 1]);

    // An older state does not overwrite a newer one.
    const update = (name: string, seconds: number) =>
      far.activity("Update", mia, {
        ...page,
        name,
        updated: new Date(Date.now() + seconds * 1000).toISOString(),
      }, cats);
    t.equal(await carryOut(update("new", 20)), null);
    t.equal(await carryOut(update("old", 10)), null);
    t.equal((await sql`select name from post`)[0].name, "new");
    t.equal(site.failures, []);
  } finally {
    await all.close(t);
  }
});

test("what fails for now is tried again, what is refused is shown to admins", async (t) => {
  const all = await neighbours();
  const { site, far, cats, mia, sql, carryOut } = all;
  const { admin } = site;
  try {
    const page = far.page(mia, cats);
    t.equal(await carryOut(far.activity("Create", mia, page, cats)), null);
    // The comment that is answered cannot be had yet.
    const parent = far.note(mia, cats, String(page.id));
    const answer = far.note(mia, cats, String(parent.id));
    far.fail(String(parent.id), 500);
    const late = far.activity("Create", mia, answer, cats);
    t.equal((await far.deliver(late)).status, 202);
    const list = async (state: string) =>
      (await ok(callOurs(admin, "GET", "/admin/federation/inbox", { state })))
        .items as Json[];
    const [waiting] = await until(
      () => list("waiting"),
      ([one]) => Number(one?.attempts) > 0,
    );
    t.equal([waiting.activity_id, waiting.kind], [late.id, "Create/Note"]);
    t.match(String(waiting.reason), "500");
    // It holds nobody up.
    t.equal(await carryOut(far.activity("Like", mia, page.id)), null);
    far.put(parent);
    await until(
      () => sql`select from comment where ap_id = ${String(answer.id)}`,
      (rows) => rows.length === 1,
    );

    const leo = far.person("leo");
    const stranger = far.activity("Add", mia, leo, cats, {
      target: `${cats}/moderators`,
    });
    t.equal(await carryOut(stranger), `not_a_mod_or_admin: ${mia}`);
    const [failed] = await list("failed");
    t.equal(failed.activity_id, stranger.id);
    const call = (what: string, id = failed.id) =>
      callOurs(admin, "POST", `/admin/federation/inbox/${what}`, { id });
    await sql`insert into community_actions (person_id, community_id, became_moderator_at)
      select p.id, c.id, now() from person p, community c
      where p.ap_id = ${mia} and c.ap_id = ${cats}`;
    await ok(call("retry"));
    await until(
      () =>
        sql`select from community_actions a join person p on p.id = a.person_id
          where p.ap_id = ${leo} and a.became_moderator_at is not null`,
      (rows) => rows.length === 1,
    );
    t.equal(await list("failed"), []);
    t.equal((await call("retry")).state, "failed");

    const junk = far.activity("Lock", mia, far.url("/post/nowhere"), cats);
    t.match(String(await carryOut(junk)), "not_found");
    const [again] = await list("failed");
    await ok(call("discard", again.id));
    t.equal(await list("failed"), []);
    t.equal((await far.deliver(junk)).status, 202);
    t.equal(await list("waiting"), []);
  } finally {
    await all.close(t);
  }
});

test("a community's word counts for what happens in it, and for nothing else", async (t) => {
  const all = await neighbours();
  const { site, far, sql } = all;
  const { admin } = site;
  try {
    const dogs = far.group("dogs");
    const birds = far.group("birds");
    const rex = far.person("rex");
    const page = far.page(rex, dogs);
    const announced = far.announce(
      dogs,
      far.activity("Create", rex, page, dogs),
    );
    // Nobody here has asked for it.
    const unasked = await far.deliver(announced);
    t.equal([unasked.status, unasked.json.error, unasked.json.message], [
      400,
      "community_has_no_followers",
      dogs,
    ]);
    const [{ id }] = await sql`select id from community where ap_id = ${dogs}`;
    await ok(admin.followCommunity({ community_id: id, follow: true }));
    const deliver = async (activity: Json) => {
      t.equal((await far.deliver(activity)).status, 202);
      const [row] = await until(
        () =>
          sql`select state, reason from received_activity where ap_id = ${
            String(activity.id)
          }`,
        ([row]) => row?.state !== "waiting",
      );
      return row.reason;
    };
    t.equal(await deliver({ ...announced, id: far.id("announce") }), null);
    t.equal(
      (await sql`select count(*)::int4 as n from post where ap_id = ${
        String(page.id)
      }`)[0].n,
      1,
    );
    const [{ id: birdsId }] = await sql`
      insert into community (name, title, ap_id, inbox_url, instance_id, public_key, local,
        last_refreshed_at)
      select 'birds', 'Birds', ${birds}, ${
      birds + "/inbox"
    }, instance_id, ${far.publicKey}, false,
        now() from community where id = ${id} returning id`;
    await ok(admin.followCommunity({ community_id: birdsId, follow: true }));
    const foreign = far.announce(
      birds,
      far.activity("Like", rex, page.id),
    );
    t.equal(await deliver(foreign), `wrong_community: ${birds}`);
    // A person's boost.
    const boost = far.activity("Announce", rex, page.id, undefined, {
      to: ["https://www.w3.org/ns/activitystreams#Public"],
    });
    t.equal(await deliver(boost), `wrong_community: ${rex}`);
    // The object alone is nothing new.
    t.equal(await deliver(far.announce(dogs, { ...page, actor: rex })), null);
    t.equal(
      await deliver(far.announce(dogs, far.activity("Like", rex, page.id))),
      null,
    );
    t.equal(
      (await sql`select upvotes from post where ap_id = ${String(page.id)}`)[0]
        .upvotes,
      1,
    );
  } finally {
    await all.close(t);
  }
});
