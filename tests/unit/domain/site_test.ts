import { type Assertions, test } from "../../harness.ts";
import { withDatabase } from "../../support/database.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  filtered,
  onSite,
  outcome,
  remoteInstance,
  sharedSite,
  sql,
} from "./support.ts";
import { communityLanguages } from "../../../lib/domain/language.ts";
import { firstStart } from "../../../lib/domain/site/first_start.ts";
import { createSite, editSite } from "../../../lib/domain/site/edit.ts";

const shared = sharedSite();

test("site settings are checked in order, and languages leave communities whole", async (t: Assertions) => {
  const site = await shared();
  const hew = await site.signUp("hew");
  const german = await makeCommunity(hew, "german", {
    discussion_languages: [32],
  });
  const both = await makeCommunity(hew, "both", {
    discussion_languages: [32, 37],
  });
  const remote = await remoteInstance(site, "lang.test");
  t.equal(await outcome(editSite(hew, { name: "" })), "not_an_admin");
  t.equal(
    await outcome(createSite(site.admin, { name: "Again" })),
    "already_exists",
  );
  const ctx = onSite(filtered(site.admin), { registration_mode: "open" });
  const steps: [Parameters<typeof editSite>[1], string][] = [
    [{}, "invalid_regex"],
    [{ slur_filter_regex: "[0-9]" }, "permissive_regex"],
    [{ slur_filter_regex: "newword" }, "site_name_required"],
    [{ name: "x".repeat(21) }, "site_name_length_overflow"],
    [{ name: "a newword" }, "slurs"],
    [{ name: "a badword" }, "site_description_length_overflow"],
    [{ summary: "a newword" }, "slurs"],
    [{ summary: "fine" }, "invalid_default_post_listing_type"],
    [{ default_post_listing_type: "all" }, "invalid_body_field"],
    [{ sidebar: "see blocked.test" }, "application_question_required"],
    [{ application_question: "Why?" }, "invalid_fetch_limit"],
    [{ default_items_per_page: 20 }, "couldnt_update"],
    [{ rate_limit_post_interval_seconds: 0 }, "blocked_url"],
    [{ sidebar: "newword" }, "invalid_url"],
    [{ blocked_urls: ["https://Bad.test/"] }, "couldnt_update"],
    [{ discussion_languages: [37] }, "couldnt_update"],
  ];
  let input: Parameters<typeof editSite>[1] = {
    slur_filter_regex: "(",
    name: " ",
    summary: "x".repeat(151),
    default_post_listing_type: "subscribed",
    sidebar: "x".repeat(10_001),
    registration_mode: "require_application",
    application_question: "",
    default_items_per_page: 51,
    rate_limit_post_interval_seconds: -1,
    blocked_urls: ["http://["],
    discussion_languages: [9999],
    suggested_multi_community_id: 999_999,
  };
  for (const [repair, code] of steps) {
    input = { ...input, ...repair };
    t.equal(await outcome(editSite(ctx, input)), code, code);
  }
  const before = await site.anonymous();
  t.equal(before.site.discussion_languages.length, 184, "nothing has changed");
  await sql(site, "update local_user set accepted_application = false");
  const view = await editSite(ctx, {
    ...input,
    suggested_multi_community_id: 0,
  });
  t.equal(
    [view.site.name, view.site.sidebar, view.local_site.slur_filter_regex],
    ["a badword", "*removed*", "newword"],
  );
  const after = await site.anonymous();
  t.equal(after.site.blocked_urls.map((row) => row.url), ["bad.test"]);
  t.equal(after.site.local_site_rate_limit.post_interval_seconds, 600);
  const waiting = await sql(
    site,
    "select from local_user where not accepted_application",
  );
  t.equal(waiting.length, 0, "whoever was there before applications is in");
  t.equal(
    [
      await communityLanguages(hew, both),
      await communityLanguages(hew, german),
      (await communityLanguages(hew, remote.community)).length,
    ],
    [[37], [37], 184],
    "no local community is left without a language",
  );
  await editSite(site.admin, {
    discussion_languages: [],
    blocked_urls: [],
    slur_filter_regex: "",
    registration_mode: "open",
  });
  const open = await site.anonymous();
  t.equal(
    [open.site.discussion_languages.length, open.site.blocked_urls.length],
    [184, 0],
  );
});

test("a first start with an admin's name that nobody can have says so, and makes nothing", (t: Assertions) =>
  withDatabase(async ({ kysely, sql }) => {
    const { config } = (await shared()).admin;
    const start = (adminUsername: string) =>
      firstStart(kysely, {
        ...config,
        setup: {
          ...config.setup,
          adminUsername,
          adminPassword: "x".repeat(10),
        },
      });
    await t.throws(
      () => start("admin@example.org"),
      'setup.admin_username: "admin@example.org" is not allowed',
    );
    t.equal(
      (await sql`select from person union all select from site`).length,
      0,
    );
    t.equal(await start("admin"), true);
  }));
