/** Pages of what was here and is no more (web-ui §1.4). */
import { ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { PageReader } from "../support/page_reader.ts";

test("what was removed or deleted is gone for readers, and there for those it concerns", async (t) => {
  const server = await startSite();
  try {
    const jwt = await server.signUp("alice");
    const alice = server.client(jwt);
    const community_id =
      (await ok(alice.createCommunity({ name: "garden" }))).community_view
        .community.id;
    const post = async (name: string) =>
      (await ok(alice.createPost({ name, community_id }))).post_view.post.id;
    const [removed, deleted, kept] = [
      await post("Weeds"),
      await post("Wilted"),
      await post("Roses"),
    ];
    const comment = async (content: string) =>
      (await ok(alice.createComment({ content, post_id: kept }))).comment_view
        .comment.id;
    const [weed, rose] = [await comment("weed"), await comment("rose")];
    const bob = new PageReader(server.url, await server.signUp("bob"));
    const anyone = new PageReader(server.url);
    const author = new PageReader(server.url, jwt);
    const status = async (reader: PageReader, path: string) =>
      (await reader.get(path)).status;
    t.equal(await status(anyone, `/post/${removed}`), 200);

    await ok(server.admin.removePost({
      post_id: removed,
      removed: true,
      reason: "weeds",
    }));
    await ok(alice.deletePost({ post_id: deleted, deleted: true }));
    await ok(server.admin.removeComment({
      comment_id: weed,
      removed: true,
      reason: "weeds",
    }));
    for (const reader of [bob, anyone]) {
      const page = await reader.get(`/post/${removed}`);
      t.equal(page.status, 410);
      t.match(page.html, "This post was removed by a moderator.");
      t.ok(!page.html.includes("Weeds"), "its title is not told");
      const own = await reader.get(`/post/${deleted}`);
      t.equal(own.status, 410);
      t.match(own.html, "This post was deleted by its creator.");
      t.equal(await status(reader, `/post/${kept}/${weed}`), 410);
      t.equal(await status(reader, `/post/${kept}/${rose}`), 200);
      t.equal(await status(reader, `/post/${kept}`), 200);
      t.equal(await status(reader, "/post/999999"), 404, "never was");
      t.equal(await status(reader, "/c/nowhere"), 404, "never was");
    }
    t.equal(await status(author, `/post/${removed}`), 200);
    t.equal(await status(author, `/post/${kept}/${weed}`), 200);

    await ok(server.admin.removeCommunity({
      community_id,
      removed: true,
      reason: "overgrown",
    }));
    for (const path of ["/c/garden", `/post/${kept}`]) {
      const page = await anyone.get(path);
      t.equal(page.status, 410, path);
      t.match(page.html, "This community was removed by an admin.");
    }

    // What is closed to a reader looks as if it had never been.
    const closed =
      (await ok(alice.createCommunity({ name: "shed", visibility: "private" })))
        .community_view.community.id;
    const inside = (await ok(
      alice.createPost({ name: "Tools", community_id: closed }),
    )).post_view.post.id;
    await ok(alice.deletePost({ post_id: inside, deleted: true }));
    t.equal(await status(bob, `/post/${inside}`), 404);
    t.equal(await status(anyone, `/post/${inside}`), 404);
  } finally {
    await server.close();
  }
});
