/** What apps see that are written for several kinds of server: the client library of Voyager. */
import { ResponseError, ThreadiverseClient } from "threadiverse";
import { test } from "../harness.ts";
import { eventsDone } from "../support/events.ts";
import { ok, PASSWORD, startSite } from "./api_server.ts";

test("an app for many kinds of server finds out what we are, and reads, votes, answers", async (t) => {
  const server = await startSite();
  const { url } = server;
  try {
    const anonymous = new ThreadiverseClient(url);
    const { mode, software } = await anonymous.connect();
    t.equal([mode, software.name], ["lemmyv1", "lemmy"]);
    const site = await anonymous.getSite();
    t.equal(site.site_view.site.name, "Test site");
    t.equal([site.my_user, site.version], [undefined, software.version]);
    t.equal(site.admins.map(({ person }) => person.name), ["admin"]);

    /** Signs up, and in again, as an app does. */
    const enter = async (username: string) => {
      await anonymous.register({
        username,
        password: PASSWORD,
        password_verify: PASSWORD,
      });
      const { jwt } = await anonymous.login({
        username_or_email: username,
        password: PASSWORD,
      });
      return new ThreadiverseClient(url, {
        headers: { Authorization: `Bearer ${jwt}` },
      });
    };
    const alice = await enter("alice");
    const bob = await enter("bob");
    const me = await alice.getSite();
    t.equal(me.my_user?.local_user_view.person.name, "alice");
    const refused = await t.throws(() =>
      anonymous.login({ username_or_email: "alice", password: "not this one" })
    );
    t.ok(refused instanceof ResponseError);
    t.equal((refused as ResponseError).code, "incorrect_login");

    const { community_view } = await ok(
      server.admin.createCommunity({ name: "tea" }),
    );
    const community_id = community_view.community.id;
    t.equal(community_view.community.title, "tea", "none was given");
    const followed = await alice.followCommunity({
      community_id,
      follow: true,
    });
    t.equal(followed.community_view.subscribed, "Subscribed");
    for (let n = 0; n < 3; n++) {
      await alice.createPost({ name: `Leaves ${n}`, community_id });
    }
    const feed = {
      mode: "lemmyv1",
      sort: "new",
      type_: "all",
      limit: 2,
    } as const;
    const first = await bob.getPosts(feed);
    const second = await bob.getPosts({
      ...feed,
      page_cursor: first.next_page,
    });
    t.equal(
      [...first.data, ...second.data].map(({ post }) => post.name),
      ["Leaves 2", "Leaves 1", "Leaves 0"],
    );
    t.equal(second.next_page, undefined);
    const subscribed = await alice.getPosts({ ...feed, type_: "subscribed" });
    t.equal(subscribed.data.length, 2);

    const post_id = second.data[0].post.id;
    const voted = await bob.likePost({ post_id, is_upvote: true });
    t.equal([voted.post_view.my_vote, voted.post_view.post.score], [1, 2]);
    const taken = await bob.likePost({ post_id });
    t.equal(
      [taken.post_view.my_vote, taken.post_view.post.score],
      [undefined, 1],
    );
    await bob.savePost({ post_id, save: true });
    t.equal((await bob.getPost({ id: post_id })).post_view.saved, true);
    await bob.markPostAsRead({ post_ids: [post_id], read: true });
    t.equal((await bob.getPost({ id: post_id })).post_view.read, true);

    const { comment_view } = await bob.createComment({
      post_id,
      content: "Which leaves, @alice@" + new URL(url).host + "?",
    });
    const thread = await anonymous.getComments({
      mode: "lemmyv1",
      sort: "hot",
      post_id,
      max_depth: 8,
    });
    t.equal(thread.data.map(({ comment }) => comment.path), [
      `0.${comment_view.comment.id}`,
    ]);
    await eventsDone(server.database);
    t.equal((await alice.getUnreadCount()).replies, 1);
    // Whoever votes on an answer has read it.
    const liked = await alice.likeComment({
      comment_id: comment_view.comment.id,
      is_upvote: false,
    });
    t.equal(liked.comment_view.my_vote, -1);

    const aliceId = me.my_user!.local_user_view.person.id;
    await bob.createPrivateMessage({ recipient_id: aliceId, content: "psst" });
    await eventsDone(server.database);
    t.equal((await alice.getUnreadCount()).replies, 1);
    const inbox = await alice.getNotifications({});
    t.equal(
      inbox.data.map(({ data }) => data.type_),
      ["private_message", "comment"],
    );
    await alice.markNotificationAsRead({
      notification_id: inbox.data[0].notification.id,
      kind: "private_message",
      read: true,
    });
    const unread = await alice.getNotifications({ unread_only: true });
    t.equal(unread.data, []);
    await alice.markAllAsRead();
    t.equal((await alice.getUnreadCount()).replies, 0);

    const found = await anonymous.search({
      mode: "lemmyv1",
      search_term: "Leaves",
      type_: "posts",
    });
    t.equal(found.data.length, 3);
    const place = await anonymous.getCommunity({ name: "tea" });
    t.equal(place.community_view.community.id, community_id);
    const content = await anonymous.listPersonContent({ person_id: aliceId });
    t.equal(content.data.length, 3);
    t.equal((await anonymous.getModlog({})).data, []);
    await alice.logout();
    t.equal(
      (await t.throws(() => alice.getUnreadCount()) as ResponseError).code,
      "incorrect_login",
    );
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
