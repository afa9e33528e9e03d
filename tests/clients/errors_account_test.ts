/** Every error code that sign-up, sign-in and settings can be brought to give. */
import type { LemmyHttp } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, ok, PASSWORD, startApi } from "./api_server.ts";
import { type Call, letters, noise } from "./stage.ts";

test("sign-up, sign-in and settings are refused with the code of the rule they break", async (t) => {
  const server = await startApi();
  const anonymous = server.client();
  const join = (fields: Partial<Parameters<LemmyHttp["register"]>[0]>) => () =>
    anonymous.register({
      username: "newcomer",
      password: PASSWORD,
      password_verify: PASSWORD,
      ...fields,
    });
  try {
    const admin = server.client(await server.signUp("admin"));
    const { sql } = server.database;
    const site = (fields: Parameters<LemmyHttp["editSite"]>[0]) => () =>
      admin.editSite(fields);
    const create: [string, Call][] = [
      ["site_name_required", () => admin.createSite({ name: "" })],
      [
        "site_name_length_overflow",
        () => admin.createSite({ name: letters(21) }),
      ],
      ["invalid_regex", site({ slur_filter_regex: "(" })],
      ["permissive_regex", site({ slur_filter_regex: "." })],
      ["site_description_length_overflow", site({ summary: letters(151) })],
      ["invalid_body_field", site({ sidebar: letters(10_001) })],
      [
        "invalid_default_post_listing_type",
        site({ default_post_listing_type: "subscribed" }),
      ],
      ["application_question_required", site({ application_question: "" })],
      ["invalid_fetch_limit", site({ default_items_per_page: 51 })],
      ["couldnt_update", site({ suggested_multi_community_id: 999_999 })],
      ["couldnt_update", site({ image_max_avatar_size: 0 })],
      ["couldnt_update", site({ image_max_upload_size: 2_147_483_647 })],
      ["couldnt_update", site({ image_upload_timeout_seconds: -1 })],
      ["slurs", site({ slur_filter_regex: "darn", name: "darn" })],
      [
        "success",
        () =>
          admin.createSite({
            name: "Test",
            registration_mode: "open",
            slur_filter_regex: "darn",
          }),
      ],
      ["success", join({ username: "bob", email: "bob@example.org" })],
      [
        "not_an_admin",
        async () =>
          server.client(await tokenOf("bob")).editSite({ name: "Mine" }),
      ],
      [
        "invalid_password",
        join({ password: "short", password_verify: "short" }),
      ],
      [
        "invalid_password",
        join({ password: letters(61), password_verify: letters(61) }),
      ],
      ["passwords_do_not_match", join({ password_verify: `${PASSWORD}!` })],
      ["honeypot_failed", join({ honeypot: "yum" })],
      ["slurs", join({ username: "darn" })],
      ["username_already_taken", join({ username: "BOB" })],
      ["email_already_taken", join({ email: "BOB@example.org" })],
      // Blanks are no address: nobody else's either.
      ["success", join({ username: "blank", email: "  " })],
      ["success", join({ username: "blanks", email: "  " })],
      ["invalid_email_address", join({ email: `${noise(5000)}@x.example` })],
      ["invalid_name", join({ username: "no spaces" })],
      ["invalid_name", join({ username: "" })],
      [
        "incorrect_login",
        () => anonymous.login({ username_or_email: "bob", password: "wrong" }),
      ],
      [
        "incorrect_login",
        () =>
          anonymous.login({ username_or_email: "nobody", password: PASSWORD }),
      ],
      ["incorrect_login", () => anonymous.getMyUser()],
    ];
    const tokenOf = async (name: string) =>
      (await ok(
        anonymous.login({ username_or_email: name, password: PASSWORD }),
      )).jwt!;
    for (const [index, [code, call]] of create.entries()) {
      t.equal(await codeOf(call()), code, `row ${index}, ${code}`);
    }
    const bob = server.client(await tokenOf("bob"));
    const save = (fields: Parameters<LemmyHttp["saveUserSettings"]>[0]) => () =>
      bob.saveUserSettings(fields);
    await ok(admin.saveUserSettings({ email: "root@example.org" }));
    await ok(admin.editSite({ blocked_urls: ["spam.example"] }));
    const settings: [string, Call][] = [
      ["success", save({})],
      ["email_already_taken", save({ email: "Root@example.org" })],
      ["invalid_email_address", save({ email: `${noise(5000)}@x.example` })],
      ["success", save({ email: "  " })],
      [
        "url_length_overflow",
        site({ blocked_urls: [`spam.example/${noise(5000)}`] }),
      ],
      ["blocked_url", save({ bio: "https://spam.example" })],
      ["bio_length_overflow", save({ bio: letters(1001) })],
      ["invalid_display_name", save({ display_name: "ab" })],
      ["invalid_matrix_id", save({ matrix_user_id: "bob" })],
      ["invalid_fetch_limit", save({ default_items_per_page: 0 })],
      ["block_keyword_too_short", save({ blocking_keywords: ["ab"] })],
      ["block_keyword_too_long", save({ blocking_keywords: [letters(51)] })],
      [
        "too_many_items",
        save({ blocking_keywords: Array(10_000).fill("word") }),
      ],
      ["couldnt_update", save({ discussion_languages: [9999] })],
      ["couldnt_update", save({ interface_language: letters(21) })],
      [
        "invalid_password",
        () =>
          bob.changePassword({
            old_password: PASSWORD,
            new_password: "x",
            new_password_verify: "x",
          }),
      ],
      [
        "passwords_do_not_match",
        () =>
          bob.changePassword({
            old_password: PASSWORD,
            new_password: letters(20),
            new_password_verify: letters(21),
          }),
      ],
      [
        "incorrect_login",
        () =>
          bob.changePassword({
            old_password: "wrong",
            new_password: letters(20),
            new_password_verify: letters(20),
          }),
      ],
    ];
    for (const [index, [code, call]] of settings.entries()) {
      t.equal(await codeOf(call()), code, `settings ${index}, ${code}`);
    }
    await ok(
      admin.editSite({
        email_notifications_disabled: true,
        email_verification_required: true,
      }),
    );
    t.equal(
      await codeOf(save({ send_notifications_to_email: true })()),
      "email_notifications_disabled",
    );
    t.equal(await codeOf(save({ email: "" })()), "email_required");
    t.equal(await codeOf(save({ email: " " })()), "email_required");
    t.equal(await codeOf(join({ email: " " })()), "email_required");
    t.equal(await codeOf(join({})()), "email_required");
    t.equal(
      (await ok(
        anonymous.register({
          username: "mailer",
          password: PASSWORD,
          password_verify: PASSWORD,
          email: "m@example.org",
        }),
      )).verify_email_sent,
      true,
    );
    t.equal(
      await codeOf(
        anonymous.login({ username_or_email: "mailer", password: PASSWORD }),
      ),
      "email_not_verified",
    );
    await ok(
      admin.editSite({
        email_verification_required: false,
        registration_mode: "require_application",
      }),
    );
    t.equal(
      await codeOf(join({})()),
      "registration_application_answer_required",
    );
    const applied = await ok(
      anonymous.register({
        username: "applicant",
        password: PASSWORD,
        password_verify: PASSWORD,
        answer: "please",
      }),
    );
    t.equal([applied.registration_created, applied.jwt], [true, undefined]);
    const apply = () =>
      anonymous.login({ username_or_email: "applicant", password: PASSWORD });
    t.equal(await codeOf(apply()), "registration_application_is_pending");
    await sql`update registration_application set deny_reason = 'too brief',
      admin_id = (select person_id from local_user where admin)`;
    const denied = await apply();
    t.equal(
      denied.state === "failed" && [denied.err.name, denied.err.message],
      ["registration_denied", "too brief"],
    );
    await ok(admin.editSite({ registration_mode: "closed" }));
    t.equal(await codeOf(join({})()), "registration_closed");
    await ok(admin.editSite({ registration_mode: "require_invitation" }));
    t.equal(await codeOf(join({})()), "missing_invite_token");
    t.equal(
      await codeOf(join({ token: "nonsense" })()),
      "invalid_invite_token",
    );
    await sql`update person set deleted = true where name = 'bob'`;
    t.equal(
      await codeOf(
        anonymous.login({ username_or_email: "bob", password: PASSWORD }),
      ),
      "deleted",
    );
    t.equal(await codeOf(bob.validateAuth()), "deleted");
    t.equal(await codeOf(bob.getMyUser()), "incorrect_login");
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
