/** The life of a site as its people see it, told by the official client: accounts. */
import { test } from "../harness.ts";
import {
  codeOf,
  ok,
  PASSWORD,
  send,
  startApi,
  startSite,
} from "./api_server.ts";

test("the first visitor becomes admin, sets the site up and opens it", async (t) => {
  const server = await startApi();
  try {
    const before = await ok(server.client().getSite());
    t.equal(before.site_view.local_site.site_setup, false);
    t.equal(before.admins, []);
    t.equal(before.captcha_enabled, false);
    t.equal(await ok(server.client().getCaptcha()), {});
    const admin = server.client(await server.signUp("Root"));
    const created = await ok(admin.createSite({
      name: "Tundra test",
      summary: "cold",
      registration_mode: "open",
      rate_limit_post_max_requests: 999,
    }));
    t.equal(created.site_view.site.name, "Tundra test");
    t.equal(created.site_view.local_site.site_setup, true);
    t.equal(created.site_view.local_site_rate_limit.post_max_requests, 999);
    t.equal(
      await codeOf(admin.createSite({ name: "Twice" })),
      "already_exists",
    );
    const edited = await ok(admin.editSite({
      summary: "",
      sidebar: "be *kind*",
      slur_filter_regex: "darn",
      blocked_urls: ["https://spam.example/"],
      default_items_per_page: 5,
    }));
    t.equal(edited.site_view.site.summary, undefined);
    t.equal(edited.site_view.site.sidebar, "be *kind*");
    const after = await ok(server.client().getSite());
    t.equal(after.admins.map((view) => view.person.name), ["Root"]);
    t.equal(after.blocked_urls.map((row) => row.url), ["spam.example"]);
    t.equal(after.all_languages.length, 184);
    t.equal(after.discussion_languages.length, 184);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("an account signs in, changes its settings and password, and signs out", async (t) => {
  const server = await startSite();
  try {
    const first = await server.signUp("alice");
    const { jwt } = await ok(
      server.client().login({
        username_or_email: "ALICE",
        password: PASSWORD,
      }),
    );
    const alice = server.client(jwt);
    t.equal(await ok(alice.validateAuth()), { success: true });
    t.equal(
      await codeOf(server.client("nonsense").validateAuth()),
      "not_logged_in",
    );
    t.equal(await codeOf(server.client().validateAuth()), "not_logged_in");
    const { logins } = await ok(alice.listLogins());
    t.equal(logins.length, 2);
    t.equal(Object.keys(logins[0]).sort(), [
      "ip",
      "published_at",
      "user_agent",
      "user_id",
    ]);
    await ok(alice.saveUserSettings({
      display_name: "Alice L.",
      bio: "hello",
      email: "Alice@Example.org",
      show_nsfw: true,
      default_post_sort_type: "new",
      blocking_keywords: [" spoilers ", "spoilers"],
      discussion_languages: [0, 37],
    }));
    const me = await ok(alice.getMyUser());
    t.equal(me.local_user_view.person.display_name, "Alice L.");
    t.equal(me.local_user_view.local_user.email, "alice@example.org");
    t.equal(me.local_user_view.local_user.default_post_sort_type, "new");
    t.equal(me.local_user_view.ban_expires_at as unknown, null);
    t.equal(me.keyword_blocks, ["spoilers"]);
    t.equal(me.discussion_languages, [0, 37]);
    await ok(alice.saveUserSettings({ display_name: "", bio: "" }));
    const bare = await ok(alice.getMyUser());
    t.equal(bare.local_user_view.person.display_name, undefined);
    const before = me.local_user_view.local_user.last_donation_notification_at;
    t.equal(await ok(alice.markDonationDialogShown()), { success: true });
    const after = (await ok(alice.getMyUser())).local_user_view.local_user
      .last_donation_notification_at;
    t.ok(Date.parse(after) > Date.parse(before), "asked again in a year");
    const changed = await ok(alice.changePassword({
      old_password: PASSWORD,
      new_password: "another long word",
      new_password_verify: "another long word",
    }));
    t.equal(await codeOf(alice.getMyUser()), "incorrect_login");
    t.equal(await codeOf(server.client(first).getMyUser()), "incorrect_login");
    const fresh = server.client(changed.jwt);
    t.equal((await ok(fresh.listLogins())).logins.length, 1);
    const out = await send(server, "POST", "/account/auth/logout", {
      jwt: changed.jwt,
    });
    t.equal(out.json, { success: true });
    t.match(out.headers.get("set-cookie") ?? "", /^jwt=; Path=\/; Max-Age=0/);
    t.equal(await codeOf(fresh.logout()), "incorrect_login");
    const login = await send(server, "POST", "/account/auth/login", {
      body: JSON.stringify({
        username_or_email: "alice@example.org",
        password: "another long word",
      }),
    });
    t.equal(login.status, 200);
    t.equal(login.headers.get("set-cookie"), null);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
