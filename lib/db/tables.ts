// Generated from the migrations by `deno task tables`. Do not edit.

import type { Generated, GeneratedAlways } from "kysely";

export interface BootstrapFetchTable {
  id: GeneratedAlways<number>;
  address: string | null;
  attempts: Generated<number>;
  due_at: Generated<string>;
}

export interface BulkTaskTable {
  id: GeneratedAlways<number>;
  kind: string;
  person_id: number;
  community_id: number | null;
  modlog_id: number | null;
  step: Generated<number>;
  after_id: Generated<number>;
  published_at: Generated<string>;
  retry_at: string | null;
  instance_id: number | null;
  everywhere: Generated<boolean>;
}

export interface CaptchaTable {
  uuid: string;
  answer: string;
  published_at: Generated<string>;
}

export interface CommentTable {
  id: Generated<number>;
  creator_id: number;
  post_id: number;
  community_id: number;
  content: string;
  removed: Generated<boolean>;
  published_at: Generated<string>;
  updated_at: string | null;
  deleted: Generated<boolean>;
  deleted_at: string | null;
  ap_id: string;
  local: Generated<boolean>;
  path: string;
  level: GeneratedAlways<number>;
  distinguished: Generated<boolean>;
  language_id: Generated<number>;
  score: Generated<number>;
  upvotes: Generated<number>;
  downvotes: Generated<number>;
  child_count: Generated<number>;
  hot_rank: Generated<number>;
  controversy_rank: Generated<number>;
  report_count: Generated<number>;
  unresolved_report_count: Generated<number>;
  federation_pending: Generated<boolean>;
  locked: Generated<boolean>;
  received_version: string | null;
}

export interface CommentActionsTable {
  person_id: number;
  comment_id: number;
  voted_at: string | null;
  vote_is_upvote: boolean | null;
  saved_at: string | null;
}

export interface CommentGapTable {
  post_id: number;
  comment_id: number;
}

export interface CommentSearchTable {
  comment_id: number;
  published_at: string;
  content: string;
}

export interface CommentSearchBackfillTable {
  published_at: string;
  id: number;
  sections: number;
}

export interface CommentSearchBitsTable {
  chunk: number;
  gram: number;
  bits: string | null;
  slots: Uint8Array | null;
}

export interface CommentSearchChunkTable {
  id: GeneratedAlways<number>;
  first_at: string;
  first_id: number;
  last_at: string;
  last_id: number;
  size: number;
  scoped: Generated<boolean>;
  merged: Generated<boolean>;
  sections: number;
  outdated: Generated<boolean>;
  retired_at: string | null;
}

export interface CommentSearchFreshTable {
  chunk: number;
  gram: number;
  bits: string | null;
  slots: Uint8Array | null;
}

export interface CommentSearchRecentTable {
  id: number;
  published_at: string;
  content: string;
  version: Generated<number>;
}

export interface CommentSearchSlotTable {
  chunk: number;
  part: number;
  ids: number[];
}

export interface CommunityTable {
  id: Generated<number>;
  name: string;
  title: string | null;
  sidebar: string | null;
  removed: Generated<boolean>;
  published_at: Generated<string>;
  updated_at: string | null;
  deleted: Generated<boolean>;
  nsfw: Generated<boolean>;
  ap_id: string;
  local: Generated<boolean>;
  private_key: string | null;
  public_key: string;
  last_refreshed_at: Generated<string>;
  icon: string | null;
  banner: string | null;
  followers_url: string | null;
  inbox_url: string;
  moderators_url: string | null;
  featured_url: string | null;
  posting_restricted_to_mods: Generated<boolean>;
  instance_id: number;
  visibility: Generated<string>;
  summary: string | null;
  subscribers: Generated<number>;
  posts: Generated<number>;
  comments: Generated<number>;
  users_active_day: Generated<number>;
  users_active_week: Generated<number>;
  users_active_month: Generated<number>;
  users_active_half_year: Generated<number>;
  hot_rank: Generated<number>;
  subscribers_local: Generated<number>;
  report_count: Generated<number>;
  unresolved_report_count: Generated<number>;
  interactions_month: Generated<number>;
  local_removed: Generated<boolean>;
  federated_visibility: string | null;
}

export interface CommunityActionsTable {
  person_id: number;
  community_id: number;
  followed_at: string | null;
  follow_state: string | null;
  follow_approver_id: number | null;
  blocked_at: string | null;
  became_moderator_at: string | null;
  received_ban_at: string | null;
  ban_expires_at: string | null;
  notifications: string | null;
  follow_ap_id: string | null;
}

export interface CommunityDeltaTable {
  id: GeneratedAlways<number>;
  community_id: number;
  posts: Generated<number>;
  comments: Generated<number>;
  subscribers: Generated<number>;
  subscribers_local: Generated<number>;
}

export interface CommunityFetchTable {
  community_id: number;
  attempts: Generated<number>;
  due_at: Generated<string>;
  outbox_url: string | null;
  moderators: string[] | null;
}

export interface CommunityFollowTable {
  follower_id: number;
  community_id: number;
}

export interface CommunityLanguageTable {
  community_id: number;
  language_id: number;
}

export interface CommunitySearchTable {
  community_id: number;
  name: string;
  title: string | null;
  ap_id: string;
  summary: string | null;
  sidebar: string | null;
}

export interface CommunityTagTable {
  id: Generated<number>;
  ap_id: string;
  name: string;
  display_name: string | null;
  summary: string | null;
  community_id: number;
  published_at: Generated<string>;
  updated_at: string | null;
  deleted: Generated<boolean>;
  color: Generated<string>;
}

export interface CustomEmojiTable {
  id: Generated<number>;
  shortcode: string;
  image_url: string;
  alt_text: string;
  category: string;
  published_at: Generated<string>;
  updated_at: string | null;
}

export interface CustomEmojiKeywordTable {
  custom_emoji_id: number;
  keyword: string;
  position: number;
}

export interface EmailVerificationTable {
  token_hash: Uint8Array;
  local_user_id: number;
  email: string;
  published_at: Generated<string>;
}

export interface EventTable {
  id: GeneratedAlways<number>;
  xid: Generated<string>;
  kind: string;
  person_id: number | null;
  community_id: number | null;
  post_id: number | null;
  comment_id: number | null;
  data: unknown | null;
  published_at: Generated<string>;
}

export interface EventConsumerTable {
  name: string;
  xid: string;
  id: number;
}

export interface FederationAllowlistTable {
  instance_id: number;
  published_at: Generated<string>;
  updated_at: string | null;
}

export interface FederationBlocklistTable {
  instance_id: number;
  published_at: Generated<string>;
  updated_at: string | null;
  expires_at: string | null;
}

export interface FederationQueueStateTable {
  instance_id: number;
  last_successful_id: number;
  last_successful_published_time_at: string | null;
  fail_count: Generated<number>;
  last_retry_at: string | null;
  not_before: string | null;
  last_error: string | null;
  paused: Generated<boolean>;
  delivered_ahead: Generated<unknown>;
}

export interface FeedTokenTable {
  local_user_id: number;
  token: string;
  published_at: Generated<string>;
}

export interface FormSubmissionTable {
  person_id: number;
  digest: Uint8Array;
  made_id: number | null;
  published_at: Generated<string>;
}

export interface ImageBlobTable {
  hash: string;
  storage_key: string;
  bytes: number;
  content_type: string;
  width: number;
  height: number;
  published_at: Generated<string>;
}

export interface ImageCacheTable {
  name: string;
  storage_key: string;
  bytes: number;
  content_type: string;
  width: number;
  height: number;
  published_at: Generated<string>;
  last_used_at: Generated<string>;
  source: string | null;
}

export interface ImageDetailsTable {
  link: string;
  width: number;
  height: number;
  content_type: string;
  blurhash: string | null;
}

export interface ImageGarbageTable {
  storage_key: string;
  published_at: Generated<string>;
}

export interface ImportFetchTable {
  id: GeneratedAlways<number>;
  person_id: number;
  list: string;
  entry: string;
  attempts: Generated<number>;
  due_at: Generated<string>;
}

export interface InstanceTable {
  id: Generated<number>;
  domain: string;
  published_at: Generated<string>;
  updated_at: string | null;
  software: string | null;
  version: string | null;
  signature_scheme: string | null;
  checked_at: string | null;
}

export interface InstanceActionsTable {
  person_id: number;
  instance_id: number;
  blocked_communities_at: string | null;
  blocked_persons_at: string | null;
  received_ban_at: string | null;
  ban_expires_at: string | null;
}

export interface LanguageTable {
  id: number;
  code: string;
  name: string;
}

export interface LanguageUseTable {
  language_id: number;
  posts: Generated<number>;
}

export interface LocalImageTable {
  id: Generated<number>;
  pictrs_alias: string;
  hash: string;
  person_id: number | null;
  thumbnail_for_post_id: number | null;
  published_at: Generated<string>;
}

export interface LocalSiteTable {
  id: Generated<number>;
  site_id: number;
  system_account: number;
  site_setup: Generated<boolean>;
  community_creation_admin_only: Generated<boolean>;
  email_verification_required: Generated<boolean>;
  application_question: string | null;
  private_instance: Generated<boolean>;
  default_theme: Generated<string>;
  default_post_listing_type: Generated<string>;
  legal_information: string | null;
  application_email_admins: Generated<boolean>;
  slur_filter_regex: string | null;
  federation_enabled: Generated<boolean>;
  published_at: Generated<string>;
  updated_at: string | null;
  registration_mode: Generated<string>;
  reports_email_admins: Generated<boolean>;
  federation_signed_fetch: Generated<boolean>;
  default_post_listing_mode: Generated<string>;
  default_post_sort_type: Generated<string>;
  default_comment_sort_type: Generated<string>;
  oauth_registration: Generated<boolean>;
  post_upvotes: Generated<string>;
  post_downvotes: Generated<string>;
  comment_upvotes: Generated<string>;
  comment_downvotes: Generated<string>;
  default_post_time_range_seconds: number | null;
  nsfw_content_disallowed: Generated<boolean>;
  users: Generated<number>;
  posts: Generated<number>;
  comments: Generated<number>;
  communities: Generated<number>;
  users_active_day: Generated<number>;
  users_active_week: Generated<number>;
  users_active_month: Generated<number>;
  users_active_half_year: Generated<number>;
  email_notifications_disabled: Generated<boolean>;
  suggested_multi_community_id: number | null;
  default_items_per_page: Generated<number>;
  image_mode: Generated<string>;
  image_proxy_bypass_domains: string | null;
  image_upload_timeout_seconds: Generated<number>;
  image_max_thumbnail_size: Generated<number>;
  image_max_avatar_size: Generated<number>;
  image_max_banner_size: Generated<number>;
  image_max_upload_size: Generated<number>;
  image_allow_video_uploads: Generated<boolean>;
  image_upload_disabled: Generated<boolean>;
  max_invites_per_user_allowed: Generated<number>;
  captcha_enabled: Generated<boolean>;
  captcha_difficulty: Generated<string>;
}

export interface LocalSiteRateLimitTable {
  local_site_id: number;
  message_max_requests: Generated<number>;
  message_interval_seconds: Generated<number>;
  post_max_requests: Generated<number>;
  post_interval_seconds: Generated<number>;
  register_max_requests: Generated<number>;
  register_interval_seconds: Generated<number>;
  image_max_requests: Generated<number>;
  image_interval_seconds: Generated<number>;
  comment_max_requests: Generated<number>;
  comment_interval_seconds: Generated<number>;
  search_max_requests: Generated<number>;
  search_interval_seconds: Generated<number>;
  published_at: Generated<string>;
  updated_at: string | null;
  import_user_settings_max_requests: Generated<number>;
  import_user_settings_interval_seconds: Generated<number>;
}

export interface LocalSiteUrlBlocklistTable {
  id: Generated<number>;
  url: string;
  published_at: Generated<string>;
  updated_at: string | null;
}

export interface LocalUserTable {
  id: Generated<number>;
  person_id: number;
  password_encrypted: string | null;
  email: string | null;
  show_nsfw: Generated<boolean>;
  theme: Generated<string>;
  default_post_sort_type: Generated<string>;
  default_comment_sort_type: Generated<string>;
  default_listing_type: Generated<string>;
  interface_language: Generated<string>;
  show_avatars: Generated<boolean>;
  send_notifications_to_email: Generated<boolean>;
  show_bot_accounts: Generated<boolean>;
  show_read_posts: Generated<boolean>;
  email_verified: Generated<boolean>;
  accepted_application: Generated<boolean>;
  totp_2fa_secret: string | null;
  open_links_in_new_tab: Generated<boolean>;
  blur_nsfw: Generated<boolean>;
  infinite_scroll_enabled: Generated<boolean>;
  admin: Generated<boolean>;
  post_listing_mode: Generated<string>;
  totp_2fa_enabled: Generated<boolean>;
  animated_images_enabled: Generated<boolean>;
  collapse_bot_comments: Generated<boolean>;
  last_donation_notification_at: Generated<string>;
  private_messages_enabled: Generated<boolean>;
  auto_mark_fetched_posts_as_read: Generated<boolean>;
  hide_posts_with_media: Generated<boolean>;
  default_post_time_range_seconds: number | null;
  show_score: Generated<boolean>;
  show_upvotes: Generated<boolean>;
  show_downvotes: Generated<string>;
  show_upvote_percentage: Generated<boolean>;
  show_person_votes: Generated<boolean>;
  default_items_per_page: Generated<number>;
  invited_by_local_user_id: number | null;
  show_media: Generated<boolean>;
  totp_2fa_last_period: number | null;
}

export interface LocalUserInviteTable {
  id: Generated<number>;
  token: string;
  local_user_id: number;
  max_uses: number | null;
  uses_count: Generated<number>;
  expires_at: string | null;
  published_at: Generated<string>;
}

export interface LocalUserKeywordBlockTable {
  local_user_id: number;
  keyword: string;
}

export interface LocalUserLanguageTable {
  local_user_id: number;
  language_id: number;
}

export interface LoginTokenTable {
  token_hash: Uint8Array;
  user_id: number;
  published_at: Generated<string>;
  expires_at: string | null;
  ip: string | null;
  user_agent: string | null;
}

export interface ModlogTable {
  id: Generated<number>;
  kind: string;
  is_revert: Generated<boolean>;
  moderator_id: number;
  reason: string | null;
  expires_at: string | null;
  published_at: Generated<string>;
  target_person_id: number | null;
  target_community_id: number | null;
  target_post_id: number | null;
  target_comment_id: number | null;
  target_instance_id: number | null;
  bulk_action_parent_id: number | null;
  child_count: Generated<number>;
}

export interface MultiCommunityTable {
  id: Generated<number>;
  creator_id: number;
  instance_id: number;
  name: string;
  title: string | null;
  summary: string | null;
  sidebar: string | null;
  local: Generated<boolean>;
  deleted: Generated<boolean>;
  ap_id: string;
  public_key: string;
  private_key: string | null;
  inbox_url: string;
  following_url: string;
  last_refreshed_at: Generated<string>;
  published_at: Generated<string>;
  updated_at: string | null;
  subscribers: Generated<number>;
  subscribers_local: Generated<number>;
  communities: Generated<number>;
}

export interface MultiCommunityEntryTable {
  multi_community_id: number;
  community_id: number;
}

export interface MultiCommunityFollowTable {
  multi_community_id: number;
  person_id: number;
  follow_state: string;
  follow_ap_id: string | null;
}

export interface NotificationTable {
  id: Generated<number>;
  recipient_id: number;
  creator_id: number;
  kind: string;
  read: Generated<boolean>;
  published_at: Generated<string>;
  post_id: number | null;
  comment_id: number | null;
  private_message_id: number | null;
  modlog_id: number | null;
}

export interface OauthAccountTable {
  oauth_provider_id: number;
  oauth_user_id: string;
  local_user_id: number;
  published_at: Generated<string>;
}

export interface OauthProviderTable {
  id: Generated<number>;
  display_name: string;
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint: string;
  id_claim: string;
  client_id: string;
  client_secret: string;
  scopes: string;
  auto_verify_email: Generated<boolean>;
  account_linking_enabled: Generated<boolean>;
  enabled: Generated<boolean>;
  use_pkce: Generated<boolean>;
  published_at: Generated<string>;
  updated_at: string | null;
}

export interface OutboxFailureTable {
  id: GeneratedAlways<number>;
  event: unknown;
  objects: string[];
  attempts: Generated<number>;
  retry_at: string;
  reason: string;
  published_at: Generated<string>;
  needs: Generated<string[]>;
}

export interface OutboxUncheckedLinkTable {
  post_id: number;
}

export interface OutgoingMailTable {
  id: GeneratedAlways<number>;
  message_id: string;
  to_name: string;
  to_address: string;
  subject: string;
  body_text: string;
  body_html: string;
  attempts: Generated<number>;
  next_attempt_at: Generated<string>;
  published_at: Generated<string>;
}

export interface PasswordResetRequestTable {
  token_hash: Uint8Array;
  local_user_id: number;
  published_at: Generated<string>;
}

export interface PersonTable {
  id: Generated<number>;
  name: string;
  display_name: string | null;
  avatar: string | null;
  banner: string | null;
  bio: string | null;
  published_at: Generated<string>;
  updated_at: string | null;
  ap_id: string;
  local: Generated<boolean>;
  private_key: string | null;
  public_key: string;
  last_refreshed_at: Generated<string>;
  inbox_url: string;
  deleted: Generated<boolean>;
  matrix_user_id: string | null;
  bot_account: Generated<boolean>;
  instance_id: number;
  post_count: Generated<number>;
  post_score: Generated<number>;
  comment_count: Generated<number>;
  comment_score: Generated<number>;
}

export interface PersonActionsTable {
  person_id: number;
  target_id: number;
  blocked_at: string | null;
  noted_at: string | null;
  note: string | null;
  voted_at: string | null;
  upvotes: number | null;
  downvotes: number | null;
}

export interface PersonFollowTable {
  follower_id: number;
  person_id: number;
}

export interface PersonSearchTable {
  person_id: number;
  name: string;
  display_name: string | null;
  ap_id: string;
  bio: string | null;
}

export interface PostTable {
  id: Generated<number>;
  name: string;
  url: string | null;
  body: string | null;
  creator_id: number;
  community_id: number;
  removed: Generated<boolean>;
  locked: Generated<boolean>;
  published_at: Generated<string>;
  updated_at: string | null;
  deleted: Generated<boolean>;
  deleted_at: string | null;
  nsfw: Generated<boolean>;
  embed_title: string | null;
  embed_description: string | null;
  thumbnail_url: string | null;
  ap_id: string;
  local: Generated<boolean>;
  embed_video_url: string | null;
  language_id: Generated<number>;
  featured_community: Generated<boolean>;
  featured_local: Generated<boolean>;
  url_content_type: string | null;
  alt_text: string | null;
  scheduled_publish_time_at: string | null;
  newest_comment_time_necro_at: string | null;
  newest_comment_time_at: string | null;
  comments: Generated<number>;
  score: Generated<number>;
  upvotes: Generated<number>;
  downvotes: Generated<number>;
  hot_rank: Generated<number>;
  hot_rank_active: Generated<number>;
  controversy_rank: Generated<number>;
  scaled_rank: Generated<number>;
  report_count: Generated<number>;
  unresolved_report_count: Generated<number>;
  federation_pending: Generated<boolean>;
  embed_video_width: number | null;
  embed_video_height: number | null;
  received_version: string | null;
}

export interface PostActionsTable {
  person_id: number;
  post_id: number;
  read_at: string | null;
  read_comments_at: string | null;
  read_comments_amount: number | null;
  saved_at: string | null;
  voted_at: string | null;
  vote_is_upvote: boolean | null;
  hidden_at: string | null;
  notifications: string | null;
}

export interface PostLinkCheckTable {
  post_id: number;
  custom_thumbnail: string | null;
  attempts: Generated<number>;
  due_at: Generated<string>;
}

export interface PostSearchTable {
  post_id: number;
  published_at: string;
  name: string;
  body: string | null;
}

export interface PostSearchBackfillTable {
  published_at: string;
  id: number;
  sections: number;
}

export interface PostSearchBitsTable {
  chunk: number;
  gram: number;
  bits: string | null;
  slots: Uint8Array | null;
}

export interface PostSearchChunkTable {
  id: GeneratedAlways<number>;
  first_at: string;
  first_id: number;
  last_at: string;
  last_id: number;
  size: number;
  scoped: Generated<boolean>;
  merged: Generated<boolean>;
  sections: number;
  outdated: Generated<boolean>;
  retired_at: string | null;
}

export interface PostSearchFreshTable {
  chunk: number;
  gram: number;
  bits: string | null;
  slots: Uint8Array | null;
}

export interface PostSearchRecentTable {
  id: number;
  published_at: string;
  content: string;
  version: Generated<number>;
}

export interface PostSearchSlotTable {
  chunk: number;
  part: number;
  ids: number[];
}

export interface PostTagTable {
  post_id: number;
  community_tag_id: number;
  published_at: Generated<string>;
}

export interface PostWebmentionTable {
  post_id: number;
  attempts: Generated<number>;
  due_at: Generated<string>;
}

export interface PrivateMessageTable {
  id: Generated<number>;
  creator_id: number;
  recipient_id: number;
  content: string;
  deleted: Generated<boolean>;
  published_at: Generated<string>;
  updated_at: string | null;
  ap_id: string;
  local: Generated<boolean>;
  removed: Generated<boolean>;
  deleted_by_recipient: Generated<boolean>;
  received_version: string | null;
}

export interface ReceivedActivityTable {
  id: GeneratedAlways<number>;
  ap_id: string;
  kind: string;
  actor_ap_id: string;
  host: string;
  data: string | null;
  changes: string[];
  state: Generated<string>;
  attempts: Generated<number>;
  retry_at: string | null;
  reason: string | null;
  received_at: Generated<string>;
  done_at: string | null;
  claimed_by: string | null;
  claimed_until: string | null;
  related: Generated<string[]>;
  needs: Generated<string[]>;
}

export interface RegistrationApplicationTable {
  id: Generated<number>;
  local_user_id: number;
  answer: string;
  admin_id: number | null;
  deny_reason: string | null;
  published_at: Generated<string>;
  updated_at: string | null;
}

export interface RemoteImageTable {
  link: string;
  published_at: Generated<string>;
}

export interface ReportTable {
  id: Generated<number>;
  type_: string;
  creator_id: number;
  community_id: number | null;
  post_id: number | null;
  comment_id: number | null;
  original_post_name: string | null;
  original_post_url: string | null;
  original_post_body: string | null;
  original_comment_text: string | null;
  original_community_name: string | null;
  original_community_title: string | null;
  original_community_summary: string | null;
  original_community_sidebar: string | null;
  original_community_icon: string | null;
  original_community_banner: string | null;
  original_pm_text: string | null;
  reason: string;
  violates_instance_rules: Generated<boolean>;
  resolved: Generated<boolean>;
  resolver_id: number | null;
  conclusion: string | null;
  published_at: Generated<string>;
  updated_at: string | null;
  private_message_id: number | null;
}

export interface SecretTable {
  id: Generated<boolean>;
  jwt_secret: Generated<string>;
  setup_token: Generated<string>;
}

export interface SentActivityTable {
  id: GeneratedAlways<number>;
  ap_id: string;
  data: string;
  sensitive: boolean;
  published_at: Generated<string>;
  send_inboxes: Generated<string[]>;
  send_community_followers_of: number | null;
  send_all_instances: Generated<boolean>;
  actor_type: string;
  actor_apub_id: string;
  changes: Generated<string[]>;
  needs: Generated<string[]>;
}

export interface SiteTable {
  id: Generated<number>;
  name: string;
  sidebar: string | null;
  published_at: Generated<string>;
  updated_at: string | null;
  icon: string | null;
  banner: string | null;
  summary: string | null;
  ap_id: string;
  last_refreshed_at: Generated<string>;
  inbox_url: string;
  private_key: string | null;
  public_key: string;
  instance_id: number;
  content_warning: string | null;
}

export interface SiteDeltaTable {
  id: GeneratedAlways<number>;
  posts: Generated<number>;
  comments: Generated<number>;
  communities: Generated<number>;
}

export interface SiteLanguageTable {
  site_id: number;
  language_id: number;
}

export interface TaglineTable {
  id: Generated<number>;
  content: string;
  published_at: Generated<string>;
  updated_at: string | null;
}

export interface ThreadFetchTable {
  post_id: number;
  collections: string[];
  attempts: Generated<number>;
  due_at: Generated<string>;
}

/** Row types of all tables, for Kysely. */
export interface Database {
  bootstrap_fetch: BootstrapFetchTable;
  bulk_task: BulkTaskTable;
  captcha: CaptchaTable;
  comment: CommentTable;
  comment_actions: CommentActionsTable;
  comment_gap: CommentGapTable;
  comment_search: CommentSearchTable;
  comment_search_backfill: CommentSearchBackfillTable;
  comment_search_bits: CommentSearchBitsTable;
  comment_search_chunk: CommentSearchChunkTable;
  comment_search_fresh: CommentSearchFreshTable;
  comment_search_recent: CommentSearchRecentTable;
  comment_search_slot: CommentSearchSlotTable;
  community: CommunityTable;
  community_actions: CommunityActionsTable;
  community_delta: CommunityDeltaTable;
  community_fetch: CommunityFetchTable;
  community_follow: CommunityFollowTable;
  community_language: CommunityLanguageTable;
  community_search: CommunitySearchTable;
  community_tag: CommunityTagTable;
  custom_emoji: CustomEmojiTable;
  custom_emoji_keyword: CustomEmojiKeywordTable;
  email_verification: EmailVerificationTable;
  event: EventTable;
  event_consumer: EventConsumerTable;
  federation_allowlist: FederationAllowlistTable;
  federation_blocklist: FederationBlocklistTable;
  federation_queue_state: FederationQueueStateTable;
  feed_token: FeedTokenTable;
  form_submission: FormSubmissionTable;
  image_blob: ImageBlobTable;
  image_cache: ImageCacheTable;
  image_details: ImageDetailsTable;
  image_garbage: ImageGarbageTable;
  import_fetch: ImportFetchTable;
  instance: InstanceTable;
  instance_actions: InstanceActionsTable;
  language: LanguageTable;
  language_use: LanguageUseTable;
  local_image: LocalImageTable;
  local_site: LocalSiteTable;
  local_site_rate_limit: LocalSiteRateLimitTable;
  local_site_url_blocklist: LocalSiteUrlBlocklistTable;
  local_user: LocalUserTable;
  local_user_invite: LocalUserInviteTable;
  local_user_keyword_block: LocalUserKeywordBlockTable;
  local_user_language: LocalUserLanguageTable;
  login_token: LoginTokenTable;
  modlog: ModlogTable;
  multi_community: MultiCommunityTable;
  multi_community_entry: MultiCommunityEntryTable;
  multi_community_follow: MultiCommunityFollowTable;
  notification: NotificationTable;
  oauth_account: OauthAccountTable;
  oauth_provider: OauthProviderTable;
  outbox_failure: OutboxFailureTable;
  outbox_unchecked_link: OutboxUncheckedLinkTable;
  outgoing_mail: OutgoingMailTable;
  password_reset_request: PasswordResetRequestTable;
  person: PersonTable;
  person_actions: PersonActionsTable;
  person_follow: PersonFollowTable;
  person_search: PersonSearchTable;
  post: PostTable;
  post_actions: PostActionsTable;
  post_link_check: PostLinkCheckTable;
  post_search: PostSearchTable;
  post_search_backfill: PostSearchBackfillTable;
  post_search_bits: PostSearchBitsTable;
  post_search_chunk: PostSearchChunkTable;
  post_search_fresh: PostSearchFreshTable;
  post_search_recent: PostSearchRecentTable;
  post_search_slot: PostSearchSlotTable;
  post_tag: PostTagTable;
  post_webmention: PostWebmentionTable;
  private_message: PrivateMessageTable;
  received_activity: ReceivedActivityTable;
  registration_application: RegistrationApplicationTable;
  remote_image: RemoteImageTable;
  report: ReportTable;
  secret: SecretTable;
  sent_activity: SentActivityTable;
  site: SiteTable;
  site_delta: SiteDeltaTable;
  site_language: SiteLanguageTable;
  tagline: TaglineTable;
  thread_fetch: ThreadFetchTable;
}
