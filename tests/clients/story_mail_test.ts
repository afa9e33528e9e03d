/** What the site sends by e-mail, received by a real mail server. */
import type { LemmyHttp } from "lemmy-js-client";
import { test } from "../harness.ts";
import { eventsDone } from "../support/events.ts";
import { type MailServer, startMailServer } from "../support/mail_server.ts";
import { codeOf, eventually, ok, PASSWORD, startSite } from "./api_server.ts";
import { freePort } from "../support/port.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

const SENDER = "Site <noreply@site.example>";

function emailConfig(url: string) {
  return { email: { connection: url, smtp_from_address: SENDER } };
}

async function withMail(
  body: (server: Site, mail: MailServer) => Promise<void>,
): Promise<void> {
  const mail = await startMailServer();
  const server = await startSite({ config: emailConfig(mail.url) });
  try {
    await body(server, mail);
  } finally {
    await server.close();
    await mail.close();
  }
}

const join = (
  server: Site,
  username: string,
  fields: Partial<Parameters<LemmyHttp["register"]>[0]> = {},
) =>
  ok(
    server.client().register({
      username,
      password: PASSWORD,
      password_verify: PASSWORD,
      email: `${username}@mail.example`,
      ...fields,
    }),
  );

const login = (server: Site, username_or_email: string, password = PASSWORD) =>
  server.client().login({ username_or_email, password });

/** The token at the end of a link in a text. */
function tokenOf(text: string, path: string): string {
  const found = new RegExp(`/${path}/([0-9a-f-]{36})\\s`).exec(text);
  if (!found) throw new Error(`no ${path} link in ${text}`);
  return found[1];
}

test("an address is confirmed by the link that was sent there", (t) =>
  withMail(async (server, mail) => {
    await ok(server.admin.editSite({ email_verification_required: true }));
    const joined = await join(server, "alice", { email: "Alice@mail.example" });
    t.equal([joined.jwt, joined.verify_email_sent], [undefined, true]);
    const letter = await mail.take("alice@mail.example");
    t.equal(letter.toHeader, '"alice" <alice@mail.example>');
    t.equal(letter.from, '"Site" <noreply@site.example>');
    const host = new URL(server.url).host;
    t.match(letter.messageId, /^<[0-9a-f-]{36}@localhost>$/);
    t.equal(letter.greeting, "localhost");
    t.equal(
      letter.subject,
      `Please confirm your e-mail address for ${host}`,
    );
    t.match(letter.text, `@alice@${host}`);
    t.match(letter.html, `<a href="${server.url}/verify_email/`);
    t.equal(await codeOf(login(server, "alice")), "email_not_verified");
    const token = tokenOf(letter.text, "verify_email");
    const verify = (token: string) => server.client().verifyEmail({ token });
    t.equal(await codeOf(verify(crypto.randomUUID())), "not_found");
    t.equal(await codeOf(verify("")), "not_found");
    // Another link may be asked for, and both hold until one is used.
    const resend = (email: string) =>
      ok(server.client().resendVerificationEmail({ email }));
    t.equal(await resend("nobody@mail.example"), { success: true });
    t.equal(await resend("ALICE@mail.example"), { success: true });
    const again = await mail.take("alice@mail.example");
    t.notEqual(tokenOf(again.text, "verify_email"), token);
    t.equal(await ok(verify(token)), { success: true });
    t.equal(
      (await mail.take("alice@mail.example")).subject,
      "alice, your e-mail address is confirmed",
    );
    t.equal(
      await codeOf(verify(tokenOf(again.text, "verify_email"))),
      "not_found",
    );
    const { jwt } = await ok(login(server, "alice@mail.example"));
    const me = await ok(server.client(jwt).getMyUser());
    t.equal(me.local_user_view.local_user.email_verified, true);
    // Who is verified gets no other link.
    await resend("alice@mail.example");
    await join(server, "bob");
    await mail.take("bob@mail.example");
    t.equal(mail.received, []);
    t.equal(server.failures, []);
  }));

test("a new address in the settings is asked to be confirmed, and lost to who was faster", (t) =>
  withMail(async (server, mail) => {
    const alice = server.client(await server.signUp("alice"));
    const bob = server.client(await server.signUp("bob"));
    await ok(alice.saveUserSettings({ email: "one@mail.example" }));
    const letter = await mail.take("one@mail.example");
    await ok(alice.saveUserSettings({ email: "two@mail.example" }));
    await mail.take("two@mail.example");
    await ok(alice.saveUserSettings({ theme: "dark" }));
    await ok(bob.saveUserSettings({ email: "one@mail.example" }));
    await mail.take("one@mail.example");
    const token = tokenOf(letter.text, "verify_email");
    t.equal(
      await codeOf(server.client().verifyEmail({ token })),
      "couldnt_update",
    );
    t.equal(mail.received, []);
    const { sql } = server.database;
    await sql`update email_verification set published_at = now() - interval '8 days'`;
    t.equal(await codeOf(server.client().verifyEmail({ token })), "not_found");
    t.equal(server.failures, []);
  }));

test("a forgotten password is replaced by the link that was sent", (t) =>
  withMail(async (server, mail) => {
    const { jwt } = await join(server, "alice");
    const reset = (email: string) =>
      ok(server.client().resetPassword({ email }));
    t.equal(await reset("nobody@mail.example"), { success: true });
    await reset("ALICE@mail.example");
    const letter = await mail.take("alice@mail.example");
    t.equal(letter.subject, "A new password for alice");
    const change = (token: string, password: string, password_verify: string) =>
      codeOf(
        server.client().changePasswordAfterReset({
          token,
          password,
          password_verify,
        }),
      );
    const word = "another long word";
    t.equal(await change(crypto.randomUUID(), word, word), "deleted");
    const token = tokenOf(letter.text, "password_change");
    t.equal(await change(token, "short", "short"), "invalid_password");
    t.equal(await change(token, word, word), "deleted", "used up by the try");
    const next = async () => {
      await reset("alice@mail.example");
      const { text } = await mail.take("alice@mail.example");
      return tokenOf(text, "password_change");
    };
    t.equal(
      await change(await next(), word, "something else"),
      "passwords_do_not_match",
    );
    const old = await next();
    await server.database.sql`update password_reset_request
      set published_at = now() - interval '25 hours'`;
    t.equal(await change(old, word, word), "deleted", "a day old");
    t.equal(await codeOf(login(server, "alice")), "success");
    const open = await next();
    const renewed = await ok(
      server.client(jwt).changePassword({
        old_password: PASSWORD,
        new_password: PASSWORD,
        new_password_verify: PASSWORD,
      }),
    );
    t.equal(
      await change(open, word, word),
      "deleted",
      "a new password makes links to choose one void",
    );
    t.equal(await change(await next(), word, word), "success");
    t.equal(await codeOf(login(server, "alice")), "incorrect_login");
    t.equal(await codeOf(login(server, "alice", word)), "success");
    t.equal(
      await codeOf(server.client(renewed.jwt).getMyUser()),
      "incorrect_login",
      "all sessions have ended",
    );
    t.equal(server.failures, []);
  }));

test("an application is announced to admins and decided with a letter", (t) =>
  withMail(async (server, mail) => {
    const { admin } = server;
    await ok(admin.saveUserSettings({ email: "admin@mail.example" }));
    await mail.take("admin@mail.example");
    await ok(admin.editSite({
      registration_mode: "require_application",
      application_email_admins: true,
    }));
    const joined = await join(server, "alice", { answer: "I like *tea*" });
    t.equal(joined.registration_created, true);
    const told = await mail.take("admin@mail.example");
    t.match(told.subject, "alice applies for an account on");
    t.match(told.text, `${server.url}/registration_applications`);
    await join(server, "bob", { answer: "me too" });
    await mail.take("admin@mail.example");
    t.equal(
      (await ok(admin.getUnreadCounts())).registration_application_count,
      2,
    );
    const list = async (form = {}) =>
      (await ok(admin.listRegistrationApplications(form))).items
        .map((view) => view.creator.name);
    t.equal(await list(), ["bob", "alice"]);
    t.equal(await list({ unread_only: true }), ["alice", "bob"]);
    const first = await ok(
      admin.listRegistrationApplications({ unread_only: true, limit: 1 }),
    );
    t.equal(
      await list({
        unread_only: true,
        limit: 1,
        page_cursor: first.next_page,
      }),
      ["bob"],
    );
    const [{ registration_application: application, creator }] = first.items;
    t.equal(application.answer, "I like *tea*");
    const decide = async (approve: boolean, deny_reason?: string) =>
      (await ok(
        admin.approveRegistrationApplication({
          id: application.id,
          approve,
          deny_reason,
        }),
      )).registration_application;
    const denied = await decide(false, "no **tea** here");
    t.equal(denied.registration_application.deny_reason, "no **tea** here");
    t.equal(denied.admin?.name, "admin");
    const no = await mail.take("alice@mail.example");
    t.equal(no.subject, "alice, your application was denied");
    t.match(no.html, "<strong>tea</strong>");
    t.match(no.text, "> no **tea** here");
    t.match(no.text, "join-lemmy.org");
    const refused = await login(server, "alice");
    t.equal(
      refused.state === "failed" && [refused.err.name, refused.err.message],
      ["registration_denied", "no **tea** here"],
    );
    // Two admins at once, or one who presses twice.
    const [kept, also] = await Promise.all([decide(true), decide(true)]);
    t.equal(also.creator_local_user.accepted_application, true);
    t.equal(kept.registration_application.deny_reason, "no **tea** here");
    t.equal(kept.creator_local_user.accepted_application, true);
    const yes = await mail.take("alice@mail.example");
    t.equal(yes.subject, "alice, your application was approved");
    const { sql } = server.database;
    await eventually(
      async () => (await sql`select from outgoing_mail`).length === 0,
      "the end of what is to be sent",
    );
    t.equal(mail.received, [], "told once");
    t.equal(await codeOf(login(server, "alice")), "success");
    t.equal(await list({ unread_only: true }), ["bob"]);
    const one = await ok(
      admin.getRegistrationApplication({ person_id: creator.id }),
    );
    t.equal(one.registration_application.creator.name, "alice");
    t.equal(
      await codeOf(admin.getRegistrationApplication({ person_id: 999_999 })),
      "not_found",
    );
    t.equal(
      await codeOf(
        admin.approveRegistrationApplication({ id: 999_999, approve: true }),
      ),
      "couldnt_update",
    );
    const alice = server.client((await ok(login(server, "alice"))).jwt);
    for (
      const call of [
        alice.listRegistrationApplications({}),
        alice.getRegistrationApplication({ person_id: creator.id }),
      ]
    ) t.equal(await codeOf(call), "not_an_admin");
    // With verified addresses an applicant is announced when theirs is
    // (whoever is there when that is switched on counts as verified).
    await ok(admin.editSite({ email_verification_required: true }));
    await join(server, "carol", { answer: "and me" });
    const letter = await mail.take("carol@mail.example");
    t.match(letter.text, "once the address is confirmed");
    t.equal(mail.received, []);
    t.equal(await list(), ["bob", "alice"]);
    const token = tokenOf(letter.text, "verify_email");
    await ok(server.client().verifyEmail({ token }));
    t.match((await mail.take("admin@mail.example")).subject, "carol applies");
    t.equal(await list(), ["carol", "bob", "alice"]);
    t.equal(server.failures, []);
  }));

test("notifications go out by e-mail to whoever wants them, in their language", (t) =>
  withMail(async (server, mail) => {
    const host = new URL(server.url).host;
    const people: Record<string, LemmyHttp> = {};
    for (const name of ["alice", "bob", "carol"]) {
      const { jwt } = await join(server, name);
      people[name] = server.client(jwt);
      await ok(
        people[name].saveUserSettings({ send_notifications_to_email: true }),
      );
    }
    const { alice, bob, carol } = people;
    await ok(bob.saveUserSettings({ interface_language: "de" }));
    const { community_view } = await ok(
      alice.createCommunity({ name: "tea", title: "Tea & more" }),
    );
    const community_id = community_view.community.id;
    await ok(
      carol.editCommunityNotifications({ community_id, mode: "all_posts" }),
    );
    const { post_view } = await ok(bob.createPost({
      name: "Green <tea>",
      community_id,
      body: "good\n![](https://tracker.example/pixel.png)\n[here](/c/tea)",
    }));
    const post_id = post_view.post.id;
    const subscribed = await mail.take("carol@mail.example");
    t.equal(subscribed.subject, "New post in Tea & more: Green <tea>");
    t.match(subscribed.html, "“Green &lt;tea&gt;”");
    t.noMatch(subscribed.html, "<img");
    t.match(subscribed.html, `href="${server.url}/c/tea"`);
    t.match(subscribed.text, `${server.url}/post/${post_id}`);
    t.match(subscribed.text, `${server.url}/inbox`);
    const say = (person: LemmyHttp, content: string, parent_id?: number) =>
      ok(person.createComment({ post_id, content, parent_id }));
    const { comment_view } = await say(alice, "*I* agree");
    const reply = await mail.take("bob@mail.example");
    t.equal(reply.subject, "alice hat auf deinen Beitrag geantwortet");
    t.match(reply.html, '<html lang="de"');
    t.match(reply.html, "<em>I</em> agree");
    await say(bob, "Thanks!", comment_view.comment.id);
    const answer = await mail.take("alice@mail.example");
    t.equal(answer.subject, "bob has answered your comment");
    t.match(answer.text, /> \*I\* agree[^]*> Thanks!/);
    await ok(
      carol.editPostNotifications({ post_id, mode: "all_comments" }),
    );
    const mention = await say(server.admin, `hello @alice@${host}`);
    t.equal(
      (await mail.take("alice@mail.example")).subject,
      "admin has mentioned you",
    );
    t.equal(
      (await mail.take("carol@mail.example")).subject,
      "New comment: Green <tea>",
    );
    await mail.take("bob@mail.example");
    // A change tells the inbox, but sends nothing.
    await ok(server.admin.editComment({
      comment_id: mention.comment_view.comment.id,
      content: `hello @alice@${host} @carol@${host}`,
    }));
    const recipient_id =
      (await ok(alice.getMyUser())).local_user_view.person.id;
    await ok(bob.createPrivateMessage({ recipient_id, content: "psst" }));
    const message = await mail.take("alice@mail.example");
    t.equal(message.subject, "bob has sent you a message");
    t.match(message.text, "> psst");
    await ok(alice.saveUserSettings({ send_notifications_to_email: false }));
    await ok(bob.createPrivateMessage({ recipient_id, content: "and?" }));
    await eventsDone(server.database);
    await ok(alice.saveUserSettings({ send_notifications_to_email: true }));
    await ok(server.admin.editSite({ email_notifications_disabled: true }));
    await ok(bob.createPrivateMessage({ recipient_id, content: "hello?" }));
    await eventsDone(server.database);
    await server.client().resetPassword({ email: "alice@mail.example" });
    t.match((await mail.take("alice@mail.example")).subject, "password");
    t.equal(mail.received.map((letter) => letter.subject), []);
    t.equal(server.failures, []);
  }));

test("moderators' actions and reports are told by e-mail", (t) =>
  withMail(async (server, mail) => {
    const { admin } = server;
    await ok(admin.saveUserSettings({ email: "admin@mail.example" }));
    await mail.take("admin@mail.example");
    await ok(admin.editSite({
      reports_email_admins: true,
      email_notifications_disabled: true,
    }));
    const alice = server.client((await join(server, "alice")).jwt);
    await server.database
      .sql`update local_user set send_notifications_to_email = true`;
    const { community_view } = await ok(alice.createCommunity({ name: "tea" }));
    const { post_view } = await ok(alice.createPost({
      name: "Green tea",
      community_id: community_view.community.id,
    }));
    const post_id = post_view.post.id;
    const remove = (removed: boolean, reason: string) =>
      ok(admin.removePost({ post_id, removed, reason }));
    await remove(true, "no *tea*");
    const removed = await mail.take("alice@mail.example");
    t.equal(removed.subject, "Moderator action: Removed post Green tea");
    t.match(removed.html, "no <em>tea</em>");
    t.noMatch(removed.text, /@admin|u\/admin/);
    await remove(false, "");
    t.equal(
      (await mail.take("alice@mail.example")).subject,
      "Moderator action taken back: Restored post Green tea",
    );
    const person_id = (await ok(alice.getMyUser())).local_user_view.person.id;
    await ok(admin.addAdmin({ person_id, added: true }));
    t.equal(
      (await mail.take("alice@mail.example")).subject,
      "Moderator action: Appointed alice as admin",
    );
    await ok(admin.addAdmin({ person_id, added: false }));
    t.equal(
      (await mail.take("alice@mail.example")).subject,
      "Moderator action taken back: Removed alice as admin",
    );
    await ok(alice.createPostReport({ post_id, reason: "mine" }));
    const host = new URL(server.url).host;
    const report = await mail.take("admin@mail.example");
    t.equal(report.subject, `alice has reported alice on ${host}`);
    t.match(report.text, `${server.url}/reports`);
    await eventsDone(server.database);
    t.equal(mail.received, []);
    t.equal(server.failures, []);
  }));

test("a mail server that is down holds nothing up, and gets everything when it is back", async (t) => {
  const port = freePort();
  const server = await startSite({
    config: emailConfig(`smtp://127.0.0.1:${port}`),
  });
  try {
    const { sql } = server.database;
    await join(server, "alice");
    await server.client().resetPassword({ email: "alice@mail.example" });
    await join(server, "gone");
    await server.client().resetPassword({ email: "gone@mail.example" });
    await join(server, "broken", { email: "a@mail.example, b@mail.example" });
    await server.client().resetPassword({
      email: "a@mail.example, b@mail.example",
    });
    const attempts = async () =>
      (await sql<{ attempts: number }[]>`
        select attempts from outgoing_mail
        where attempts > 0 and next_attempt_at < now() + interval '1 minute'`)
        .length;
    const end = Date.now() + 10_000;
    while (await attempts() < 2 && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    t.equal(await attempts(), 2, "tried, and put off");
    const mail = await startMailServer({
      port,
      refuse: ["gone@mail.example"],
    });
    try {
      await sql`update outgoing_mail set next_attempt_at = now()`;
      const letter = await mail.take("alice@mail.example");
      t.match(letter.text, "/password_change/");
      while (Date.now() < end + 10_000) {
        const [{ count }] = await sql<[{ count: number }]>`
          select count(*) as count from outgoing_mail`;
        if (Number(count) === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const left = await sql`select * from outgoing_mail`;
      t.equal(left.length, 0, "sent ones and refused ones are gone");
      t.equal(mail.received, []);
    } finally {
      await mail.close();
    }
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
