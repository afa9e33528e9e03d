/** Taking one's settings along, and one's data, and leaving. */
import type { LemmyHttp, UserSettingsBackup } from "lemmy-js-client";
import { test } from "../harness.ts";
import { eventsDone } from "../support/events.ts";
import { codeOf, idOf, ok, PASSWORD, send } from "./api_server.ts";
import { letters, stage } from "./stage.ts";

type Scene = Awaited<ReturnType<typeof stage>>;

async function onStage(body: (scene: Scene) => Promise<void>): Promise<void> {
  const scene = await stage();
  try {
    await body(scene);
  } finally {
    await scene.server.close();
  }
}

/** The client's package says that this is a text; the server sends the file itself. */
async function exported(person: LemmyHttp): Promise<UserSettingsBackup> {
  return await ok(person.exportUserSettings()) as unknown as UserSettingsBackup;
}

test("settings and lists are taken from one account to another by a file", (t) =>
  onStage(async ({ server, alice, bob, community_id, post_id, comment_id }) => {
    const { sql } = server.database;
    await sql`insert into instance (domain) values ('far.example'), ('wide.example')`;
    const instances = await sql<{ id: number }[]>`
      select id from instance where domain like '%.example' order by id`;
    const { community_view } = await ok(
      alice.createCommunity({ name: "other" }),
    );
    const other = community_view.community;
    await ok(bob.saveUserSettings({
      display_name: "Bob B.",
      bio: "hello",
      theme: "dark",
      show_read_posts: false,
      default_post_sort_type: "new",
      blocking_keywords: ["spoiler"],
      discussion_languages: [0, 37],
      email: "bob@mail.example",
    }));
    await ok(bob.followCommunity({ community_id, follow: true }));
    await ok(bob.savePost({ post_id, save: true }));
    await ok(bob.saveComment({ comment_id, save: true }));
    await ok(bob.blockCommunity({ community_id: other.id, block: true }));
    await ok(bob.blockPerson({ person_id: await idOf(alice), block: true }));
    await ok(bob.userBlockInstanceCommunities({
      instance_id: instances[0].id,
      block: true,
    }));
    await ok(bob.userBlockInstancePersons({
      instance_id: instances[1].id,
      block: true,
    }));
    const file = await exported(bob);
    t.equal([file.display_name, file.bio, file.matrix_id as unknown], [
      "Bob B.",
      "hello",
      null,
    ]);
    t.equal(file.followed_communities, [`${server.url}/c/stage`]);
    t.equal(file.saved_posts, [`${server.url}/post/${post_id}`]);
    t.equal(file.saved_comments, [`${server.url}/comment/${comment_id}`]);
    t.equal(file.blocked_communities, [`${server.url}/c/other`]);
    t.equal(file.blocked_users, [`${server.url}/u/alice`]);
    t.equal(file.blocked_instances_communities, ["far.example"]);
    t.equal(file.blocked_instances_persons, ["wide.example"]);
    t.equal(file.blocking_keywords, ["spoiler"]);
    t.equal(file.discussion_languages.length, 2);

    const carol = server.client(await server.signUp("carol"));
    const before = (await ok(carol.getMyUser())).local_user_view.local_user;
    await ok(carol.importUserSettings({
      ...file,
      followed_communities: [
        ...file.followed_communities,
        "https://unknown.example/c/tea",
      ],
      unknown_key: 1,
    } as UserSettingsBackup));
    await eventsDone(server.database);
    const me = await ok(carol.getMyUser());
    const { person, local_user } = me.local_user_view;
    t.equal([person.display_name, person.bio], ["Bob B.", "hello"]);
    t.equal(
      [
        local_user.theme,
        local_user.show_read_posts,
        local_user.default_post_sort_type,
        local_user.email,
        local_user.id,
      ],
      ["dark", false, "new", undefined, before.id],
    );
    t.equal(me.keyword_blocks, ["spoiler"]);
    t.equal(me.discussion_languages, [0, 37]);
    t.equal(me.follows.map((view) => view.community.name), ["stage"]);
    t.equal(me.community_blocks.map((view) => view.name), ["other"]);
    t.equal(me.person_blocks.map((view) => view.name), ["alice"]);
    t.equal(
      me.instance_communities_blocks.map((view) => view.domain),
      ["far.example"],
    );
    t.equal(
      me.instance_persons_blocks.map((view) => view.domain),
      ["wide.example"],
    );
    const saved = await ok(carol.listPersonSaved({}));
    t.equal(saved.items.map((item) => item.type_).sort(), ["comment", "post"]);
    const [{ state }] = await sql`select follow_state as state
      from community_actions where person_id = ${person.id} and followed_at is not null`;
    t.equal(state, "accepted");
    const community = await ok(bob.getCommunity({ id: community_id }));
    t.equal(community.community_view.community.subscribers, 3);
    // What is not known here is left to be fetched.
    const [{ data }] =
      await sql`select data from event where kind = 'settings_imported'`;
    t.equal(data, {
      followed_communities: ["https://unknown.example/c/tea"],
    });
    t.equal(server.failures, []);
  }));

test("a file is read leniently, and refused as a whole by the rules of its fields", (t) =>
  onStage(async ({ server, alice, admin, bob }) => {
    const put = (file: Record<string, unknown>) =>
      codeOf(alice.importUserSettings(file as unknown as UserSettingsBackup));
    t.equal(await put({}), "success");
    t.equal(await put({ display_name: null, settings: null }), "success");
    t.equal(await put({ bio: letters(1001) }), "bio_length_overflow");
    t.equal(await put({ display_name: "" }), "invalid_display_name");
    t.equal(await put({ matrix_id: "alice" }), "invalid_matrix_id");
    t.equal(
      await put({ blocking_keywords: ["ab"] }),
      "block_keyword_too_short",
    );
    const many = Array.from(
      { length: 5000 },
      (_, n) => `https://x.example/${n}`,
    );
    t.equal(
      await put({ bio: "new", saved_posts: many, saved_comments: many }),
      "too_many_items",
    );
    // Languages are no entries.
    t.equal(
      await put({
        saved_posts: many,
        saved_comments: many.slice(1),
        discussion_languages: ["en", "de"],
      }),
      "success",
    );
    // Enumerations of 0.19: the block as a whole is passed over.
    t.equal(
      await put({
        settings: { default_sort_type: "Hot", show_downvotes: true },
      }),
      "success",
    );
    const user = async () => (await ok(alice.getMyUser())).local_user_view;
    t.equal((await user()).person.bio, undefined);
    t.equal((await user()).local_user.show_read_posts, true);
    t.equal(await put({ settings: { theme: "light" } }), "success");
    t.equal((await user()).local_user.theme, "light");
    t.equal((await user()).local_user.show_read_posts, false);
    // Nobody blocks themself, an admin, or this site.
    t.equal(
      await put({
        blocked_users: [`${server.url}/u/alice`, `${server.url}/U/Admin`],
        blocked_instances: ["localhost"],
        discussion_languages: ["en", "nonsense"],
      }),
      "success",
    );
    const me = await ok(alice.getMyUser());
    t.equal([me.person_blocks, me.instance_communities_blocks], [[], []]);
    t.equal(me.discussion_languages.length, 1);
    t.equal(
      await codeOf(admin.importUserSettings(await exported(bob))),
      "success",
    );
    t.equal(server.failures, []);
  }));

test("all data of an account come in one file", (t) =>
  onStage(async ({ server, alice, bob, post_id, comment_id, community_id }) => {
    const jwt = (await ok(
      server.client().login({ username_or_email: "bob", password: PASSWORD }),
    )).jwt;
    const reply = await ok(
      alice.createComment({ post_id, content: "an answer" }),
    );
    const recipient_id = await idOf(bob);
    await ok(alice.createPrivateMessage({ recipient_id, content: "psst" }));
    await ok(bob.createPrivateMessage({
      recipient_id: await idOf(alice),
      content: "yes?",
    }));
    const hidden = await ok(
      bob.createPost({ name: "Hidden one", community_id }),
    );
    await ok(bob.hidePost({ post_id: hidden.post_view.post.id, hide: true }));
    await eventsDone(server.database);
    const { json } = await send(server, "GET", "/account/data/export", { jwt });
    const kinds = (items: unknown) =>
      (items as Record<string, unknown>[]).map((item) => [
        item.type_,
        item.content ?? item.name,
      ]);
    t.equal(kinds(json.content), [
      ["post", "On stage"],
      ["comment", "hello"],
      ["private_message", "yes?"],
    ]);
    t.equal(kinds(json.notifications), [
      ["comment", "an answer"],
      ["private_message", "psst"],
    ]);
    t.ok(!("creator" in (json.content as object[])[0]), "bare objects");
    t.equal((json.read_posts as string[]).length, 2);
    t.equal(
      (json.liked as string[]).sort(),
      [
        `${server.url}/comment/${comment_id}`,
        hidden.post_view.post.ap_id,
        `${server.url}/post/${post_id}`,
      ].sort(),
    );
    t.equal(json.moderates, []);
    t.equal(
      (json.settings as UserSettingsBackup).settings?.id,
      (await ok(bob.getMyUser())).local_user_view.local_user.id,
    );
    t.equal(reply.comment_view.comment.creator_id, await idOf(alice));
    t.equal(server.failures, []);
  }));

test("an account goes with its profile, and with its content if it wants", (t) =>
  onStage(async ({ server, admin, alice, bob, post_id, comment_id }) => {
    const { sql } = server.database;
    await ok(bob.saveUserSettings({
      display_name: "Bob B.",
      email: "bob@mail.example",
    }));
    const leave = (person: LemmyHttp, password: string, all = false) =>
      codeOf(person.deleteAccount({ password, delete_content: all }));
    t.equal(await leave(bob, "wrong"), "incorrect_login");
    const person_id = await idOf(bob);
    t.equal(await leave(bob, PASSWORD), "success");
    t.equal(await codeOf(bob.getMyUser()), "incorrect_login");
    t.equal(
      await codeOf(
        server.client().login({ username_or_email: "bob", password: PASSWORD }),
      ),
      "deleted",
    );
    const read = (reader: LemmyHttp) =>
      codeOf(reader.getPersonDetails({ person_id }));
    t.equal([await read(alice), await read(admin)], ["not_found", "success"]);
    const { post_view } = await ok(alice.getPost({ id: post_id }));
    t.equal(post_view.post.name, "On stage");
    t.equal(
      [post_view.creator.deleted, post_view.creator.display_name],
      [true, undefined],
    );
    const [{ email }] = await sql`select email from local_user
      where person_id = ${person_id}`;
    t.equal(email, null);
    t.equal(
      await codeOf(
        server.client().register({
          username: "Bob",
          password: PASSWORD,
          password_verify: PASSWORD,
        }),
      ),
      "username_already_taken",
    );
    // With content, by somebody who is banned.
    const answer = await ok(
      alice.createComment({
        post_id,
        content: "my words",
        parent_id: comment_id,
      }),
    );
    const aliceId = await idOf(alice);
    await sql`insert into instance_actions (person_id, instance_id, received_ban_at)
      select id, instance_id, now() from person where id = ${aliceId}`;
    t.equal(await leave(alice, PASSWORD, true), "success");
    const text = async () =>
      (await ok(admin.getComment({ id: answer.comment_view.comment.id })))
        .comment_view.comment.content;
    const end = Date.now() + 10_000;
    while (await text() === "my words" && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    t.equal(await text(), "*Permanently Deleted*");
    const [{ moderators }] = await sql`select count(*) as moderators
      from community_actions where became_moderator_at is not null`;
    t.equal(Number(moderators), 0, "and offices are vacant");
    t.equal(server.failures, []);
  }));
