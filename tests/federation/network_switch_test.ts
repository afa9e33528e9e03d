/**
 * Two sites of ours: a community that changes who may see it, and much at once (federation §12, 7, 8
 * and 15).
 */
import { ok } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { eventsDone } from "../support/events.ts";
import { followed, withNetwork } from "../support/network.ts";
import { until } from "../support/until.ts";

test("a community changes its visibility for other sites as well, and a burst in it arrives complete", async (t) => {
  await withNetwork(t, ["alpha", "beta"], async (alpha, beta) => {
    const { community_view: { community } } = await ok(
      beta.admin.createCommunity({ name: "birds", title: "Birds" }),
    );
    const ann = await alpha.signUp("ann");
    const community_id = await followed(ann, `!birds@${beta.host}`);
    const set = async (
      visibility: "public" | "unlisted" | "private" | "local_only_public",
      seen: { visibility: string; deleted: boolean },
    ) => {
      await ok(
        beta.admin.editCommunity({ community_id: community.id, visibility }),
      );
      const [row] = await until(
        () =>
          alpha
            .sql`select visibility, deleted from community where id = ${community_id}`,
        ([row]) =>
          row.visibility === seen.visibility && row.deleted === seen.deleted,
      );
      t.equal([row.visibility, row.deleted], [seen.visibility, seen.deleted]);
    };
    await set("private", { visibility: "private", deleted: false });
    // Who follows it stays a member: her post is taken, and is not public.
    const { post_view: { post } } = await ok(
      ann.createPost({ name: "A nest", community_id }),
    );
    await until(
      () => beta.sql`select from post where ap_id = ${post.ap_id}`,
      (rows) => rows.length === 1,
    );
    await set("local_only_public", { visibility: "private", deleted: true });
    await ok(
      beta.admin.createPost({ name: "Ours", community_id: community.id }),
    );
    await eventsDone(beta);
    const sent = await beta
      .sql`select from sent_activity where data like '%Ours%'`;
    t.equal(sent.length, 0, "nothing leaves while it is local-only");
    await set("public", { visibility: "public", deleted: false });
    await set("unlisted", { visibility: "unlisted", deleted: false });
    const { post_view: { post: shown } } = await ok(
      beta.admin.createPost({ name: "Seen again", community_id: community.id }),
    );
    await until(
      () => alpha.sql`select from post where ap_id = ${shown.ap_id}`,
      (rows) => rows.length === 1,
    );

    // Everything about one post, without a pause.
    const post_id = shown.id;
    let parent_id: number | undefined;
    for (let level = 1; level <= 10; level++) {
      const { comment_view: { comment } } = await ok(
        beta.admin.createComment({
          content: `level ${level}`,
          post_id,
          parent_id,
        }),
      );
      parent_id = comment.id;
      for (const is_upvote of [undefined, false, undefined]) {
        await ok(
          beta.admin.likeComment({ comment_id: comment.id, is_upvote }),
        );
      }
    }
    await ok(beta.admin.lockPost({ post_id, locked: true, reason: "enough" }));
    await until(
      () => alpha.sql`select locked from post where ap_id = ${shown.ap_id}`,
      ([row]) => row?.locked === true,
    );
    const comments = await until(
      () =>
        alpha
          .sql`select content, level, upvotes, downvotes from comment order by level`,
      (rows) =>
        rows.length === 10 &&
        rows.every((row) => row.upvotes + row.downvotes === 0),
    );
    t.equal(
      comments.map(({ content, level }) => [content, level]),
      Array.from({ length: 10 }, (_, i) => [`level ${i + 1}`, i + 1]),
    );
    const failed = await alpha
      .sql`select kind, reason from received_activity where state = 'failed'`;
    t.equal([...failed], [], "nothing was refused");
  });
});
