/** Purges: what they take for good and what they leave, told by the official client. */
import { OVERWRITTEN } from "../../lib/domain/text/overwritten.ts";
import { test } from "../harness.ts";
import { codeOf, eventually, ok } from "./api_server.ts";
import { stage } from "./stage.ts";

const reason = "against the law";

test("a purged comment leaves its replies, a purged post nothing", async (t) => {
  const s = await stage();
  const { alice, bob, admin, anonymous, post_id, comment_id, community_id } = s;
  const { sql } = s.server.database;
  try {
    const reply = await ok(
      alice.createComment({ post_id, parent_id: comment_id, content: "reply" }),
    );
    const below = await ok(bob.createComment({
      post_id,
      parent_id: reply.comment_view.comment.id,
      content: "below",
    }));
    await ok(admin.createCommentReport({ comment_id, reason: "bad" }));
    await ok(alice.warnComment({ comment_id, reason: "a warning" }));
    t.equal(await ok(admin.purgeComment({ comment_id, reason })), {
      success: true,
    });
    t.equal(await codeOf(admin.getComment({ id: comment_id })), "not_found");
    const kept = await ok(
      anonymous.getComment({ id: below.comment_view.comment.id }),
    );
    t.equal(
      kept.comment_view.comment.path.split(".")[1],
      String(comment_id),
      "the path still names what is gone",
    );
    t.equal(kept.comment_view.post.comments, 2);
    t.equal((await ok(admin.listReports({}))).items, []);
    const log = await ok(anonymous.getModlog({}));
    t.equal(
      log.items.map(({ modlog, target_person, target_post }) => [
        modlog.kind,
        modlog.reason,
        target_person?.name,
        target_post?.id,
      ]),
      [["admin_purge_comment", reason, "bob", post_id]],
      "the warning about it is gone with it",
    );
    const bobs = await ok(anonymous.getPersonDetails({ username: "bob" }));
    t.equal(bobs.person_view.person.comment_count, 1);

    const alias = "0b0c0d0e-0000-0000-0000-000000000000.webp";
    const url = `${s.server.url}/api/v4/image/${alias}`;
    await sql`insert into image_blob (hash, storage_key, bytes, content_type, width, height)
      values ('h', 'key', 1, 'image/webp', 1, 1)`;
    await sql`insert into local_image (pictrs_alias, hash) values (${alias}, 'h')`;
    await sql`update post set url = ${url} where id = ${post_id}`;
    await ok(admin.purgePost({ post_id, reason }));
    t.equal(await codeOf(admin.getPost({ id: post_id })), "not_found");
    t.equal([...await sql`select pictrs_alias from local_image`], []);
    t.equal((await ok(anonymous.getComments({ type_: "all" }))).items, []);
    const community = await ok(anonymous.getCommunity({ id: community_id }));
    t.equal(
      [
        community.community_view.community.posts,
        community.community_view.community.comments,
      ],
      [0, 0],
    );
    const gone = await ok(anonymous.getPersonDetails({ username: "bob" }));
    t.equal(
      [
        gone.person_view.person.post_count,
        gone.person_view.person.comment_count,
      ],
      [0, 0],
    );
    t.equal(
      (await ok(anonymous.getModlog({}))).items.map((item) => item.modlog.kind),
      ["admin_purge_post"],
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("a purged community takes everything in it, and its name is free again", async (t) => {
  const s = await stage();
  const { bob, admin, anonymous, post_id, community_id } = s;
  try {
    await ok(bob.followCommunity({ community_id, follow: true }));
    await ok(admin.purgeCommunity({ community_id, reason }));
    t.equal(
      await codeOf(admin.getCommunity({ id: community_id })),
      "not_found",
    );
    t.equal(await codeOf(admin.getPost({ id: post_id })), "not_found");
    t.equal((await ok(bob.getMyUser())).follows, []);
    // What is told of the site may be a second old.
    await eventually(async () => {
      const { site_view } = await ok(anonymous.getSite());
      const { posts, comments, communities } = site_view.local_site;
      return posts + comments + communities === 0;
    }, "totals of the site without the community");
    t.equal(
      await codeOf(bob.createCommunity({ name: "stage" })),
      "success",
    );
    const log = await ok(anonymous.getModlog({}));
    t.equal(
      log.items.map(({ modlog, target_community }) => [
        modlog.kind,
        target_community,
      ]),
      [["admin_purge_community", undefined]],
    );
    t.equal(
      await codeOf(admin.purgeCommunity({ community_id, reason })),
      "not_found",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("a purged person is banned, emptied and overwritten", async (t) => {
  const s = await stage();
  const { alice, bob, admin, anonymous, post_id, comment_id, community_id } = s;
  const { sql } = s.server.database;
  try {
    const person_id = (await ok(bob.getMyUser())).local_user_view.person.id;
    await ok(
      alice.addModToCommunity({ community_id, person_id, added: true }),
    );
    await ok(bob.saveUserSettings({ display_name: "Bobby", bio: "hello" }));
    const provider = await ok(admin.createOAuthProvider({
      display_name: "Elsewhere",
      issuer: "https://a.example",
      authorization_endpoint: "https://a.example/auth",
      token_endpoint: "https://a.example/token",
      userinfo_endpoint: "https://a.example/me",
      id_claim: "sub",
      client_id: "tundra",
      client_secret: "x",
      scopes: "openid",
    }));
    await sql`insert into oauth_account (oauth_provider_id, oauth_user_id, local_user_id)
      select ${provider.id}, 'bob', id from local_user where person_id = ${person_id}`;
    const drop = () => codeOf(admin.deleteOAuthProvider({ id: provider.id }));
    t.equal(await drop(), "deleted", "bob signs in through it");
    await ok(admin.purgePerson({ person_id, reason }));
    t.equal(
      await codeOf(anonymous.getPersonDetails({ person_id })),
      "not_found",
    );
    t.equal(await drop(), "success", "nobody does any more");
    const { person_view } = await ok(admin.getPersonDetails({ person_id }));
    t.equal(
      [
        person_view.person.display_name,
        person_view.person.bio,
        person_view.person.deleted,
        person_view.banned,
      ],
      [undefined, undefined, true, true],
    );
    await eventually(
      async () => (await sql`select from bulk_task`).length === 0,
      "the end of the erasure",
    );
    const { post_view } = await ok(alice.getPost({ id: post_id }));
    t.equal([post_view.post.name, post_view.post.deleted], [OVERWRITTEN, true]);
    const { comment_view } = await ok(admin.getComment({ id: comment_id }));
    t.equal(comment_view.comment.content, OVERWRITTEN);
    const { moderators } = await ok(anonymous.getCommunity({ name: "stage" }));
    t.equal(moderators.map((m) => m.moderator.name), ["alice"]);
    t.equal(
      await codeOf(bob.createPost({ name: "Still here", community_id })),
      "incorrect_login",
    );
    t.equal(
      await codeOf(admin.purgePerson({ person_id, reason })),
      "not_found",
      "it is gone already",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("purges respect rank, and refuse what does not exist", async (t) => {
  const s = await stage();
  const { alice, admin, community_id } = s;
  const nobody = 999_999;
  try {
    const adminId = (await ok(admin.getMyUser())).local_user_view.person.id;
    const aliceId = (await ok(alice.getMyUser())).local_user_view.person.id;
    const { post_view } = await ok(
      admin.createPost({ name: "The admin's", community_id }),
    );
    const post_id = post_view.post.id;
    const { comment_view } = await ok(
      admin.createComment({ post_id, content: "mine" }),
    );
    await ok(
      alice.addModToCommunity({
        community_id,
        person_id: adminId,
        added: true,
      }),
    );
    await ok(admin.addAdmin({ person_id: aliceId, added: true }));
    for (
      const call of [
        alice.purgePerson({ person_id: adminId, reason }),
        alice.purgeCommunity({ community_id, reason }),
        alice.purgePost({ post_id, reason }),
        alice.purgeComment({ comment_id: comment_view.comment.id, reason }),
      ]
    ) t.equal(await codeOf(call), "not_higher_admin");
    for (
      const call of [
        admin.purgePerson({ person_id: nobody, reason }),
        admin.purgeCommunity({ community_id: nobody, reason }),
        admin.purgePost({ post_id: nobody, reason }),
        admin.purgeComment({ comment_id: nobody, reason }),
      ]
    ) t.equal(await codeOf(call), "not_found");
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});
