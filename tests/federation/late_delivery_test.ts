/** What reaches other servers later than it was made: scheduled posts, and all for who was silent. */
import { ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { Neighbour } from "../support/neighbour.ts";
import { until } from "../support/until.ts";

type Json = Record<string, unknown>;

/** The kind of what a community announces, with the object's last part: `Create comment/3`. */
function announced({ type, object }: Json): string | null {
  const inner = object as Json;
  if (type !== "Announce" || typeof inner.type !== "string") return null;
  if (inner.type === "Page") return null;
  const act = inner.type === "Undo" ? inner.object as Json : inner;
  const about = act.object as string | Json;
  const id = typeof about === "string" ? about : String(about.id);
  return `${inner.type} ${id.split("/").slice(-2).join("/")}`;
}

test("what waited for a post's time or a server's return arrives in order and once", async (t) => {
  const site = await startSite({ env: { LEMMY_TEST_FAST_FEDERATION: "1" } });
  const { admin, database: { sql } } = site;
  const [near, far] = ["near", "far"].map((name) =>
    new Neighbour(name, site.url)
  );
  const heard = (server: Neighbour) =>
    server.received.map(announced).filter((text) => text !== null);
  try {
    const { community_view: { community } } = await ok(
      admin.createCommunity({ name: "cats", title: "Cats" }),
    );
    const [mia, eve] = [near.person("mia"), far.person("eve")];
    await near.deliver(near.activity("Follow", mia, community.ap_id));
    await until(() => near.received, ([{ type } = {}]) => type === "Accept");
    // That one has never sent anything itself.
    await ok(admin.resolveObject({ q: eve }));
    await sql`insert into community_actions (person_id, community_id, followed_at, follow_state)
      select id, ${community.id}, now(), 'accepted' from person where ap_id = ${eve}`;

    const create = async (scheduled_publish_time_at?: number) =>
      (await ok(admin.createPost({
        name: "A cat",
        community_id: community.id,
        scheduled_publish_time_at,
      }))).post_view.post;

    const later = await create(Math.floor(Date.now() / 1000) + 3600);
    const comment = async (content: string, parent_id?: number) =>
      (await ok(
        admin.createComment({ content, post_id: later.id, parent_id }),
      )).comment_view.comment.id;
    const top = await comment("To be continued");
    const answer = await comment("Continued", top);
    await ok(admin.likePost({ post_id: later.id }));
    const first = await create();
    await until(() => heard(near), (texts) => texts.length > 0);
    t.equal(heard(near), [`Create post/${first.id}`]);

    // The other one has not been heard of for days, once it is noted that it took the first post;
    // the manager looks when a server gets to be known.
    await until(
      () =>
        sql`select from federation_queue_state q join instance i on i.id = q.instance_id
          where domain = 'far.localhost' and updated_at is not null
            and last_successful_id = (select max(id) from sent_activity)`,
      (rows) => rows.length === 1,
    );
    await sql`update instance set updated_at = now() - interval '4 days'
      where domain = 'far.localhost'`;
    await sql`insert into instance (domain, checked_at) values ('one.example', now())`;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await ok(admin.editPost({ post_id: later.id, name: "At last" }));
    const expected = [
      `Create post/${first.id}`,
      `Create post/${later.id}`,
      `Create comment/${top}`,
      `Create comment/${answer}`,
      `Undo post/${later.id}`,
    ];
    const all = (texts: string[]) => texts.length >= expected.length;
    await until(() => heard(near), all);
    // The end of a vote waits for the post, not for the comments.
    const inOrder = (texts: string[]) => [
      texts.filter((text) => !text.startsWith("Undo")),
      texts.indexOf(expected[4]) > 1,
    ];
    t.equal(inOrder(heard(near)), [expected.slice(0, 4), true]);
    t.equal(heard(far), expected.slice(0, 1), "nothing is sent to the silent");

    // A word from it is a sign of life.
    await far.deliver(far.activity("Like", eve, first.ap_id));
    await sql`insert into instance (domain, checked_at) values ('two.example', now())`;
    await until(() => heard(far), (texts) => texts.length > expected.length);
    const others = heard(far).filter((text) =>
      text !== `Like post/${first.id}`
    );
    t.equal(inOrder(others), [expected.slice(0, 4), true]);
    t.equal(others.length, expected.length);
    t.equal(site.failures, []);
  } finally {
    await Promise.all([near.stop(), far.stop()]);
    await site.close();
  }
});
