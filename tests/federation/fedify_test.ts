/** Interoperation with a server that nobody here wrote, made with Fedify. */
import {
  Accept,
  Announce,
  Create,
  Delete,
  Follow,
  Group,
  Like,
  Mention,
  Note,
  PUBLIC_COLLECTION,
  Tombstone,
  Undo,
} from "@fedify/vocab";
import { ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { startFedify } from "../support/fedify_server.ts";
import { until } from "../support/until.ts";

test("a server made with Fedify follows, posts, likes and deletes, and verifies what we send", async (t) => {
  const site = await startSite({ env: { LEMMY_TEST_FAST_FEDERATION: "1" } });
  const fedify = await startFedify("fedify");
  const { admin, database: { sql } } = site;
  try {
    const { community_view: { community } } = await ok(
      admin.createCommunity({ name: "cats", title: "Cats" }),
    );
    const ctx = fedify.context();
    const alice = ctx.getActorUri("alice");
    // It reads our actor with its own JSON-LD processor.
    const found = await ctx.lookupObject(`${site.url}/c/cats`);
    t.ok(found instanceof Group, "our community is no Group to it");
    const group = found as Group;
    t.equal(group.name?.toString(), "Cats");
    const send = (activity: Follow | Create | Like | Undo | Delete) =>
      ctx.sendActivity({ identifier: "alice" }, group, activity);
    const id = (path: string) => new URL(path, fedify.origin);

    await send(
      new Follow({ id: id("/follows/1"), actor: alice, object: group.id }),
    );
    await until(
      () => fedify.taken.some((activity) => activity instanceof Accept),
      Boolean,
    );

    const note = new Note({
      id: id("/notes/1"),
      attribution: alice,
      content: "<p>A cat from afar <a href='x'>@cats</a></p>",
      to: PUBLIC_COLLECTION,
      ccs: [group.id!, new URL(`${alice}/followers`)],
      tags: [new Mention({ href: group.id, name: "@cats" })],
      published: Temporal.Now.instant(),
    });
    fedify.notes.set("1", note);
    await send(
      new Create({
        id: id("/creates/1"),
        actor: alice,
        object: note,
        to: PUBLIC_COLLECTION,
        ccs: [group.id!],
      }),
    );
    const posts = async () =>
      (await ok(admin.getPosts({ community_id: community.id }))).items;
    const [{ post }] = await until(posts, (items) => items.length === 1);
    t.equal([post.ap_id, post.name], [
      note.id!.href,
      "A cat from afar",
    ]);

    const { post_view: ours } = await ok(
      admin.createPost({ name: "Ours", community_id: community.id }),
    );
    await ok(admin.createComment({ content: "hello", post_id: post.id }));
    // The activities of a community are announced; each was signed by us and verified there.
    const announced = await until(
      async () => {
        const inner: string[] = [];
        for (const activity of fedify.taken) {
          if (!(activity instanceof Announce)) continue;
          const json = await activity.toJsonLd() as { object: unknown };
          inner.push(JSON.stringify(json.object));
        }
        return inner;
      },
      (inner) =>
        inner.some((text) => text.includes(`/post/${ours.post.id}`)) &&
        inner.some((text) => text.includes("hello")),
    );
    t.ok(announced.length >= 3);

    await send(
      new Like({
        id: id("/likes/1"),
        actor: alice,
        object: new URL(ours.post.ap_id),
      }),
    );
    const upvotes = async () =>
      (await ok(admin.getPost({ id: ours.post.id }))).post_view.post.upvotes;
    await until(upvotes, (count) => count === 2);
    await send(
      new Undo({
        id: id("/undos/1"),
        actor: alice,
        object: new Like({
          id: id("/likes/1"),
          actor: alice,
          object: new URL(ours.post.ap_id),
        }),
      }),
    );
    await until(upvotes, (count) => count === 1);

    await send(
      new Delete({
        id: id("/deletes/1"),
        actor: alice,
        object: new Tombstone({ id: note.id }),
        to: PUBLIC_COLLECTION,
      }),
    );
    await until(
      () => sql`select deleted from post where id = ${post.id}`,
      ([row]) => row.deleted,
    );
    t.equal(site.failures, []);
  } finally {
    await fedify.stop();
    await site.close();
  }
});
