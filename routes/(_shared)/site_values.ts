import {
  CAPTCHA_DIFFICULTIES,
  COMMENT_SORTS,
  FEDERATION_MODES,
  LISTING_TYPES,
  POST_LISTING_MODES,
  POST_SORTS,
  REGISTRATION_MODES,
} from "../../lib/domain/enums.ts";
import type { EditSite } from "../../lib/domain/site/edit.ts";
import type { SiteState } from "../../lib/domain/site/load.ts";
import type { Values } from "./forms.ts";
import { oneOf } from "./params.ts";

const TEXTS = [
  "summary",
  "sidebar",
  "content_warning",
  "legal_information",
  "application_question",
  "slur_filter_regex",
] as const;

const BOXES = [
  "private_instance",
  "community_creation_admin_only",
  "email_verification_required",
  "application_email_admins",
  "reports_email_admins",
  "email_notifications_disabled",
  "nsfw_content_disallowed",
  "federation_enabled",
] as const;

const VOTES = [
  "post_upvotes",
  "post_downvotes",
  "comment_upvotes",
  "comment_downvotes",
] as const;

/** The site's settings as values of its form. */
export function siteValues(
  { site, local_site, blocked_urls }: SiteState,
): Values {
  const values: Values = {
    name: site.name,
    default_theme: local_site.default_theme,
    registration_mode: local_site.registration_mode,
    default_post_listing_type: local_site.default_post_listing_type,
    default_post_listing_mode: local_site.default_post_listing_mode,
    default_post_sort_type: local_site.default_post_sort_type,
    default_comment_sort_type: local_site.default_comment_sort_type,
    default_items_per_page: String(local_site.default_items_per_page),
    blocked_urls: blocked_urls.map((row) => row.url).join("\n"),
    captcha: local_site.captcha_enabled ? local_site.captcha_difficulty : "off",
  };
  const texts: Partial<Record<typeof TEXTS[number], string>> = {
    ...site,
    ...local_site,
  };
  for (const name of TEXTS) values[name] = texts[name] ?? "";
  for (const name of BOXES) values[name] = String(local_site[name]);
  for (const name of VOTES) values[name] = local_site[name];
  return values;
}

/** A sent site form as changes of the settings. */
export function siteChanges(values: Values): EditSite & { name: string } {
  const changes: EditSite & { name: string } = {
    name: values.name ?? "",
    default_theme: values.default_theme || undefined,
    registration_mode: oneOf(
      REGISTRATION_MODES,
      values.registration_mode ?? null,
    ),
    default_post_listing_type: oneOf(
      LISTING_TYPES,
      values.default_post_listing_type ?? null,
    ),
    default_post_listing_mode: oneOf(
      POST_LISTING_MODES,
      values.default_post_listing_mode ?? null,
    ),
    default_post_sort_type: oneOf(
      POST_SORTS,
      values.default_post_sort_type ?? null,
    ),
    default_comment_sort_type: oneOf(
      COMMENT_SORTS,
      values.default_comment_sort_type ?? null,
    ),
    default_items_per_page: values.default_items_per_page === undefined
      ? undefined
      : Number(values.default_items_per_page),
    blocked_urls: values.blocked_urls?.split("\n").map((line) => line.trim())
      .filter((line) => line !== ""),
  };
  // Absent from the first form of the set-up.
  if (values.captcha !== undefined) {
    changes.captcha_enabled = values.captcha !== "off";
    changes.captcha_difficulty = oneOf(CAPTCHA_DIFFICULTIES, values.captcha);
  }
  for (const name of TEXTS) changes[name] = values[name];
  for (const name of BOXES) changes[name] = values[name] === "true";
  for (const name of VOTES) {
    changes[name] = oneOf(FEDERATION_MODES, values[name] ?? null);
  }
  return changes;
}
