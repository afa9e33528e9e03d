import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { generateKeyPair } from "../keys.ts";
import { requireKnownLanguages } from "../language.ts";
import { requireAdmin } from "../permissions.ts";
import { normalizeBlockedUrls } from "../text/blocklist.ts";
import {
  checkBody,
  checkItemCount,
  checkSiteName,
  checkSummary,
  LIMITS,
} from "../text/rules.ts";
import { checkSlurRegex, compileSlurFilter } from "../text/slurs.ts";
import { edited, pipelineInput } from "../text_input.ts";
import type { LocalSite, SiteView } from "../views.ts";
import { loadSite } from "./load.ts";
import { siteView } from "./read.ts";

/** Columns of `local_site` that an admin edits as they are (accounts-and-site §4.3). */
const PLAIN = [
  "community_creation_admin_only",
  "email_verification_required",
  "private_instance",
  "default_theme",
  "default_post_listing_type",
  "default_post_listing_mode",
  "default_post_sort_type",
  "default_comment_sort_type",
  "default_items_per_page",
  "application_email_admins",
  "reports_email_admins",
  "email_notifications_disabled",
  "federation_enabled",
  "federation_signed_fetch",
  "registration_mode",
  "oauth_registration",
  "post_upvotes",
  "post_downvotes",
  "comment_upvotes",
  "comment_downvotes",
  "nsfw_content_disallowed",
  "image_mode",
  "image_upload_timeout_seconds",
  "image_max_thumbnail_size",
  "image_max_avatar_size",
  "image_max_banner_size",
  "image_max_upload_size",
  "image_allow_video_uploads",
  "image_upload_disabled",
  "max_invites_per_user_allowed",
  "captcha_enabled",
  "captcha_difficulty",
] as const satisfies readonly (keyof LocalSite)[];

/** Texts of `local_site` that "" clears. */
const ERASABLE = [
  "application_question",
  "legal_information",
  "slur_filter_regex",
  "image_proxy_bypass_domains",
] as const satisfies readonly (keyof LocalSite)[];

/** What the image decoder takes; anything else would fail every upload. Pixels, and seconds. */
const IMAGE_RANGES = {
  image_upload_timeout_seconds: 3600,
  image_max_thumbnail_size: 100_000,
  image_max_avatar_size: 100_000,
  image_max_banner_size: 100_000,
  image_max_upload_size: 100_000,
} as const satisfies Partial<Record<keyof LocalSite, number>>;

const BUCKETS = [
  "message",
  "post",
  "register",
  "image",
  "comment",
  "search",
  "import_user_settings",
] as const;

type RateLimits = {
  [
    Key in `rate_limit_${typeof BUCKETS[number]}_${
      | "max_requests"
      | "interval_seconds"}`
  ]?: number;
};

/** Fields of `PUT /site`; absent = unchanged. */
export type EditSite =
  & {
    name?: string;
    sidebar?: string;
    summary?: string;
    content_warning?: string;
    /** Seconds; 0 clears. */
    default_post_time_range_seconds?: number;
    /** 0 clears. */
    suggested_multi_community_id?: number;
    discussion_languages?: number[];
    blocked_urls?: string[];
  }
  & Partial<Pick<LocalSite, typeof PLAIN[number] | typeof ERASABLE[number]>>
  & RateLimits;

/** Fields of `POST /site`. */
export type CreateSite = EditSite & { name: string };

interface Checked {
  name?: string;
  sidebar?: string | null;
  summary?: string | null;
}

/**
 * Ends the set-up of a new site; it gets its own key pair.
 * @throws LemmyError `not_an_admin`, `already_exists`, and those of the fields
 */
export async function createSite(
  ctx: Ctx,
  input: CreateSite,
): Promise<SiteView> {
  requireAdmin(ctx);
  await requireNotSetUp(ctx);
  const checked = check(ctx, input);
  const keys = await generateKeyPair();
  return await save(ctx, async (ctx) => {
    await query(ctx, "select from local_site for no key update");
    await requireNotSetUp(ctx);
    await writeSite(ctx, input, checked, keys);
    await writeLocalSite(ctx, input, true);
  });
}

async function requireNotSetUp(ctx: Ctx): Promise<void> {
  const done = await query(ctx, "select from local_site where site_setup");
  if (done.length > 0) throw new LemmyError("already_exists");
}

/**
 * Changes site and settings, all or nothing (accounts-and-site §4.4, §4.5).
 * @throws LemmyError `not_an_admin`, `invalid_regex`, `permissive_regex`, `site_name_required`,
 * `site_name_length_overflow`, `slurs`, `site_description_length_overflow`,
 * `invalid_default_post_listing_type`, `invalid_body_field`, `application_question_required`,
 * `blocked_url`, `invalid_fetch_limit`, `too_many_items`, `invalid_url`, `url_length_overflow`,
 * `couldnt_update`
 */
export async function editSite(ctx: Ctx, input: EditSite): Promise<SiteView> {
  requireAdmin(ctx);
  const checked = check(ctx, input);
  if (input.blocked_urls) checkItemCount(input.blocked_urls, "blocked_urls");
  const blocked = input.blocked_urls &&
    normalizeBlockedUrls(input.blocked_urls);
  return await save(ctx, async (ctx) => {
    if (input.discussion_languages) {
      await setSiteLanguages(ctx, input.discussion_languages);
    }
    await writeSite(ctx, input, checked);
    await writeLocalSite(ctx, input, false);
    if (blocked) await setBlockedUrls(ctx, blocked);
    await acceptUsers(ctx, input);
  });
}

async function save(
  ctx: Ctx,
  write: (ctx: Ctx) => Promise<void>,
): Promise<SiteView> {
  const site = await inTransaction(ctx, async (ctx) => {
    await write(ctx);
    await recordEvent(ctx, { kind: "site_updated" });
    return await loadSite(ctx.db);
  });
  ctx.siteChanged();
  return siteView({ ...ctx, site });
}

function check(ctx: Ctx, input: EditSite): Checked {
  const current = ctx.site.local_site;
  const regex = input.slur_filter_regex ?? current.slur_filter_regex;
  if (regex) checkSlurRegex(regex);
  const slurs = input.slur_filter_regex === undefined
    ? ctx.site.slurs
    : compileSlurFilter(input.slur_filter_regex || null);
  const filtered = { ...ctx, site: { ...ctx.site, slurs } };
  const name = input.name === undefined
    ? undefined
    : checkSiteName(input.name.trim());
  if (name && slurs.matches(name)) {
    throw new LemmyError("slurs", { field: "name" });
  }
  const summary = edited(input.summary, (text) => checkSummary(text));
  if (summary && slurs.matches(summary)) {
    throw new LemmyError("slurs", { field: "summary" });
  }
  const listing = input.default_post_listing_type;
  if (listing === "subscribed" || listing === "moderator_view") {
    throw new LemmyError("invalid_default_post_listing_type", {
      field: "default_post_listing_type",
    });
  }
  if (input.sidebar) checkBody(input.sidebar, LIMITS.body, "sidebar");
  const mode = input.registration_mode ?? current.registration_mode;
  const question = input.application_question ?? current.application_question;
  if (mode === "require_application" && !question) {
    throw new LemmyError("application_question_required", {
      field: "application_question",
    });
  }
  const perPage = input.default_items_per_page;
  if (perPage !== undefined && !(perPage >= 1 && perPage <= 50)) {
    throw new LemmyError("invalid_fetch_limit", {
      field: "default_items_per_page",
    });
  }
  for (const bucket of BUCKETS) {
    if ((input[`rate_limit_${bucket}_interval_seconds`] ?? 0) < 0) {
      throw new LemmyError("couldnt_update", {
        field: `rate_limit_${bucket}_interval_seconds`,
      });
    }
  }
  for (const [name, max] of Object.entries(IMAGE_RANGES)) {
    const value = input[name as keyof typeof IMAGE_RANGES];
    if (value !== undefined && !(value >= 1 && value <= max)) {
      throw new LemmyError("couldnt_update", { field: name });
    }
  }
  const sidebar = edited(
    input.sidebar,
    (text) => pipelineInput(filtered, text, "sidebar"),
  );
  return { name, summary, sidebar };
}

async function writeSite(
  ctx: Ctx,
  input: EditSite,
  checked: Checked,
  keys: { public_key?: string; private_key?: string } = {},
): Promise<void> {
  await ctx.db.updateTable("site").set({
    ...checked,
    content_warning: edited(input.content_warning, (text) => text),
    updated_at: ctx.now.toISOString(),
    ...keys,
  }).where("id", "=", ctx.site.site.id).execute();
}

async function writeLocalSite(
  ctx: Ctx,
  input: EditSite,
  setup: boolean,
): Promise<void> {
  const values: Record<string, unknown> = {
    updated_at: ctx.now.toISOString(),
  };
  for (const field of PLAIN) values[field] = input[field];
  for (const field of ERASABLE) {
    values[field] = edited(input[field], (text) => text);
  }
  const range = input.default_post_time_range_seconds;
  values.default_post_time_range_seconds = range === 0 ? null : range;
  const multi = input.suggested_multi_community_id;
  if (multi) {
    const known = await query(
      ctx,
      "select from multi_community where id = $1::int4",
      [multi],
    );
    if (known.length === 0) {
      throw new LemmyError("couldnt_update", {
        field: "suggested_multi_community_id",
      });
    }
  }
  values.suggested_multi_community_id = multi === 0 ? null : multi;
  if (setup) values.site_setup = true;
  await ctx.db.updateTable("local_site").set(values)
    .where("id", "=", ctx.site.local_site.id).execute();
  const limits: Record<string, unknown> = { updated_at: ctx.now.toISOString() };
  for (const bucket of BUCKETS) {
    limits[`${bucket}_max_requests`] =
      input[`rate_limit_${bucket}_max_requests`];
    limits[`${bucket}_interval_seconds`] =
      input[`rate_limit_${bucket}_interval_seconds`] || undefined;
  }
  await ctx.db.updateTable("local_site_rate_limit").set(limits)
    .where("local_site_id", "=", ctx.site.local_site.id).execute();
}

/**
 * Replaces the site's languages (none = all) and takes those that went from local communities; one
 * that is left with none has all of the site's.
 * @throws LemmyError `too_many_items`, `couldnt_update` for an unknown id
 */
async function setSiteLanguages(
  ctx: Ctx,
  languages: readonly number[],
): Promise<void> {
  checkItemCount(languages, "discussion_languages");
  await requireKnownLanguages(ctx, languages);
  const site = ctx.site.site.id;
  await query(ctx, "delete from site_language where site_id = $1::int4", [
    site,
  ]);
  await query(
    ctx,
    `insert into site_language (site_id, language_id)
     select $1::int4, id from language where cardinality($2::int4[]) = 0 or id = any($2)`,
    [site, languages],
  );
  await query(
    ctx,
    `delete from community_language l using community c
     where c.id = l.community_id and c.local
       and l.language_id not in (select language_id from site_language where site_id = $1::int4)`,
    [site],
  );
  await query(
    ctx,
    `insert into community_language (community_id, language_id)
     select c.id, l.language_id from community c, site_language l
     where c.local and l.site_id = $1::int4
       and not exists (select from community_language k where k.community_id = c.id)`,
    [site],
  );
}

async function setBlockedUrls(
  ctx: Ctx,
  urls: readonly string[],
): Promise<void> {
  await query(
    ctx,
    "delete from local_site_url_blocklist where url <> all($1::text[])",
    [urls],
  );
  await query(
    ctx,
    `insert into local_site_url_blocklist (url) select unnest($1::text[]) on conflict do nothing`,
    [urls],
  );
}

/** Whoever waited under a rule that is lifted, or signed up before one existed, is let in. */
async function acceptUsers(ctx: Ctx, input: EditSite): Promise<void> {
  const before = ctx.site.local_site;
  if (
    input.registration_mode === "require_application" &&
    before.registration_mode !== "require_application"
  ) {
    await query(
      ctx,
      "update local_user set accepted_application = true where not accepted_application",
    );
  }
  if (
    input.email_verification_required && !before.email_verification_required
  ) {
    await query(
      ctx,
      "update local_user set email_verified = true where not email_verified",
    );
  }
}
