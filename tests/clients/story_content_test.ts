/** The life of a site as its people see it, told by the official client: posts and comments. */
import type { LemmyHttp } from "lemmy-js-client";
import { type Assertions, test } from "../harness.ts";
import { codeOf, ok, startSite } from "./api_server.ts";

test("a post lives: made, read, voted on, edited, saved, hidden, deleted, restored", async (t) => {
  const server = await startSite();
  const { admin } = server;
  try {
    const { community_view, discussion_languages } = await ok(
      admin.createCommunity({ name: "cats", title: "All cats" }),
    );
    t.equal(discussion_languages.length, 184);
    const community_id = community_view.community.id;
    const bob = server.client(await server.signUp("bob"));
    const { post_view } = await ok(bob.createPost({
      name: " My cat ",
      community_id,
      url: "https://example.org/cat?utm_source=mail&id=1",
      body: "purrs",
      language_id: 37,
    }));
    const post_id = post_view.post.id;
    t.equal(post_view.post.name, "My cat");
    t.equal(post_view.post.url, "https://example.org/cat?id=1");
    t.equal([post_view.post.score, post_view.post_actions?.vote_is_upvote], [
      1,
      true,
    ]);

    const read = await ok(admin.getPost({ id: post_id }));
    t.equal(read.community_view.community.posts, 1);
    t.equal(read.moderators.map((m) => m.moderator.name), ["admin"]);
    t.equal(read.cross_posts, []);
    t.equal(read.post_view.can_mod, true);
    const cross = await ok(admin.createPost({
      name: "The same cat",
      community_id,
      url: "https://example.org/cat?id=1",
    }));
    t.equal(
      (await ok(server.client().getPost({ id: post_id }))).cross_posts.map((
        v,
      ) => v.post.id),
      [cross.post_view.post.id],
    );

    await voteOn(t, server.admin, post_id);

    const edited = await ok(
      bob.editPost({ post_id, body: "", name: "My *dog*" }),
    );
    t.equal(edited.post_view.post.body, undefined);
    t.ok(edited.post_view.post.updated_at);

    await ok(bob.savePost({ post_id, save: true }));
    t.equal((await ok(bob.listPersonSaved({}))).items.length, 1);
    await ok(bob.savePost({ post_id, save: false }));
    t.equal((await ok(bob.listPersonSaved({}))).items, []);
    await ok(bob.hidePost({ post_id, hide: true }));
    const list = (form = {}) => bob.getPosts({ type_: "all", ...form });
    t.equal((await ok(list())).items.length, 1);
    t.equal((await ok(list({ show_hidden: true }))).items.length, 2);
    t.equal(
      (await ok(bob.listPersonHidden({}))).items.map((v) => v.creator.name),
      ["bob"],
    );
    await ok(bob.hidePost({ post_id, hide: false }));
    await ok(bob.markPostAsRead({ post_id, read: false }));
    t.equal((await ok(list({ show_read: false }))).items.length, 2);
    await ok(bob.markManyPostsAsRead({ post_ids: [post_id], read: true }));
    t.equal((await ok(list({ show_read: false }))).items.length, 1);
    t.equal((await ok(bob.listPersonRead({}))).items.length, 1);
    t.equal(
      await ok(bob.editPostNotifications({ post_id, mode: "mute" })),
      { success: true },
    );

    const gone = await ok(bob.deletePost({ post_id, deleted: true }));
    t.equal(gone.post_view.post.deleted, true);
    t.equal(
      await codeOf(server.client().getPost({ id: post_id })),
      "not_found",
    );
    t.equal(
      await codeOf(bob.deletePost({ post_id, deleted: true })),
      "couldnt_update",
    );
    const back = await ok(bob.deletePost({ post_id, deleted: false }));
    t.equal(back.post_view.post.deleted, false);
    const content = await ok(
      server.client().listPersonContent({ username: "bob" }),
    );
    t.equal(content.items.map((item) => item.type_), ["post"]);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

async function voteOn(t: Assertions, voter: LemmyHttp, post_id: number) {
  const counts = async (is_upvote?: boolean) => {
    const { post_view } = await ok(voter.likePost({ post_id, is_upvote }));
    const { score, upvotes, downvotes } = post_view.post;
    return [score, upvotes, downvotes, post_view.post_actions?.vote_is_upvote];
  };
  t.equal(await counts(true), [2, 2, 0, true]);
  t.equal(await counts(false), [0, 1, 1, false]);
  t.equal(await counts(false), [0, 1, 1, false]);
  const votes = await ok(voter.listPostLikes({ post_id }));
  t.equal(votes.items.map((v) => [v.creator.name, v.is_upvote]), [
    ["admin", false],
    ["bob", true],
  ]);
  t.equal(await counts(), [1, 1, 0, undefined]);
  for (const mode of ["local", "disable"] as const) {
    await ok(voter.editSite({ post_downvotes: mode }));
    const expected = mode === "local" ? [0, 1, 1, false] : [1, 1, 0, undefined];
    t.equal(await counts(false), expected, `downvotes ${mode}`);
    t.equal(await counts(true), [2, 2, 0, true], `upvotes beside ${mode}`);
  }
  await ok(voter.editSite({ post_upvotes: "disable" }));
  t.equal(await counts(true), [1, 1, 0, undefined]);
  await ok(voter.editSite({ post_upvotes: "all", post_downvotes: "all" }));
  t.equal(
    (await ok(voter.listPersonLiked({ like_type: "liked_only" }))).items.length,
    1,
  );
}

test("a thread grows, is voted on, edited, deleted and listed as a tree", async (t) => {
  const server = await startSite();
  const { admin } = server;
  try {
    const community_id =
      (await ok(admin.createCommunity({ name: "talk" }))).community_view
        .community.id;
    const post_id =
      (await ok(admin.createPost({ name: "Talk here", community_id })))
        .post_view.post.id;
    const bob = server.client(await server.signUp("bob"));
    const say = async (content: string, parent_id?: number) =>
      (await ok(bob.createComment({ content, post_id, parent_id })))
        .comment_view
        .comment;
    const top = await say("top");
    const child = await say("child", top.id);
    const grandchild = await say("grandchild", child.id);
    t.equal(grandchild.path, `0.${top.id}.${child.id}.${grandchild.id}`);
    const tree = await ok(
      bob.getComments({ post_id, max_depth: 2, type_: "all" }),
    );
    t.equal(tree.items.map((v) => v.comment.id).sort(), [top.id, child.id]);
    t.equal(
      tree.items.find((v) => v.comment.id === top.id)?.comment.child_count,
      2,
    );
    const below = await ok(
      bob.getComments({ parent_id: child.id, max_depth: 2147483647 }),
    );
    t.equal(below.items.length, 2);
    const slim = await ok(server.client().getCommentsSlim({ post_id }));
    t.equal(slim.items.length, 3);
    t.equal("post" in slim.items[0], false);
    const liked = await ok(
      admin.likeComment({ comment_id: top.id, is_upvote: false }),
    );
    t.equal([
      liked.comment_view.comment.score,
      liked.comment_view.comment_actions?.vote_is_upvote,
    ], [0, false]);
    await ok(admin.editSite({ comment_downvotes: "disable" }));
    const cleared = await ok(
      admin.likeComment({ comment_id: top.id, is_upvote: false }),
    );
    t.equal(cleared.comment_view.comment.score, 1);
    t.equal(
      (await ok(admin.listCommentLikes({ comment_id: top.id }))).items.length,
      1,
    );
    const edited = await ok(
      bob.editComment({ comment_id: child.id, content: "better" }),
    );
    t.equal(edited.comment_view.comment.content, "better");
    await ok(bob.saveComment({ comment_id: child.id, save: true }));
    t.equal(
      (await ok(bob.listPersonSaved({ search_term: "better" }))).items.length,
      1,
    );
    await ok(bob.deleteComment({ comment_id: child.id, deleted: true }));
    const placeholder = await ok(server.client().getComment({ id: child.id }));
    t.equal(placeholder.comment_view.comment.content, "");
    t.equal(
      (await ok(server.client().getComments({ post_id }))).items.length,
      3,
    );
    await ok(bob.deleteComment({ comment_id: child.id, deleted: false }));
    const again = await ok(server.client().getComment({ id: child.id }));
    t.equal(again.comment_view.comment.content, "better");
    t.equal(
      (await ok(bob.getPost({ comment_id: child.id }))).post_view.post.id,
      post_id,
    );
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
