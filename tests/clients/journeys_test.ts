/** Whole ways through a site as apps go them, with nothing but the official client. */
import type { LemmyHttp, UserSettingsBackup } from "lemmy-js-client";
import { test } from "../harness.ts";
import { eventsDone } from "../support/events.ts";
import { totp } from "../support/totp.ts";
import { codeOf, idOf, ok, PASSWORD, startSite } from "./api_server.ts";
import { stage } from "./stage.ts";

test("a visitor applies, is let in, guards the account, moves to another and leaves", async (t) => {
  const server = await startSite();
  const { admin, url } = server;
  const visitor = server.client();
  const enter = (username_or_email: string, totp_2fa_token?: string) =>
    visitor.login({ username_or_email, password: PASSWORD, totp_2fa_token });
  try {
    const { community_view } = await ok(admin.createCommunity({ name: "tea" }));
    const community_id = community_view.community.id;
    const { post_view } = await ok(
      admin.createPost({ name: "Green or black?", community_id }),
    );
    const post_id = post_view.post.id;

    // Signed out: everything can be read, nothing be done, and no account be asked for.
    const { items } = await ok(visitor.getPosts({ type_: "all" }));
    t.equal(items.map(({ post }) => post.id), [post_id]);
    t.equal((await ok(visitor.getSite())).site_view.site.name, "Test site");
    t.equal(await codeOf(visitor.getMyUser()), "incorrect_login");
    t.equal(
      await codeOf(visitor.likePost({ post_id, is_upvote: true })),
      "incorrect_login",
    );

    // From the question to the approval.
    const application_question = "Which tea do you drink?";
    await ok(admin.editSite({
      registration_mode: "require_application",
      application_question,
    }));
    const { site_view: { local_site } } = await ok(visitor.getSite());
    t.equal(local_site.application_question, application_question);
    const apply = (answer?: string) =>
      visitor.register({
        username: "alice",
        password: PASSWORD,
        password_verify: PASSWORD,
        answer,
      });
    t.equal(
      await codeOf(apply()),
      "registration_application_answer_required",
    );
    const applied = await ok(apply("Oolong"));
    t.equal([applied.registration_created, applied.jwt], [true, undefined]);
    t.equal(
      await codeOf(enter("alice")),
      "registration_application_is_pending",
    );
    const waiting = await ok(
      admin.listRegistrationApplications({ unread_only: true }),
    );
    t.equal(
      waiting.items.map((view) => view.registration_application.answer),
      ["Oolong"],
    );
    await ok(admin.approveRegistrationApplication({
      id: waiting.items[0].registration_application.id,
      approve: true,
    }));
    const alice = server.client((await ok(enter("alice"))).jwt);

    // Two-factor login: on, asked for, wrong, right.
    const { totp_secret_url } = await ok(alice.generateTotpSecret());
    const code = totp(totp_secret_url);
    const nextCode = totp(totp_secret_url, 1);
    await ok(alice.editTotp({ totp_token: code, enabled: true }));
    t.equal(await codeOf(enter("alice")), "missing_totp_token");
    t.equal(await codeOf(enter("alice", "000000")), "incorrect_totp_token");
    t.equal(await codeOf(enter("alice", code)), "incorrect_totp_token");
    const phone = server.client((await ok(enter("alice", nextCode))).jwt);
    t.equal((await ok(phone.listLogins())).logins.length, 2);

    // What was set up goes along to another account.
    await ok(phone.followCommunity({ community_id, follow: true }));
    await ok(phone.savePost({ post_id, save: true }));
    await ok(phone.saveUserSettings({ theme: "dark", display_name: "Alice" }));
    const file = await ok(
      phone.exportUserSettings(),
    ) as unknown as UserSettingsBackup;
    await ok(admin.editSite({ registration_mode: "open" }));
    const second = server.client(await server.signUp("alice2"));
    await ok(second.importUserSettings(file));
    await eventsDone(server.database);
    const me = await ok(second.getMyUser());
    t.equal(me.local_user_view.local_user.theme, "dark");
    t.equal(me.local_user_view.person.display_name, "Alice");
    t.equal(me.local_user_view.local_user.totp_2fa_enabled, false);
    t.equal(me.follows.map(({ community }) => community.name), ["tea"]);
    const saved = await ok(second.listPersonSaved({}));
    t.equal(saved.items.length, 1);

    // The old one leaves; what it said stays, without its name.
    const { comment_view } = await ok(
      phone.createComment({ post_id, content: "Oolong, of course" }),
    );
    const leave = (password: string) =>
      codeOf(phone.deleteAccount({ password, delete_content: false }));
    t.equal(await leave("not this one"), "incorrect_login");
    t.equal(await leave(PASSWORD), "success");
    t.equal(await codeOf(phone.getUnreadCounts()), "incorrect_login");
    t.equal(await codeOf(alice.getMyUser()), "incorrect_login");
    t.equal(await codeOf(enter("alice", nextCode)), "deleted");
    const left = await ok(visitor.getComment({ id: comment_view.comment.id }));
    t.equal(
      [
        left.comment_view.comment.content,
        left.comment_view.creator.deleted,
        left.comment_view.creator.display_name,
      ],
      ["Oolong, of course", true, undefined],
    );
    t.equal(left.comment_view.comment.ap_id.startsWith(url), true);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a reader pages through a feed that grows and is voted on meanwhile", async (t) => {
  const server = await startSite();
  const { admin } = server;
  try {
    const reader = server.client(await server.signUp("reader"));
    const { community_view } = await ok(
      admin.createCommunity({ name: "busy" }),
    );
    const community_id = community_view.community.id;
    let count = 0;
    const post = async () =>
      (await ok(
        admin.createPost({ name: `Post number ${count++}`, community_id }),
      )).post_view.post.id;
    for (const sort of ["new", "old", "hot", "active", "scaled"] as const) {
      const before: number[] = [];
      for (let n = 0; n < 5; n++) await post();
      let rest: string | undefined;
      do {
        const page = await ok(
          admin.getPosts({ sort, type_: "all", limit: 50, page_cursor: rest }),
        );
        before.push(...page.items.map((view) => view.post.id));
        rest = page.next_page;
      } while (rest);
      const seen: number[] = [];
      const moved = new Set<number>();
      let page_cursor: string | undefined;
      for (let n = 0; n < 50; n++) {
        const page = await ok(
          reader.getPosts({ sort, type_: "all", limit: 4, page_cursor }),
        );
        seen.push(...page.items.map((view) => view.post.id));
        page_cursor = page.next_page;
        if (!page_cursor) break;
        // One that was shown and one that was not get votes; the last one shown is the anchor.
        if (n < 5) await post();
        const unseen = before.filter((id) => !seen.includes(id));
        for (const id of [page.items[0].post.id, unseen.at(-2)]) {
          if (id === undefined) continue;
          moved.add(id);
          await ok(reader.likePost({ post_id: id, is_upvote: n % 2 === 0 }));
        }
      }
      t.equal(page_cursor, undefined, `${sort} comes to an end`);
      const still = sort === "new" || sort === "old"
        ? before
        : before.filter((id) => !moved.has(id));
      t.ok(still.length >= 3, `${sort} leaves something in its place`);
      t.equal(
        seen.filter((id) => still.includes(id)),
        still,
        `${sort}: whatever keeps its rank comes once, in order`,
      );
    }
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a report leads to a removal, its author hears of it, and they talk about it", async (t) => {
  const s = await stage();
  const { server, admin, alice, bob, post_id, community_id } = s;
  try {
    const carol = server.client(await server.signUp("carol"));
    // A moderator settles what carol has reported.
    await ok(carol.createPostReport({ post_id, reason: "off topic" }));
    t.equal((await ok(alice.getUnreadCounts())).report_count, 1);
    const { items: [report] } = await ok(
      alice.listReports({ unresolved_only: true }),
    );
    t.ok(report.type_ === "post" && report.post.id === post_id);
    if (report.type_ !== "post") return;
    const resolved = await ok(alice.resolvePostReport({
      report_id: report.post_report.id,
      resolved: true,
    }));
    t.equal(resolved.post_report_view.resolver?.name, "alice");
    t.equal(
      (await ok(alice.listReports({ unresolved_only: true }))).items,
      [],
    );
    await ok(
      alice.removePost({ post_id, removed: true, reason: "not on stage" }),
    );
    const { items: [entry] } = await ok(
      carol.getModlog({ type_: "mod_remove_post", community_id }),
    );
    t.equal(
      [entry.target_post?.id, entry.modlog.reason, entry.moderator],
      [post_id, "not on stage", undefined],
    );
    t.equal(
      (await ok(admin.getModlog({ type_: "mod_remove_post" }))).items[0]
        .moderator?.name,
      "alice",
      "admins see who it was",
    );

    // The author is told, of an answer elsewhere too, and marks what is read.
    const elsewhere = await ok(
      bob.createPost({ name: "In the foyer", community_id }),
    );
    await ok(alice.createComment({
      post_id: elsewhere.post_view.post.id,
      content: "Much better",
    }));
    await eventsDone(server.database);
    const unread = async () =>
      (await ok(bob.getUnreadCounts())).notification_count;
    t.equal(await unread(), 2);
    const inbox = await ok(bob.listNotifications({ unread_only: true }));
    t.equal(
      inbox.items.map(({ notification }) => notification.kind),
      ["reply", "mod_action"],
    );
    const first = inbox.items[1].notification.id;
    const mark = (notification_id: number, read: boolean) =>
      codeOf(bob.markNotificationAsRead({ notification_id, read }));
    t.equal(await mark(first, true), "success");
    t.equal(await unread(), 1);
    t.equal(
      (await ok(bob.listNotifications({ unread_only: true }))).items
        .map(({ notification }) => notification.kind),
      ["reply"],
    );
    t.equal(await mark(first, false), "success");
    t.equal(await unread(), 2);
    await ok(bob.markAllNotificationsAsRead());
    t.equal(await unread(), 0);
    t.equal((await ok(bob.listNotifications({}))).items.length, 2);

    // A conversation, read by both sides.
    const [aliceId, bobId] = [await idOf(alice), await idOf(bob)];
    const say = (from: LemmyHttp, recipient_id: number, content: string) =>
      ok(from.createPrivateMessage({ recipient_id, content }));
    const asked = await say(bob, aliceId, "Where to?");
    await say(alice, bobId, "To the foyer");
    await ok(bob.editPrivateMessage({
      private_message_id: asked.private_message_view.private_message.id,
      content: "Where to, please?",
    }));
    await eventsDone(server.database);
    const talk = async (reader: LemmyHttp) =>
      (await ok(reader.listNotifications({ type_: "private_message" }))).items
        .flatMap(({ data }) =>
          data.type_ === "private_message"
            ? [`${data.creator.name}: ${data.private_message.content}`]
            : []
        );
    const both = ["alice: To the foyer", "bob: Where to, please?"];
    t.equal([await talk(alice), await talk(bob)], [both, both]);
    t.equal(await talk(carol), []);
    t.equal(await unread(), 1);
    await ok(bob.blockPerson({ person_id: aliceId, block: true }));
    t.equal(
      await codeOf(
        alice.createPrivateMessage({ recipient_id: bobId, content: "And?" }),
      ),
      "person_is_blocked",
    );
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
