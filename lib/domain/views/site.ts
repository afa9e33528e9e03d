/** The site, its settings and its surroundings. */
import type {
  CommentSortType,
  ListingType,
  PostListingMode,
  PostSortType,
} from "./content.ts";
import type { PersonView } from "./people.ts";

export interface GetSiteResponse {
  site_view: SiteView;
  admins: PersonView[];
  version: string;
  all_languages: Language[];
  discussion_languages: number[];
  tagline?: Tagline;
  oauth_providers: PublicOAuthProvider[];
  admin_oauth_providers: AdminOAuthProvider[];
  blocked_urls: LocalSiteUrlBlocklist[];
  active_plugins: PluginMetadata[];
  last_application_duration_seconds?: number;
  captcha_enabled: boolean;
}

export interface SiteView {
  site: Site;
  local_site: LocalSite;
  local_site_rate_limit: LocalSiteRateLimit;
  instance: Instance;
}

export interface Site {
  id: number;
  name: string;
  sidebar?: string;
  published_at: string;
  updated_at?: string;
  icon?: string;
  banner?: string;
  summary?: string;
  ap_id: string;
  last_refreshed_at: string;
  inbox_url: string;
  instance_id: number;
  content_warning?: string;
}

export interface LocalSite {
  id: number;
  site_id: number;
  site_setup: boolean;
  community_creation_admin_only: boolean;
  email_verification_required: boolean;
  application_question?: string;
  private_instance: boolean;
  default_theme: string;
  default_post_listing_type: ListingType;
  legal_information?: string;
  application_email_admins: boolean;
  slur_filter_regex?: string;
  federation_enabled: boolean;
  published_at: string;
  updated_at?: string;
  registration_mode: RegistrationMode;
  reports_email_admins: boolean;
  federation_signed_fetch: boolean;
  default_post_listing_mode: PostListingMode;
  default_post_sort_type: PostSortType;
  default_comment_sort_type: CommentSortType;
  oauth_registration: boolean;
  post_upvotes: FederationMode;
  post_downvotes: FederationMode;
  comment_upvotes: FederationMode;
  comment_downvotes: FederationMode;
  default_post_time_range_seconds?: number;
  nsfw_content_disallowed: boolean;
  users: number;
  posts: number;
  comments: number;
  communities: number;
  users_active_day: number;
  users_active_week: number;
  users_active_month: number;
  users_active_half_year: number;
  email_notifications_disabled: boolean;
  suggested_multi_community_id?: number;
  default_items_per_page: number;
  image_mode: ImageMode;
  image_proxy_bypass_domains?: string;
  image_upload_timeout_seconds: number;
  image_max_thumbnail_size: number;
  image_max_avatar_size: number;
  image_max_banner_size: number;
  image_max_upload_size: number;
  image_allow_video_uploads: boolean;
  image_upload_disabled: boolean;
  max_invites_per_user_allowed: number;
  /** Ours; under the names that Lemmy's API v3 has for them. */
  captcha_enabled: boolean;
  captcha_difficulty: CaptchaDifficulty;
}

export type CaptchaDifficulty = "easy" | "medium" | "hard";

export type RegistrationMode =
  | "closed"
  | "require_application"
  | "require_invitation"
  | "open";

export type FederationMode = "all" | "local" | "disable";

export type ImageMode = "none" | "store_link_previews" | "proxy_all_images";

export interface LocalSiteRateLimit {
  local_site_id: number;
  message_max_requests: number;
  message_interval_seconds: number;
  post_max_requests: number;
  post_interval_seconds: number;
  register_max_requests: number;
  register_interval_seconds: number;
  image_max_requests: number;
  image_interval_seconds: number;
  comment_max_requests: number;
  comment_interval_seconds: number;
  search_max_requests: number;
  search_interval_seconds: number;
  published_at: string;
  updated_at?: string;
  import_user_settings_max_requests: number;
  import_user_settings_interval_seconds: number;
}

export interface Instance {
  id: number;
  domain: string;
  published_at: string;
  updated_at?: string;
  software?: string;
  version?: string;
}

export interface Language {
  id: number;
  code: string;
  name: string;
}

export interface Tagline {
  id: number;
  content: string;
  published_at: string;
  updated_at?: string;
}

export interface PublicOAuthProvider {
  id: number;
  display_name: string;
  authorization_endpoint: string;
  client_id: string;
  scopes: string;
  use_pkce: boolean;
}

export interface AdminOAuthProvider {
  id: number;
  display_name: string;
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint: string;
  id_claim: string;
  client_id: string;
  scopes: string;
  auto_verify_email: boolean;
  account_linking_enabled: boolean;
  enabled: boolean;
  published_at: string;
  updated_at?: string;
  use_pkce: boolean;
}

export interface LocalSiteUrlBlocklist {
  id: number;
  url: string;
  published_at: string;
  updated_at?: string;
}

export interface PluginMetadata {
  name: string;
  url: string | null;
  description: string | null;
}
