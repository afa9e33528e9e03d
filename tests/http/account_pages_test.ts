/** Pages of accounts without JavaScript: what e-mails lead to, and the second step of a login. */
import {
  codeOf,
  ok,
  PASSWORD,
  sharedSite,
  startSite,
} from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { eventsDone } from "../support/events.ts";
import { startMailServer } from "../support/mail_server.ts";
import { PageReader } from "../support/page_reader.ts";
import { forgetUsedCodes, totp } from "../support/totp.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

async function withSite(body: (server: Site) => Promise<void>): Promise<void> {
  const server = await startSite();
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

const shared = sharedSite();

test("links in e-mails lead to pages that do what they say", async (t) => {
  const mail = await startMailServer();
  const server = await startSite({
    config: {
      email: { connection: mail.url, smtp_from_address: "site@mail.example" },
    },
  });
  const path = (text: string) => {
    const link = text.split(/\s+/).find((word) =>
      word.startsWith(server.url) && /[0-9a-f-]{36}$/.test(word)
    );
    return link!.slice(server.url.length);
  };
  try {
    await ok(server.admin.editSite({ email_verification_required: true }));
    const reader = new PageReader(server.url);
    const joined = await reader.submit("/signup", {
      username: "alice",
      email: "alice@mail.example",
      password: PASSWORD,
      password_verify: PASSWORD,
    });
    t.equal([joined.status, joined.to], [303, "/"]);
    const enter = (password = PASSWORD) =>
      reader.submit("/login", { username_or_email: "alice", password });
    const early = await enter();
    t.equal(early.status, 400);
    t.match(early.html, 'action="/verify_email/resend"');
    await mail.take("alice@mail.example");
    const resent = await reader.submit("/verify_email/resend", {
      email: "alice@mail.example",
    });
    t.equal([resent.status, resent.to], [303, "/login"]);
    const verify = path((await mail.take("alice@mail.example")).text);
    const page = await reader.get(verify);
    t.match(page.html, "Confirm my address");
    t.equal(page.headers.get("cache-control"), "no-store");
    t.equal(
      (await enter()).status,
      400,
      "looking at the page confirms nothing",
    );
    const confirmed = await reader.submit(verify, {});
    t.equal([confirmed.status, confirmed.to], [303, "/login"]);
    const again = await reader.submit(verify, {});
    t.equal(again.status, 404);
    t.match(again.html, "no longer valid");
    await mail.take("alice@mail.example");

    t.match((await reader.get("/login")).html, 'href="/login_reset"');
    const reset = async (email: string) => {
      const answer = await reader.submit("/login_reset", { email });
      t.equal([answer.status, answer.to], [303, "/login"]);
    };
    await reset("nobody@mail.example");
    await reset("alice@mail.example");
    const link = path((await mail.take("alice@mail.example")).text);
    t.match((await reader.get(link)).html, 'name="password_verify"');
    const word = "another long word";
    const change = (password: string) =>
      reader.submit(link, { password, password_verify: password });
    const changed = await change(word);
    t.equal([changed.status, changed.to], [303, "/login"]);
    t.match((await change(word)).html, "no longer valid");
    t.equal((await enter(word)).status, 303);
    t.ok(reader.signedIn);
    t.equal(server.failures, []);
  } finally {
    await server.close();
    await mail.close();
  }
});

test("two-factor login is set up on a page and asked for in a second step", async (t) => {
  const server = await shared();
  const jwt = await server.signUp("alice");
  const reader = new PageReader(server.url, jwt);
  const path = "/settings/totp";
  t.match((await reader.get("/settings?tab=account")).html, path);
  t.equal((await reader.submit(path, {})).to, path);
  const page = await reader.get(path);
  const [, address] = /href="(otpauth:[^"]+)"/.exec(page.html)!;
  const url = address.replaceAll("&amp;", "&");
  t.equal((await reader.submit(path, { totp_token: "000000" })).status, 400);
  const on = await reader.submit(path, { totp_token: totp(url) });
  t.equal([on.status, on.to], [303, "/settings?tab=account"]);
  t.noMatch((await reader.get(path)).html, "otpauth:");

  const other = new PageReader(server.url);
  const first = await other.submit("/login", {
    username_or_email: "alice",
    password: PASSWORD,
    stay_logged_in: "true",
    prev: "/communities",
  });
  t.equal([first.status, first.to], [303, "/login/totp"]);
  t.ok(!other.signedIn);
  t.ok(!other.cookie("login_step")!.includes(PASSWORD));
  const step = await other.get("/login/totp");
  t.match(step.html, 'autocomplete="one-time-code"');
  t.noMatch(step.html, PASSWORD);
  const wrong = await other.submit("/login/totp", { totp_token: "000000" });
  t.equal([wrong.status, other.signedIn], [400, false]);
  const used = await other.submit("/login/totp", { totp_token: totp(url) });
  t.equal([used.status, other.signedIn], [400, false]);
  t.match(used.html, "was used before");
  const second = await other.submit("/login/totp", {
    totp_token: totp(url, 1),
  });
  t.equal([second.status, second.to], [303, "/communities"]);
  t.equal([other.signedIn, other.cookie("login_step")], [true, undefined]);
  // Without the first step there is no second one.
  const stranger = new PageReader(server.url);
  t.equal((await stranger.get("/login/totp")).to, "/login");
  t.equal(
    (await stranger.submit("/login/totp", { totp_token: totp(url) })).to,
    "/login",
  );
  await forgetUsedCodes(server.database.sql);
  const off = await reader.submit(path, { totp_token: totp(url) });
  t.equal(off.status, 303);
  t.equal(
    await codeOf(
      server.client().login({
        username_or_email: "alice",
        password: PASSWORD,
      }),
    ),
    "success",
  );
  t.equal(server.failures, []);
});

test("the sign-up page shows a captcha when the admin asks for one", (t) =>
  withSite(async (server) => {
    const admin = new PageReader(server.url, server.adminJwt);
    const reader = new PageReader(server.url);
    t.noMatch((await reader.get("/signup")).html, "captcha_uuid");
    t.match((await admin.get("/admin")).html, 'name="captcha"');
    const saved = await admin.submit("/admin", {
      name: "Test site",
      captcha: "hard",
    });
    t.equal(saved.status, 303);
    const form = async (html: string) => {
      const [, uuid] = /name="captcha_uuid" value="([^"]+)"/.exec(html)!;
      const [{ answer }] = await server.database.sql`
        select answer from captcha where uuid = ${uuid}`;
      return { captcha_uuid: uuid, captcha_answer: answer };
    };
    const join = (fields: Record<string, string>) =>
      reader.submit("/signup", {
        username: "alice",
        password: PASSWORD,
        password_verify: PASSWORD,
        ...fields,
      });
    const page = await reader.get("/signup");
    t.match(page.html, 'src="data:image/png;base64,');
    t.match(page.html, 'src="data:audio/wav;base64,');
    const wrong = await join({
      ...await form(page.html),
      captcha_answer: "wrong",
    });
    t.equal(wrong.status, 400);
    t.match(wrong.html, "Here is a new one.");
    t.match(wrong.html, 'value="alice"');
    const right = await join(await form(wrong.html));
    t.equal([right.status, reader.signedIn], [303, true]);
    t.equal(server.failures, []);
  }));

test("settings are taken along and an account is left by plain forms", async (t) => {
  const server = await shared();
  const carol = new PageReader(server.url, await server.signUp("carol"));
  const bobJwt = await server.signUp("bob");
  const bob = new PageReader(server.url, bobJwt);
  await ok(
    server.client(bobJwt).saveUserSettings({ display_name: "Bob B." }),
  );
  const file = await bob.get("/settings/export");
  t.match(
    file.headers.get("content-disposition")!,
    /^attachment; filename="localhost_\d+-bob-settings-[\d-]+\.json"$/,
  );
  t.equal(JSON.parse((await bob.get("/settings/data")).html).content, []);
  const upload = (text: string) => {
    const form = new FormData();
    form.append("file", new File([text], "settings.json"));
    return carol.submit("/settings/import", form);
  };
  t.equal((await carol.get("/settings/import")).status, 200);
  t.match((await upload("{")).html, "does not hold settings");
  const taken = await upload(file.html);
  t.equal([taken.status, taken.to], [303, "/settings"]);
  t.match((await carol.get("/settings")).html, "Bob B.");
  const leave = (password: string) =>
    carol.submit("/settings/delete", { password, delete_content: "true" });
  t.match((await carol.get("/settings/delete")).html, "cannot be undone");
  t.equal((await leave("wrong")).status, 401);
  const gone = await leave(PASSWORD);
  t.equal([gone.status, gone.to, carol.signedIn], [303, "/", false]);
  t.match((await carol.get("/settings/delete")).to!, "/login");
  t.equal(server.failures, []);
});

test("the inbox is read and marked on a page", async (t) => {
  const server = await shared();
  const { admin } = server;
  const jwt = await server.signUp("dana");
  const dana = server.client(jwt);
  const reader = new PageReader(server.url, jwt);
  const list = "/notifications";
  t.equal(
    (await new PageReader(server.url).get(list)).to?.slice(0, 7),
    "/login?",
  );
  const inbox = await reader.get("/inbox");
  t.equal([inbox.status, inbox.to], [301, list]);
  t.match((await reader.get(list)).html, "No notifications.");
  const made = await ok(dana.createCommunity({ name: "tea" }));
  const community_id = made.community_view.community.id;
  const { post_view } = await ok(
    dana.createPost({ name: "Green <tea>", community_id }),
  );
  const post_id = post_view.post.id;
  await ok(admin.createComment({ post_id, content: "I **like** it" }));
  const me = await ok(dana.getMyUser());
  await ok(admin.createPrivateMessage({
    recipient_id: me.local_user_view.person.id,
    content: "psst",
  }));
  await ok(
    admin.lockPost({ post_id, locked: true, reason: "enough *tea*" }),
  );
  await eventsDone(server.database);
  const { html } = await reader.get(list);
  t.match(html, "<strong>like</strong> it");
  t.match(html, "Green &lt;tea>");
  t.match(html, "psst");
  t.match(html, "Locked post Green &lt;tea>");
  t.match(html, "enough <em>tea</em>");
  t.noMatch((await reader.get(`${list}?type=reply`)).html, "psst");
  const [, id] = /name="id" value="(\d+)"/.exec(html)!;
  const unread = async () =>
    (await ok(dana.getUnreadCounts())).notification_count;
  const mark = (fields: Record<string, string>) =>
    reader.submit("/notifications/read", fields);
  t.equal((await mark({ id, on: "true" })).to, list);
  t.equal(await unread(), 2);
  await mark({ id, on: "false" });
  t.equal(await unread(), 3);
  await mark({ all: "true" });
  t.equal(await unread(), 0);
  t.match((await reader.get(list)).html, "No notifications.");
  t.match((await reader.get(`${list}?unreadOnly=false`)).html, "psst");
  t.equal(server.failures, []);
});

test("applications are decided on a page", (t) =>
  withSite(async (server) => {
    await ok(
      server.admin.editSite({ registration_mode: "require_application" }),
    );
    const list = "/registration_applications";
    const admin = new PageReader(server.url, server.adminJwt);
    const stranger = new PageReader(server.url);
    await stranger.submit("/signup", {
      username: "alice",
      password: PASSWORD,
      password_verify: PASSWORD,
      answer: "I like **tea**",
    });
    const page = await admin.get(list);
    t.match(page.html, "<strong>tea</strong>");
    const [, action] = /action="(\/registration_applications\/\d+)"/.exec(
      page.html,
    )!;
    const enter = () =>
      codeOf(
        server.client().login({
          username_or_email: "alice",
          password: PASSWORD,
        }),
      );
    const denied = await admin.submit(action, {
      approve: "false",
      deny_reason: "no tea",
    });
    t.equal([denied.status, denied.to], [303, list]);
    t.equal(await enter(), "registration_denied");
    t.match((await admin.get(list)).html, "No applications.");
    t.match((await admin.get(`${list}?view=all`)).html, "Denied by admin");
    await admin.submit(action, { approve: "true" });
    t.equal(await enter(), "success");
    t.equal((await stranger.get(list)).status, 303);
    const member = new PageReader(
      server.url,
      (await ok(
        server.client().login({
          username_or_email: "alice",
          password: PASSWORD,
        }),
      )).jwt,
    );
    t.equal((await member.get(list)).status, 403);
    t.equal(server.failures, []);
  }));

test("invitations are made, handed on and taken back on a page", (t) =>
  withSite(async (server) => {
    const jwt = await server.signUp("alice");
    const alice = new PageReader(server.url, jwt);
    const tab = "/settings?tab=invites";
    t.match((await alice.get(tab)).html, "Create invitation");
    const made = await alice.submit("/settings/invites", {
      max_uses: "2",
      expires_days: "3",
    });
    t.equal([made.status, made.to], [303, tab]);
    const { html } = await alice.get(tab);
    const [, token] = new RegExp(
      `${server.url}/signup\\?token=([A-Za-z0-9]{12})`,
    ).exec(html)!;
    t.match(html, "0 / 2");
    t.match(html, /in [23] days/);
    await ok(
      server.admin.editSite({ registration_mode: "require_invitation" }),
    );
    const page = await new PageReader(server.url).get(`/signup?token=${token}`);
    t.match(page.html, `value="${token}"`);
    const revoked = await alice.submit("/settings/invites", { revoke: token });
    t.equal([revoked.status, revoked.to], [303, tab]);
    t.noMatch((await alice.get(tab)).html, token);
    t.equal(server.failures, []);
  }));
