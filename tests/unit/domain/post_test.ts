import { type Assertions, test } from "../../harness.ts";
import { makeCommunity, testSite } from "../../support/domain.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { deleteComment } from "../../../lib/domain/comment/edit.ts";
import { listComments } from "../../../lib/domain/comment/list.ts";
import { readThread } from "../../../lib/domain/comment/thread.ts";
import { listCommunities } from "../../../lib/domain/community/list.ts";
import { getCommunity } from "../../../lib/domain/community/view.ts";
import {
  COMMENT_SORTS,
  COMMUNITY_SORTS,
  POST_SORTS,
} from "../../../lib/domain/enums.ts";
import {
  listLiked,
  listPersonContent,
  listSaved,
} from "../../../lib/domain/person/content.ts";
import { purgeComment } from "../../../lib/domain/moderation/purge.ts";
import { createPost } from "../../../lib/domain/post/create.ts";
import { deletePost, editPost } from "../../../lib/domain/post/edit.ts";
import { listPosts } from "../../../lib/domain/post/list.ts";
import { getPost } from "../../../lib/domain/post/read.ts";
import { savePost } from "../../../lib/domain/post/state.ts";
import { likeComment } from "../../../lib/domain/vote/comment.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";
import { getSite } from "../../../lib/domain/site/read.ts";
import { readMyUser } from "../../../lib/domain/account/read.ts";

test("createPost stores, upvotes and shows a post at once", async (t: Assertions) => {
  const site = await testSite();
  try {
    const community_id = await makeCommunity(site.admin, "cats");
    const view = await createPost(site.admin, {
      name: "  Hello world ",
      community_id,
      url: "https://example.org/a?utm_source=x&id=1",
      body: "text",
    });
    t.equal(view.post.name, "Hello world");
    t.equal(view.post.url, "https://example.org/a?id=1");
    t.equal(view.post.ap_id, `https://tundra.test/post/${view.post.id}`);
    t.equal([view.post.score, view.post.upvotes, view.post.downvotes], [
      1,
      1,
      0,
    ]);
    t.equal(view.post_actions?.vote_is_upvote, true);
    t.ok(view.post_actions?.read_at);
    t.equal(view.creator_is_admin, true);
    t.equal(view.can_mod, true);
    t.equal(view.tags, []);
    const { community_view } = await getCommunity(await site.anonymous(), {
      name: "CATS",
    });
    t.equal(community_view.community.posts, 1);
    t.equal(community_view.community.subscribers, 1);
    const me = await site.anonymous();
    t.equal(me.site.local_site.posts, 1);
    t.equal(me.site.local_site.communities, 1);
  } finally {
    await site.close();
  }
});

test("votes change counters, ranks and the author's totals exactly once", async (t: Assertions) => {
  const site = await testSite();
  try {
    const community_id = await makeCommunity(site.admin, "votes");
    const { post } = await createPost(site.admin, {
      name: "Vote on me",
      community_id,
    });
    const bob = await site.signUp("bob");
    await likePost(bob, { post_id: post.id, is_upvote: false });
    let view = await likePost(bob, { post_id: post.id, is_upvote: false });
    t.equal([view.post.score, view.post.upvotes, view.post.downvotes], [
      0,
      1,
      1,
    ]);
    t.equal(view.person_actions?.downvotes, 1);
    view = await likePost(bob, { post_id: post.id, is_upvote: true });
    t.equal([view.post.score, view.post.upvotes, view.post.downvotes], [
      2,
      2,
      0,
    ]);
    t.equal([view.person_actions?.upvotes, view.person_actions?.downvotes], [
      1,
      0,
    ]);
    view = await likePost(bob, { post_id: post.id });
    t.equal([view.post.score, view.post.upvotes, view.post.downvotes], [
      1,
      1,
      0,
    ]);
    t.equal(view.post_actions?.voted_at, undefined);
    const comment = await createComment(bob, {
      content: "hm",
      post_id: post.id,
    });
    const liked = await likeComment(site.admin, {
      comment_id: comment.comment.id,
      is_upvote: true,
    });
    t.equal(liked.comment.score, 2);
    const row = await site.db.selectFrom("person").select([
      "comment_score",
      "comment_count",
    ])
      .where("id", "=", bob.viewer!.person.id).executeTakeFirstOrThrow();
    t.equal(row, { comment_score: 2, comment_count: 1 });
  } finally {
    await site.close();
  }
});

test("a thread is a tree, keeps placeholders and counts what it hides", async (t: Assertions) => {
  const site = await testSite();
  try {
    const community_id = await makeCommunity(site.admin, "thread");
    const { post } = await createPost(site.admin, {
      name: "Talk here",
      community_id,
    });
    const bob = await site.signUp("bob");
    let parent: number | undefined;
    const ids: number[] = [];
    for (let i = 0; i < 12; i++) {
      const view = await createComment(i % 2 ? bob : site.admin, {
        content: `level ${i}`,
        post_id: post.id,
        parent_id: parent,
      });
      parent = view.comment.id;
      ids.push(parent);
    }
    await deleteComment(bob, { comment_id: ids[1], deleted: true });
    const thread = await readThread(await site.anonymous(), {
      post_id: post.id,
      sort: "hot",
    });
    t.equal(thread.roots.length, 1);
    let node = thread.roots[0];
    let depth = 1;
    t.equal(node.view.comment.child_count, 11);
    while (node.children.length > 0) {
      t.equal(node.missing, 0, "only the last level names what is cut off");
      node = node.children[0];
      depth++;
      if (depth === 2) {
        t.equal([node.view.comment.deleted, node.view.comment.content], [
          true,
          "",
        ]);
      }
    }
    t.equal(depth, 8);
    t.equal(node.missing, 4);
    const rest = await readThread(bob, {
      post_id: post.id,
      sort: "new",
      root_id: ids[7],
    });
    t.equal(rest.roots[0].children[0].view.comment.id, ids[8]);
    const { post_view } = await getPost(await site.anonymous(), {
      id: post.id,
    });
    t.equal(post_view.post.comments, 11);
    await t.throws(
      () => deleteComment(bob, { comment_id: ids[1], deleted: true }),
      "couldnt_update",
    );
    await t.throws(
      () =>
        createComment(bob, {
          content: "x",
          post_id: post.id,
          parent_id: ids[1],
        }),
      "deleted",
    );
  } finally {
    await site.close();
  }
});

test("every sort pages forward and back without skips or repeats", async (t: Assertions) => {
  const site = await testSite();
  try {
    const community_id = await makeCommunity(site.admin, "pages");
    for (let i = 0; i < 23; i++) {
      const { post } = await createPost(site.admin, {
        name: `Post number ${i}`,
        community_id,
      });
      if (i % 5 === 0) {
        await createComment(site.admin, { content: "c", post_id: post.id });
      }
    }
    await site.db.updateTable("post").set({
      featured_local: true,
      featured_community: true,
    })
      .where("name", "in", ["Post number 3", "Post number 4"]).execute();
    await site.db.updateTable("post").set({
      hot_rank: 0,
      hot_rank_active: 0,
      scaled_rank: 0,
    })
      .where("id", "<", 12).execute();
    const ctx = await site.anonymous();
    for (const sort of POST_SORTS) {
      for (const filter of [{ type_: "all" as const }, { community_id }]) {
        const forward: number[] = [];
        let cursor: string | undefined;
        let last: string | undefined;
        for (let guard = 0; guard < 10; guard++) {
          const page = await listPosts(ctx, {
            ...filter,
            sort,
            limit: 5,
            page_cursor: cursor,
          });
          forward.push(...page.items.map((item) => item.post.id));
          last = page.prev_page ?? last;
          if (!page.next_page) break;
          cursor = page.next_page;
        }
        t.equal(new Set(forward).size, 23, `${sort}: each post once`);
        t.equal(forward.length, 23, `${sort}: no repeats`);
        const back: number[] = [];
        let previous = last;
        for (let guard = 0; guard < 10 && previous; guard++) {
          const page = await listPosts(ctx, {
            ...filter,
            sort,
            limit: 5,
            page_cursor: previous,
          });
          back.unshift(...page.items.map((item) => item.post.id));
          previous = page.prev_page;
        }
        t.equal(
          back,
          forward.slice(0, back.length),
          `${sort}: the way back is the same`,
        );
        t.ok(back.length >= 18, `${sort}: the way back reaches the start`);
      }
    }
    for (const sort of COMMENT_SORTS) {
      const page = await listComments(ctx, { type_: "all", sort, limit: 3 });
      const next = await listComments(ctx, {
        type_: "all",
        sort,
        limit: 3,
        page_cursor: page.next_page,
      });
      t.equal(page.items.length + next.items.length, 5, sort);
    }
    for (const sort of COMMUNITY_SORTS) {
      t.equal(
        (await listCommunities(ctx, { type_: "all", sort })).items.length,
        1,
        sort,
      );
    }
    await t.throws(() => listPosts(ctx, { page_cursor: "!!!" }), "unknown");
    const foreign =
      (await listComments(ctx, { type_: "all", limit: 1 })).next_page;
    await t.throws(
      () => listPosts(ctx, { page_cursor: foreign }),
      "couldnt_parse_pagination_token",
    );
    await t.throws(() => listPosts(ctx, { limit: 51 }), "invalid_fetch_limit");
  } finally {
    await site.close();
  }
});

test("deleting hides a post from lists and restores with its comments counted", async (t: Assertions) => {
  const site = await testSite();
  try {
    const community_id = await makeCommunity(site.admin, "gone");
    const bob = await site.signUp("bob");
    const { post } = await createPost(bob, {
      name: "Going away",
      community_id,
      body: "secret",
    });
    await createComment(bob, { content: "hello", post_id: post.id });
    await deletePost(bob, { post_id: post.id, deleted: true });
    const anon = await site.anonymous();
    t.equal((await listPosts(anon, { type_: "all" })).items.length, 0);
    t.equal((await listPosts(bob, { type_: "all" })).items.length, 1);
    t.equal((await getPost(anon, { id: post.id })).post_view.post.body, "");
    t.equal(
      (await getPost(bob, { id: post.id })).post_view.post.body,
      "secret",
    );
    t.equal(
      (await getCommunity(anon, { id: community_id })).community_view.community
        .comments,
      0,
    );
    await deletePost(bob, { post_id: post.id, deleted: false });
    t.equal(
      (await getCommunity(anon, { id: community_id })).community_view.community
        .comments,
      1,
    );
    await t.throws(
      () => deletePost(site.admin, { post_id: post.id, deleted: true }),
      "no_post_edit_allowed",
    );
    await t.throws(
      () => editPost(site.admin, { post_id: post.id, name: "Mine now" }),
      "no_post_edit_allowed",
    );
    const edited = await editPost(bob, {
      post_id: post.id,
      name: "Still here",
      body: "",
    });
    t.equal([edited.post.name, edited.post.body], ["Still here", undefined]);
    await savePost(site.admin, { post_id: post.id, save: true });
    const saved = await listSaved(site.admin, {});
    t.equal(saved.items.map((item) => item.type_), ["post"]);
    const liked = await listLiked(bob, { limit: 1 });
    const more = await listLiked(bob, {
      limit: 1,
      page_cursor: liked.next_page,
    });
    t.equal([liked.items[0].type_, more.items[0].type_], ["comment", "post"]);
    const content = await listPersonContent(anon, {
      username: "bob",
      limit: 1,
    });
    t.equal(content.items[0].type_, "comment");
    const info = await readMyUser(site.admin);
    t.equal(info.moderates.length, 1);
    const { all_languages, admins } = await getSite(anon);
    t.equal([all_languages.length, admins.length], [184, 1]);
  } finally {
    await site.close();
  }
});

test("answers of purged comments close up in their thread", async (t: Assertions) => {
  const site = await testSite();
  try {
    const community_id = await makeCommunity(site.admin, "gaps");
    const { post } = await createPost(site.admin, {
      name: "With holes",
      community_id,
    });
    const say = async (content: string, parent_id?: number) =>
      (await createComment(site.admin, {
        content,
        post_id: post.id,
        parent_id,
      }))
        .comment.id;
    const root = await say("root");
    const middle = await say("middle", root);
    const leaf = await say("leaf", middle);
    const top = await say("top");
    const below = await say("below", top);
    await say("deeper", below);
    const outline = async () => {
      const { roots } = await readThread(site.admin, {
        post_id: post.id,
        sort: "old",
      });
      const texts = (nodes: typeof roots): unknown[] =>
        nodes.map(({ view, children }) => [
          view.comment.content,
          ...texts(children),
        ]);
      return texts(roots);
    };
    const whole = [
      ["root", ["middle", ["leaf"]]],
      ["top", ["below", ["deeper"]]],
    ];
    t.equal(await outline(), whole);
    const purge = (comment_id: number) =>
      purgeComment(site.admin, { comment_id, reason: "spam" });
    await purge(middle);
    t.equal(await outline(), [["root", ["leaf"]], whole[1]]);
    await purge(top);
    t.equal(await outline(), [["root", ["leaf"]], ["below", ["deeper"]]]);
    await purge(root);
    t.equal(await outline(), [["leaf"], ["below", ["deeper"]]]);
    await purge(leaf);
    t.equal(await outline(), [["below", ["deeper"]]]);
  } finally {
    await site.close();
  }
});
