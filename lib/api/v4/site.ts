import { z } from "zod";
import {
  CAPTCHA_DIFFICULTIES,
  COMMENT_SORTS,
  FEDERATION_MODES,
  IMAGE_MODES,
  LISTING_TYPES,
  POST_LISTING_MODES,
  POST_SORTS,
  REGISTRATION_MODES,
} from "../../domain/enums.ts";
import { createSite, editSite } from "../../domain/site/edit.ts";
import { getSite } from "../../domain/site/read.ts";
import { endpoint } from "./endpoint.ts";
import { flag, id, int, nothing, text } from "./schema.ts";

const federationMode = z.enum(FEDERATION_MODES);

/** Fields of accounts-and-site §4.3; absent = unchanged, "" clears a text, 0 a number. */
const settings = z.object({
  name: text,
  sidebar: text,
  summary: text,
  content_warning: text,
  community_creation_admin_only: flag,
  email_verification_required: flag,
  application_question: text,
  private_instance: flag,
  default_theme: text,
  default_post_listing_type: z.enum(LISTING_TYPES),
  default_post_listing_mode: z.enum(POST_LISTING_MODES),
  default_post_sort_type: z.enum(POST_SORTS),
  default_comment_sort_type: z.enum(COMMENT_SORTS),
  default_post_time_range_seconds: int,
  default_items_per_page: int,
  legal_information: text,
  application_email_admins: flag,
  reports_email_admins: flag,
  email_notifications_disabled: flag,
  discussion_languages: z.array(id),
  slur_filter_regex: text,
  federation_enabled: flag,
  federation_signed_fetch: flag,
  registration_mode: z.enum(REGISTRATION_MODES),
  oauth_registration: flag,
  post_upvotes: federationMode,
  post_downvotes: federationMode,
  comment_upvotes: federationMode,
  comment_downvotes: federationMode,
  nsfw_content_disallowed: flag,
  suggested_multi_community_id: id,
  image_mode: z.enum(IMAGE_MODES),
  image_proxy_bypass_domains: text,
  image_upload_timeout_seconds: int,
  image_max_thumbnail_size: int,
  image_max_avatar_size: int,
  image_max_banner_size: int,
  image_max_upload_size: int,
  image_allow_video_uploads: flag,
  image_upload_disabled: flag,
  max_invites_per_user_allowed: int,
  captcha_enabled: flag,
  captcha_difficulty: z.enum(CAPTCHA_DIFFICULTIES),
  blocked_urls: z.array(text),
  rate_limit_message_max_requests: int,
  rate_limit_message_interval_seconds: int,
  rate_limit_post_max_requests: int,
  rate_limit_post_interval_seconds: int,
  rate_limit_register_max_requests: int,
  rate_limit_register_interval_seconds: int,
  rate_limit_image_max_requests: int,
  rate_limit_image_interval_seconds: int,
  rate_limit_comment_max_requests: int,
  rate_limit_comment_interval_seconds: int,
  rate_limit_search_max_requests: int,
  rate_limit_search_interval_seconds: int,
  rate_limit_import_user_settings_max_requests: int,
  rate_limit_import_user_settings_interval_seconds: int,
}).partial();

/** `/site` */
export const site = {
  getSite: endpoint({
    method: "GET",
    path: "/site",
    auth: "optional",
    request: nothing,
    handle: ({ ctx }) => getSite(ctx),
  }),
  createSite: endpoint({
    method: "POST",
    path: "/site",
    auth: "user",
    // Languages are accepted and ignored here, and blocked addresses do not exist (§4.2).
    request: settings.omit({ blocked_urls: true }).required({ name: true }),
    handle: async ({ ctx }, input) => ({
      site_view: await createSite(ctx, input),
    }),
  }),
  editSite: endpoint({
    method: "PUT",
    path: "/site",
    auth: "user",
    request: settings,
    handle: async ({ ctx }, input) => ({
      site_view: await editSite(ctx, input),
    }),
  }),
};
