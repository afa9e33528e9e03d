/**
 * Three sites of ours with each other: what happens on one is so on all of them (federation §12).
 * Alpha has the author, beta the community, gamma a reader.
 */
import type { LemmyHttp } from "lemmy-js-client";
import { ok } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import {
  agree,
  find,
  followed,
  type NetworkSite,
  withNetwork,
} from "../support/network.ts";
import { until } from "../support/until.ts";

const NAMES = ["alpha", "beta", "gamma"];

const POSTS = `
  select ap_id, name, body, nsfw, deleted, removed, locked, featured_community as featured,
    upvotes, downvotes, federation_pending as pending from post order by ap_id`;
const COMMENTS = `
  select ap_id, content, deleted, removed, locked, distinguished, upvotes, downvotes, level
  from comment order by ap_id`;
const MODERATORS = `
  select p.ap_id from community_actions a join person p on p.id = a.person_id
  where a.became_moderator_at is not null order by a.became_moderator_at`;
const COMMUNITY_BANS = `
  select p.ap_id, c.ap_id as community from community_actions a
  join person p on p.id = a.person_id join community c on c.id = a.community_id
  where a.received_ban_at is not null`;

/** A community of beta that ann of alpha and carl of gamma follow. */
async function birds(
  alpha: NetworkSite,
  beta: NetworkSite,
  gamma: NetworkSite,
) {
  const { community_view: { community } } = await ok(
    beta.admin.createCommunity({ name: "birds", title: "Birds" }),
  );
  const address = `${beta.origin}/c/birds`;
  const ann = await alpha.signUp("ann");
  const carl = await gamma.signUp("carl");
  const onAlpha = await followed(ann, `!birds@${beta.host}`);
  const onGamma = await followed(carl, address);
  return { address, ann, carl, onAlpha, onBeta: community.id, onGamma };
}

async function idOf(client: LemmyHttp, address: string, kind: string) {
  const found = await find(client, address);
  if (found.type_ !== kind) throw new Error(`${address} is no ${kind}`);
  return found;
}

async function postId(client: LemmyHttp, address: string): Promise<number> {
  const found = await idOf(client, address, "post");
  return found.type_ === "post" ? found.post.id : 0;
}

async function commentId(client: LemmyHttp, address: string): Promise<number> {
  const found = await idOf(client, address, "comment");
  return found.type_ === "comment" ? found.comment.id : 0;
}

async function personId(client: LemmyHttp, address: string): Promise<number> {
  const found = await idOf(client, address, "person");
  return found.type_ === "person" ? found.person.id : 0;
}

test("posts, comments and votes are the same on every site, and so are their changes", async (t) => {
  await withNetwork(t, NAMES, async (alpha, beta, gamma) => {
    const all = [alpha, beta, gamma];
    const { ann, carl, onAlpha, onGamma } = await birds(alpha, beta, gamma);

    const { post_view: { post } } = await ok(ann.createPost({
      name: "A robin",
      body: "on a **branch**, says @carl@" + gamma.host,
      community_id: onAlpha,
    }));
    const [shown] = await agree(all, POSTS, ([row]) => row?.pending === false);
    t.equal([shown.ap_id, shown.name, shown.body, shown.upvotes], [
      post.ap_id,
      "A robin",
      post.body,
      1,
    ]);
    await until(
      async () =>
        (await ok(carl.listNotifications({}))).items.map((item) =>
          item.notification.kind
        ),
      (kinds) => kinds.includes("mention"),
    );

    const there = await postId(carl, post.ap_id);
    const { comment_view: { comment } } = await ok(
      carl.createComment({ content: "lovely", post_id: there }),
    );
    await agree(all, COMMENTS, (rows) => rows.length === 1);
    const mine = await commentId(ann, comment.ap_id);
    await ok(ann.createComment({
      content: "thanks",
      post_id: post.id,
      parent_id: mine,
    }));
    await agree(
      all,
      COMMENTS,
      (rows) =>
        rows.some(({ level, content }) => level === 2 && content === "thanks"),
    );

    await ok(ann.likeComment({ comment_id: mine, is_upvote: true }));
    await agree(
      all,
      COMMENTS,
      (rows) => rows.some(({ upvotes }) => upvotes === 2),
    );
    await ok(ann.likeComment({ comment_id: mine, is_upvote: false }));
    await agree(
      all,
      COMMENTS,
      (rows) =>
        rows.some(({ upvotes, downvotes }) => upvotes === 1 && downvotes === 1),
    );
    await ok(ann.likeComment({ comment_id: mine }));
    await agree(
      all,
      COMMENTS,
      (rows) => rows.every(({ downvotes }) => downvotes === 0),
    );

    await ok(ann.editPost({ post_id: post.id, name: "Two robins" }));
    await agree(all, POSTS, ([row]) => row.name === "Two robins");
    await ok(carl.editComment({
      comment_id: comment.id,
      content: "lovelier",
    }));
    await agree(
      all,
      COMMENTS,
      (rows) => rows.some(({ content }) => content === "lovelier"),
    );
    for (const deleted of [true, false]) {
      await ok(carl.deleteComment({ comment_id: comment.id, deleted }));
      await agree(
        all,
        COMMENTS,
        (rows) => rows.some((row) => row.deleted) === deleted,
      );
      await ok(ann.deletePost({ post_id: post.id, deleted }));
      await agree(all, POSTS, ([row]) => row.deleted === deleted);
    }

    // Whoever leaves gets nothing any more.
    await ok(carl.followCommunity({ community_id: onGamma, follow: false }));
    await until(
      () =>
        beta
          .sql`select p.name from community_actions a join person p on p.id = a.person_id
          where a.follow_state is not null order by p.name`,
      (rows) => rows.every(({ name }) => name !== "carl"),
    );
  });
});

test("what a moderator of another site does is so everywhere, and is undone everywhere", async (t) => {
  await withNetwork(t, NAMES, async (alpha, beta, gamma) => {
    const all = [alpha, beta, gamma];
    const { ann, carl, onAlpha, onBeta, onGamma } = await birds(
      alpha,
      beta,
      gamma,
    );
    const { post_view: { post } } = await ok(
      ann.createPost({ name: "A robin", community_id: onAlpha }),
    );
    const { comment_view: { comment } } = await ok(
      ann.createComment({ content: "first", post_id: post.id }),
    );
    await agree(all, COMMENTS, (rows) => rows.length === 1);

    await ok(beta.admin.addModToCommunity({
      community_id: onBeta,
      person_id: await personId(beta.admin, `${gamma.origin}/u/carl`),
      added: true,
    }));
    await agree(all, MODERATORS, (rows) => rows.length === 2);

    const post_id = await postId(carl, post.ap_id);
    const comment_id = await commentId(carl, comment.ap_id);
    const reason = "because";
    for (const on of [true, false]) {
      await ok(carl.lockPost({ post_id, locked: on, reason }));
      await agree(all, POSTS, ([row]) => row.locked === on);
      await ok(
        carl.featurePost({
          post_id,
          featured: on,
          feature_type: "community",
        }),
      );
      await agree(all, POSTS, ([row]) => row.featured === on);
      await ok(carl.removeComment({ comment_id, removed: on, reason }));
      await agree(all, COMMENTS, ([row]) => row.removed === on);
      await ok(carl.lockComment({ comment_id, locked: on, reason }));
      await agree(all, COMMENTS, ([row]) => row.locked === on);
    }
    for (const removed of [true, false]) {
      await ok(carl.removePost({ post_id, removed, reason }));
      await agree(all, POSTS, ([row]) => row.removed === removed);
    }
    const LOG =
      `select kind, is_revert, reason, p.ap_id as moderator from modlog m
      join person p on p.id = m.moderator_id where kind like 'mod_%' order by m.id`;
    const log = await agree(all, LOG, (rows) => rows.length === 11);
    t.ok(log.every((row) =>
      row.moderator === `${gamma.origin}/u/carl` ||
      row.kind === "mod_add_to_community"
    ));

    await ok(carl.modEditPost({ post_id, nsfw: true }));
    await agree(all, POSTS, ([row]) => row.nsfw === true);

    const person_id = await personId(carl, `${alpha.origin}/u/ann`);
    for (const ban of [true, false]) {
      await ok(carl.banFromCommunity({
        community_id: onGamma,
        person_id,
        ban,
        remove_or_restore_data: true,
        reason,
      }));
      await agree(all, COMMUNITY_BANS, (rows) => rows.length === Number(ban));
      await agree(all, POSTS, ([row]) => row.removed === ban);
      await agree(all, COMMENTS, ([row]) => row.removed === ban);
    }

    // Who moderates nothing changes nothing elsewhere.
    await ok(gamma.admin.lockPost({ post_id, locked: true, reason }));
    await ok(carl.lockComment({ comment_id, locked: true, reason }));
    await agree([alpha, beta], COMMENTS, ([row]) => row.locked === true);
    t.equal(
      (await beta.sql`select locked from post`)[0].locked,
      false,
      "an admin of another site locked a post",
    );

    await ok(beta.admin.addModToCommunity({
      community_id: onBeta,
      person_id: await personId(beta.admin, `${gamma.origin}/u/carl`),
      added: false,
    }));
    await agree(all, MODERATORS, (rows) => rows.length === 1);
  });
});

test("site bans, deleted accounts and communities reach everybody who has something of them", async (t) => {
  await withNetwork(t, NAMES, async (alpha, beta, gamma) => {
    const all = [alpha, beta, gamma];
    const { ann, onAlpha, onBeta } = await birds(alpha, beta, gamma);
    const { post_view: { post } } = await ok(
      ann.createPost({ name: "A robin", community_id: onAlpha }),
    );
    await ok(ann.createComment({ content: "first", post_id: post.id }));
    await agree(all, COMMENTS, (rows) => rows.length === 1);
    // Bans go to the servers that a site knows.
    await personId(ann, `${gamma.origin}/u/carl`);
    const SITE_BANS = `select p.ap_id, i.domain from instance_actions a
      join person p on p.id = a.person_id join instance i on i.id = a.instance_id
      where a.received_ban_at is not null`;
    for (const site of [alpha, beta]) {
      const person_id = await personId(site.admin, `${alpha.origin}/u/ann`);
      for (const ban of [true, false]) {
        await ok(site.admin.banPerson({
          person_id,
          ban,
          remove_or_restore_data: true,
          reason: "because",
        }));
        await agree(all, SITE_BANS, (rows) => rows.length === Number(ban));
        await agree(all, POSTS, ([row]) => row.removed === ban);
        await agree(all, COMMENTS, ([row]) => row.removed === ban);
      }
    }
    const COMMUNITY =
      `select ap_id, title, nsfw, deleted, visibility, posting_restricted_to_mods
      from community order by ap_id`;
    await ok(beta.admin.editCommunity({
      community_id: onBeta,
      title: "Birds of all kinds",
      nsfw: true,
    }));
    await agree(all, COMMUNITY, ([row]) => row.title === "Birds of all kinds");
    for (const deleted of [true, false]) {
      await ok(beta.admin.deleteCommunity({ community_id: onBeta, deleted }));
      await agree(all, COMMUNITY, ([row]) => row.deleted === deleted);
    }
    await ok(beta.admin.editCommunity({
      community_id: onBeta,
      visibility: "local_only_public",
    }));
    await agree(
      [alpha, gamma],
      COMMUNITY,
      ([row]) => row.deleted === true,
    );
    await ok(beta.admin.editCommunity({
      community_id: onBeta,
      visibility: "public",
    }));
    await agree(all, COMMUNITY, ([row]) => row.deleted === false);

    await ok(ann.deleteAccount({
      password: "correct horse battery",
      delete_content: true,
    }));
    await agree(
      all,
      `select ap_id, deleted from person where ap_id like '%/u/ann'`,
      ([row]) => row.deleted === true,
    );
    await agree(all, POSTS, ([row]) => row.deleted === true);
  });
});

test("reports reach the moderators, private messages their recipient", async (t) => {
  await withNetwork(t, NAMES, async (alpha, beta, gamma) => {
    const { ann, carl, onAlpha } = await birds(alpha, beta, gamma);
    const { post_view: { post } } = await ok(
      ann.createPost({ name: "A robin", community_id: onAlpha }),
    );
    await agree([alpha, beta, gamma], POSTS, (rows) => rows.length === 1);
    await ok(carl.createPostReport({
      post_id: await postId(carl, post.ap_id),
      reason: "no robin",
    }));
    const REPORTS =
      `select r.reason, r.resolved, p.ap_id as reporter, r.original_post_name as name
      from report r join person p on p.id = r.creator_id`;
    await agree([alpha, beta, gamma], REPORTS, (rows) => rows.length === 1);
    const [{ id: report_id }] = await beta.sql`select id from report`;
    await ok(beta.admin.resolvePostReport({ report_id, resolved: true }));
    await agree(
      [alpha, beta, gamma],
      REPORTS,
      ([row]) => row.resolved === true,
    );

    const recipient_id = await personId(ann, `${gamma.origin}/u/carl`);
    const { private_message_view: { private_message } } = await ok(
      ann.createPrivateMessage({ content: "psst", recipient_id }),
    );
    const MESSAGES = `select ap_id, content, deleted from private_message`;
    await agree([alpha, gamma], MESSAGES, ([row]) => row?.content === "psst");
    await ok(ann.editPrivateMessage({
      private_message_id: private_message.id,
      content: "pssst",
    }));
    await agree([alpha, gamma], MESSAGES, ([row]) => row.content === "pssst");
    for (const deleted of [true, false]) {
      await ok(ann.deletePrivateMessage({
        private_message_id: private_message.id,
        deleted,
      }));
      await agree([alpha, gamma], MESSAGES, ([row]) => row.deleted === deleted);
    }
    t.equal((await beta.sql`select from private_message`).length, 0);
    await until(
      async () => (await ok(carl.getUnreadCounts())).notification_count,
      (count) => count > 0,
    );
  });
});

test("a private community is shared with those who were let in, and with nobody else", async (t) => {
  await withNetwork(t, NAMES, async (alpha, beta, gamma) => {
    const { community_view: { community } } = await ok(
      beta.admin.createCommunity({
        name: "owls",
        title: "Owls",
        visibility: "private",
      }),
    );
    const ann = await alpha.signUp("ann");
    const carl = await gamma.signUp("carl");
    const found = await find(ann, `${beta.origin}/c/owls`);
    const onAlpha = found.type_ === "community" ? found.community.id : 0;
    await ok(ann.followCommunity({ community_id: onAlpha, follow: true }));
    const FOLLOWS =
      `select p.ap_id, a.follow_state as state from community_actions a
      join person p on p.id = a.person_id
      where a.follow_state is not null and p.ap_id like '%/u/ann'`;
    await agree(
      [alpha, beta],
      FOLLOWS,
      ([row]) => row?.state === "approval_required",
    );
    const { post_view: { post } } = await ok(
      beta.admin.createPost({ name: "Secret owl", community_id: community.id }),
    );
    const anonymous = await fetch(`${beta.url}/post/${post.id}`, {
      headers: { accept: "application/activity+json" },
    });
    t.equal(anonymous.status, 400);
    await anonymous.body?.cancel();

    await ok(beta.admin.approveCommunityPendingFollow({
      community_id: community.id,
      follower_id: await personId(beta.admin, `${alpha.origin}/u/ann`),
      approve: true,
    }));
    await agree([alpha, beta], FOLLOWS, ([row]) => row.state === "accepted");
    // What was said before is fetched, signed.
    await postId(ann, post.ap_id);
    await ok(
      beta.admin.createPost({ name: "Second owl", community_id: community.id }),
    );
    const { post_view } = await ok(
      ann.createPost({ name: "My owl", community_id: onAlpha }),
    );
    // Its author's vote comes with the Create alone, which may go out before anybody there is let in.
    await agree(
      [alpha, beta],
      "select ap_id, name, federation_pending from post order by ap_id",
      (rows) => rows.length === 3,
    );
    // Gamma has nobody in it, and gets nothing of any of it.
    for (const address of [post.ap_id, post_view.post.ap_id]) {
      const state = await carl.resolveObject({ q: address });
      t.equal(state.state, "failed", `${address} came to light`);
    }
    t.equal((await gamma.sql`select from post`).length, 0);
  });
});
