/** What arrives at the same time is carried out together, and each of it as if it were alone. */
import { ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { Neighbour } from "../support/neighbour.ts";
import { until } from "../support/until.ts";

type Json = Record<string, unknown>;

test("activities that wait at the same time share a transaction, and one that fails takes no other with it", async (t) => {
  const site = await startSite({ env: { LEMMY_TEST_FAST_FEDERATION: "1" } });
  const far = new Neighbour("far", site.url);
  const { admin, database: { sql } } = site;
  const cats = `${site.url}/c/cats`;
  const members = ["mia", "leo", "kim", "sam"].map((name) => far.person(name));
  const outcomes = (activities: Json[]) =>
    until(
      () =>
        sql<{ state: string; reason: string | null; xmin: string }[]>`
          select state, reason, xmin::text from received_activity
          where ap_id = any(${
          activities.map(({ id }) => String(id))
        }) order by id`,
      (rows) =>
        rows.length === activities.length &&
        rows.every(({ state }) => state !== "waiting"),
    );
  /** Delivers all of them while what comes before them cannot be carried out. */
  const together = async (activities: Json[]) => {
    const held = far.activity("Like", members[0], page.id, cats);
    await sql.begin(async (sql) => {
      await sql`select from person where ap_id = ${members[3]} for update`;
      for (const activity of [held, ...activities]) {
        t.equal((await far.deliver(activity)).status, 202);
      }
      // All of them are checked meanwhile, and wait.
      await until(
        () =>
          site.database.sql<{ waiting: number }[]>`
            select count(*)::int4 as waiting from received_activity
            where state = 'waiting' and claimed_by is not null`,
        ([{ waiting }]) => waiting === activities.length + 1,
      );
      await new Promise((resolve) => setTimeout(resolve, 1000));
    });
    return await outcomes(activities);
  };
  const { community_view: { community } } = await ok(
    admin.createCommunity({ name: "cats", title: "Cats" }),
  );
  const page = far.page(members[3], cats);
  try {
    await far.deliver(far.activity("Create", members[3], page, cats));
    await until(
      async () =>
        (await ok(admin.getPosts({ community_id: community.id }))).items,
      (items) => items.length === 1,
    );
    for (const member of members) {
      const like = far.activity("Like", member, page.id, cats);
      await far.deliver(like);
      await outcomes([like]);
    }

    const notes = members.map((member) =>
      far.note(member, cats, String(page.id))
    );
    const comments = notes.map((note, i) =>
      far.activity("Create", members[i], note, cats)
    );
    const votes = members.slice(1).map((member) =>
      far.activity("Dislike", member, page.id, cats)
    );
    const done = await together([...comments, ...votes]);
    t.equal(done.map(({ state }) => state), done.map(() => "applied"));
    t.equal(new Set(done.map(({ xmin }) => xmin)).size, 1);
    const [{ post }] =
      (await ok(admin.getPosts({ community_id: community.id }))).items;
    t.equal([post.comments, post.upvotes, post.downvotes], [4, 1, 3]);

    const moved = { ...notes[1], inReplyTo: notes[2].id };
    const more = far.note(members[2], cats, String(notes[0].id));
    const mixed = await together([
      far.activity("Create", members[2], more, cats),
      far.activity("Update", members[1], moved, cats),
      far.activity("Like", members[1], notes[0].id, cats),
      far.activity("Undo", members[2], votes[1]),
    ]);
    t.equal(mixed.map(({ state, reason }) => reason?.split(":")[0] ?? state), [
      "applied",
      "object_is_immutable",
      "applied",
      "applied",
    ]);
    const { items } = await ok(admin.getComments({ post_id: post.id }));
    const scores = Object.fromEntries(
      items.map(({ comment }) => [comment.ap_id, comment.score]),
    );
    t.equal(
      [notes[0], notes[1], notes[2], notes[3], more].map(({ id }) =>
        scores[String(id)]
      ),
      [2, 1, 1, 1, 1],
    );
    const [{ post: after }] =
      (await ok(admin.getPosts({ community_id: community.id }))).items;
    t.equal([after.comments, after.upvotes, after.downvotes], [5, 1, 2]);
    t.equal(site.failures, []);
  } finally {
    await far.stop();
    await site.close();
  }
});
