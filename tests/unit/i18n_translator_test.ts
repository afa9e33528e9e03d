import { ar } from "../../lib/i18n/ar.ts";
import { de } from "../../lib/i18n/de.ts";
import { en } from "../../lib/i18n/en.ts";
import { es } from "../../lib/i18n/es.ts";
import { fr } from "../../lib/i18n/fr.ts";
import {
  chooseLanguage,
  direction,
  formatDate,
  formatDuration,
  formatNumber,
  formatNumberCompact,
  formatPercent,
  formatRelativeTime,
  isMessageKey,
  LANGUAGES,
  type MessageKey,
  type PluralForms,
  translator,
} from "../../lib/i18n/mod.ts";
import { type Assertions, test } from "../harness.ts";

const CATALOGUES = { ar, de, en, es, fr };
type Message = string | PluralForms;

function placeholders(text: string): string {
  return [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join(" ");
}

test("every language has every key with the same placeholders", (t: Assertions) => {
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    t.equal(Object.keys(catalogue).sort(), Object.keys(en).sort(), language);
    for (const key of Object.keys(en) as MessageKey[]) {
      const english: Message = en[key];
      const own: Message = catalogue[key];
      t.equal(typeof own, typeof english, `${language} ${key}`);
      if (typeof english === "string") {
        t.ok(own !== "", `${language} ${key} is empty`);
        t.equal(
          placeholders(own as string),
          placeholders(english),
          `${language} ${key}`,
        );
        continue;
      }
      for (const form of Object.values(own as PluralForms)) {
        t.equal(
          placeholders(form),
          placeholders(english.other),
          `${language} ${key}`,
        );
      }
    }
  }
});

test("plural texts have the forms their language needs", (t: Assertions) => {
  const required = {
    ar: ["few", "many", "one", "other", "two", "zero"],
    de: ["one", "other"],
    en: ["one", "other"],
    // Their "many" is for whole millions and reads like "other".
    es: ["one", "other"],
    fr: ["one", "other"],
  };
  for (const [language, catalogue] of Object.entries(CATALOGUES)) {
    for (const [key, message] of Object.entries(catalogue)) {
      if (typeof message === "string") continue;
      t.equal(
        Object.keys(message).sort(),
        required[language as keyof typeof required],
        `${language} ${key}`,
      );
    }
  }
});

test("translator fills placeholders and chooses plural forms", (t: Assertions) => {
  const english = translator("en");
  t.equal(english("count.comments", { count: 1 }), "1 comment");
  t.equal(english("count.comments", { count: 0 }), "0 comments");
  t.equal(english("count.comments", { count: 12_345 }), "12.3K comments");
  t.equal(
    english("form.characters", { min: 3, max: 1000 }),
    "3 to 1,000 characters",
  );
  t.equal(english("post.by", { person: "{person} $&" }), "by {person} $&");
  t.equal(english("post.by"), "by {person}");
  t.equal(translator("de")("count.comments", { count: 2 }), "2 Kommentare");
  t.equal(translator("fr")("count.comments", { count: 0 }), "0 commentaire");
  const arabic = translator("ar");
  const forms = [0, 1, 2, 3, 11, 100].map((count) =>
    arabic("count.posts", { count })
  );
  t.equal(new Set(forms).size, 6);
});

test("translator gives parts in the language's own order", (t: Assertions) => {
  const link = { href: "/u/a" };
  const key = "modlog.entry.mod_ban_from_community";
  t.equal(
    translator("en").parts(key, { person: link, community: "c" }),
    ["Banned ", link, " from ", "c"],
  );
  t.equal(
    translator("de").parts(key, { person: link, community: "c" }),
    [link, " in ", "c", " gesperrt"],
  );
  t.equal(translator("en").parts("count.posts", { count: 2 }), ["2", " posts"]);
});

test("error codes have sentences and unknown codes stay as they are", (t: Assertions) => {
  const english = translator("en");
  t.match(english.error("slurs"), "words that this site does not allow");
  t.equal(
    english.error("plugin_error", "wrong captcha"),
    "Refused: wrong captcha",
  );
  t.equal(english.error("registration_denied"), "Your application was denied.");
  t.equal(english.error("unknown"), "Something went wrong");
  t.equal(english.error("no_such_code"), "no_such_code");
  t.equal(english.error("toString"), "toString");
});

test("unknown languages fall back to their base and to English", (t: Assertions) => {
  t.equal(translator("de-AT").language, "de");
  t.equal(translator("tlh").language, "en");
  t.equal(translator("").language, "en");
  t.equal(translator("fr_CA")("nav.settings"), "Paramètres");
});

test("language is chosen by account, cookie, header, in this order", (t: Assertions) => {
  const acceptLanguage = "xx, fr-CA;q=0.5, de;q=0.8, *;q=0.1";
  t.equal(
    chooseLanguage({ userLanguage: "es", cookie: "fr", acceptLanguage }),
    "es",
  );
  t.equal(
    chooseLanguage({ userLanguage: "browser", cookie: "fr", acceptLanguage }),
    "fr",
  );
  t.equal(chooseLanguage({ userLanguage: "browser", acceptLanguage }), "de");
  t.equal(
    chooseLanguage({ userLanguage: "tlh", acceptLanguage: "es_MX" }),
    "es",
  );
  t.equal(chooseLanguage({ acceptLanguage: "*" }), "en");
  t.equal(chooseLanguage({ acceptLanguage: "de;q=0, fr;q=x, ;;,," }), "en");
  t.equal(chooseLanguage({}), "en");
  t.equal(chooseLanguage({ acceptLanguage: "a-".repeat(50_000) }), "en");
});

test("direction follows the script", (t: Assertions) => {
  for (const language of ["ar", "fa", "he", "ur", "ckb", "ar-EG"]) {
    t.equal(direction(language), "rtl");
  }
  for (const language of ["en", "de", "zh-Hant", "arn"]) {
    t.equal(direction(language), "ltr");
  }
  t.equal(translator("ar").direction, "rtl");
  t.equal(LANGUAGES.map(({ code }) => code), ["ar", "de", "en", "es", "fr"]);
});

test("numbers have three significant digits", (t: Assertions) => {
  t.equal(formatNumberCompact("en", 999), "999");
  t.equal(formatNumberCompact("en", 1234), "1.23K");
  t.equal(formatNumberCompact("en", 45_600_000), "45.6M");
  t.equal(formatNumberCompact("en", -1234), "-1.23K");
  t.equal(
    formatNumberCompact("de", 45_600_000).replace(/\s/, " "),
    "45,6 Mio.",
  );
  t.equal(formatNumber("de", 1234567), "1.234.567");
  t.equal(formatPercent("en", 0.874), "87%");
});

test("times are relative in the largest whole unit", (t: Assertions) => {
  const now = Date.UTC(2026, 0, 1);
  const hour = 3_600_000;
  t.equal(formatRelativeTime("en", now - 3.9 * hour, now), "3 hours ago");
  t.equal(formatRelativeTime("en", now + 48 * hour, now), "in 2 days");
  t.equal(formatRelativeTime("en", now - hour * 24 * 45, now), "1 month ago");
  t.equal(formatDuration("en", 3.9 * 3600), "3 hours");
  t.equal(formatDuration("de", 86_400), "1 Tag");
  t.equal(formatDuration("en", 0), "0 seconds");
  t.equal(formatRelativeTime("en", now, now), "0 seconds ago");
  t.equal(
    formatRelativeTime("de", new Date(now - hour), new Date(now)),
    "vor 1 Stunde",
  );
  t.equal(
    formatRelativeTime(
      "en",
      "2025-12-31T22:00:00.123456Z",
      "2026-01-01T00:00:00.2Z",
    ),
    "2 hours ago",
  );
});

test("dates are written out with their zone", (t: Assertions) => {
  const date = "2026-01-31T23:05:00Z";
  t.match(formatDate("en", date), /^January 31, 2026 at 11:05\sPM UTC$/);
  t.equal(formatDate("de", date, "date"), "31. Januar 2026");
  t.equal(formatDate("de", date, "date", "Europe/Berlin"), "1. Februar 2026");
  t.match(formatDate("ga", date), "January");
});

test("keys made at run time can be checked", (t: Assertions) => {
  t.ok(isMessageKey("sort.post.hot"));
  t.ok(!isMessageKey("sort.post.none"));
  t.ok(!isMessageKey("toString"));
});

/** Error codes of content §15.2 and accounts-and-site §7.4. */
const ERROR_CODES = (
  "already_exists alt_text_length_overflow application_question_required " +
  "ban_expiration_in_past bio_length_overflow block_keyword_too_long " +
  "block_keyword_too_short blocked_url " +
  "cannot_combine_community_id_and_multi_community_id " +
  "cannot_combine_federation_blocklist_and_allowlist cannot_leave_admin " +
  "cannot_leave_mod cant_block_admin cant_block_local_instance " +
  "cant_block_yourself cant_note_yourself community_is_blocked " +
  "contradicting_filters couldnt_create couldnt_generate_totp " +
  "couldnt_parse_pagination_token couldnt_parse_totp_secret " +
  "couldnt_update deleted edit_private_message_not_allowed " +
  "email_already_taken email_not_verified email_notifications_disabled " +
  "email_required email_send_failed honeypot_failed image_upload_disabled " +
  "incorrect_login incorrect_totp_token instance_is_blocked " +
  "instance_is_private invalid_body_field invalid_bot_action " +
  "invalid_code_verifier invalid_default_post_listing_type " +
  "invalid_display_name invalid_email_address invalid_fetch_limit " +
  "invalid_invite_token invalid_matrix_id invalid_name invalid_password " +
  "invalid_post_title invalid_regex invalid_unix_time invalid_url " +
  "invalid_url_scheme language_not_allowed local_site_not_setup locked " +
  "max_comment_depth_reached missing_invite_token missing_totp_secret " +
  "missing_totp_token multi_community_entry_limit_reached " +
  "multi_community_update_wrong_user no_comment_edit_allowed " +
  "no_content_type_header no_email_setup no_id_given no_post_edit_allowed " +
  "not_a_mod_or_admin not_a_moderator not_an_admin not_an_image_type " +
  "not_found not_higher_admin not_higher_mod not_logged_in not_top_mod " +
  "nsfw_not_allowed oauth_authorization_invalid oauth_login_failed " +
  "oauth_registration_closed only_admins_can_create_communities " +
  "passwords_do_not_match permissive_regex " +
  "person_is_banned_from_community person_is_blocked " +
  "pictrs_api_key_not_provided pictrs_invalid_image_upload " +
  "pictrs_purge_response_error pictrs_response_error plugin_error " +
  "post_schedule_time_must_be_in_future " +
  "registration_application_answer_required " +
  "registration_application_is_pending registration_closed " +
  "registration_denied registration_username_required " +
  "report_reason_required report_too_long resolve_object_failed site_ban " +
  "site_description_length_overflow site_name_length_overflow " +
  "site_name_required slurs tag_not_in_community too_many_invites " +
  "too_many_items too_many_requests too_many_scheduled_posts " +
  "totp_already_enabled unknown url_length_overflow " +
  "username_already_taken"
).split(" ");

test("values of enumerations have texts under their wire names", (t: Assertions) => {
  const keys = [
    ...ERROR_CODES.map((code) => `error.${code}`),
    ...["all", "local", "subscribed", "moderator_view", "suggested"]
      .map((type) => `listing.${type}`),
    ...[
      "active",
      "hot",
      "new",
      "old",
      "top",
      "most_comments",
      "new_comments",
      "controversial",
      "scaled",
    ].map((sort) => `sort.post.${sort}`),
    ...[
      "public",
      "unlisted",
      "local_only_public",
      "local_only_private",
      "private",
    ]
      .flatMap((name) => [`visibility.${name}`, `visibility_help.${name}`]),
    ...["accepted", "pending", "approval_required", "denied"]
      .map((state) => `follow.${state}`),
    ...["closed", "require_application", "require_invitation", "open"]
      .map((mode) => `registration.${mode}`),
  ];
  for (const key of keys) t.ok(isMessageKey(key), key);
});
