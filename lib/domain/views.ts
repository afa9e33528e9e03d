/**
 * The views of the API, field for field as its clients know them (content §15.4,
 * accounts-and-site §3.2, §3.3, §4.1). A member with `?` is left out when it has no value.
 * Query modules make them, pages and API show them; nothing renames anything in between.
 */

import type { MODLOG_KINDS } from "./enums.ts";

export interface PostView {
  post: Post;
  creator: Person;
  community: Community;
  image_details?: ImageDetails;
  community_actions?: CommunityActions;
  person_actions?: PersonActions;
  post_actions?: PostActions;
  creator_is_admin: boolean;
  tags: CommunityTag[];
  can_mod: boolean;
  creator_banned: boolean;
  creator_ban_expires_at?: string;
  creator_is_moderator: boolean;
  creator_banned_from_community: boolean;
  creator_community_ban_expires_at?: string;
}

export interface Post {
  id: number;
  name: string;
  url?: string;
  body?: string;
  creator_id: number;
  community_id: number;
  removed: boolean;
  locked: boolean;
  published_at: string;
  updated_at?: string;
  deleted: boolean;
  nsfw: boolean;
  embed_title?: string;
  embed_description?: string;
  thumbnail_url?: string;
  ap_id: string;
  local: boolean;
  embed_video_url?: string;
  language_id: number;
  featured_community: boolean;
  featured_local: boolean;
  url_content_type?: string;
  alt_text?: string;
  scheduled_publish_time_at?: string;
  newest_comment_time_at?: string;
  comments: number;
  score: number;
  upvotes: number;
  downvotes: number;
  report_count: number;
  unresolved_report_count: number;
  federation_pending: boolean;
  embed_video_width?: number;
  embed_video_height?: number;
}

export interface Person {
  id: number;
  name: string;
  display_name?: string;
  avatar?: string;
  published_at: string;
  updated_at?: string;
  ap_id: string;
  bio?: string;
  local: boolean;
  last_refreshed_at: string;
  banner?: string;
  deleted: boolean;
  matrix_user_id?: string;
  bot_account: boolean;
  instance_id: number;
  post_count: number;
  comment_count: number;
}

export interface Community {
  id: number;
  name: string;
  title?: string;
  sidebar?: string;
  removed: boolean;
  published_at: string;
  updated_at?: string;
  deleted: boolean;
  nsfw: boolean;
  ap_id: string;
  local: boolean;
  last_refreshed_at: string;
  icon?: string;
  banner?: string;
  posting_restricted_to_mods: boolean;
  instance_id: number;
  visibility: CommunityVisibility;
  summary?: string;
  subscribers: number;
  posts: number;
  comments: number;
  users_active_day: number;
  users_active_week: number;
  users_active_month: number;
  users_active_half_year: number;
  subscribers_local: number;
  report_count: number;
  unresolved_report_count: number;
  local_removed: boolean;
}

export type CommunityVisibility =
  | "public"
  | "unlisted"
  | "local_only_public"
  | "local_only_private"
  | "private";

export interface ImageDetails {
  link: string;
  width: number;
  height: number;
  content_type: string;
  blurhash?: string;
}

export interface CommunityActions {
  followed_at?: string;
  blocked_at?: string;
  became_moderator_at?: string;
  received_ban_at?: string;
  ban_expires_at?: string;
  follow_state?: CommunityFollowerState;
  notifications?: CommunityNotificationsMode;
}

export type CommunityFollowerState =
  | "accepted"
  | "pending"
  | "approval_required"
  | "denied";

export type CommunityNotificationsMode =
  | "all_posts_and_comments"
  | "all_posts"
  | "replies_and_mentions"
  | "mute";

export interface PersonActions {
  blocked_at?: string;
  noted_at?: string;
  note?: string;
  voted_at?: string;
  upvotes?: number;
  downvotes?: number;
}

export interface PostActions {
  read_at?: string;
  read_comments_at?: string;
  saved_at?: string;
  voted_at?: string;
  hidden_at?: string;
  read_comments_amount?: number;
  vote_is_upvote?: boolean;
  notifications?: PostNotificationsMode;
}

export type PostNotificationsMode =
  | "all_comments"
  | "replies_and_mentions"
  | "mute";

export interface CommunityTag {
  id: number;
  ap_id: string;
  name: string;
  display_name?: string;
  summary?: string;
  community_id: number;
  published_at: string;
  updated_at?: string;
  deleted: boolean;
  color: TagColor;
}

export type TagColor =
  | "color01"
  | "color02"
  | "color03"
  | "color04"
  | "color05"
  | "color06"
  | "color07"
  | "color08"
  | "color09"
  | "color10";

export interface CommentView {
  comment: Comment;
  creator: Person;
  post: Post;
  community: Community;
  community_actions?: CommunityActions;
  comment_actions?: CommentActions;
  person_actions?: PersonActions;
  creator_is_admin: boolean;
  tags: CommunityTag[];
  can_mod: boolean;
  creator_banned: boolean;
  creator_ban_expires_at?: string;
  creator_is_moderator: boolean;
  creator_banned_from_community: boolean;
  creator_community_ban_expires_at?: string;
}

export interface Comment {
  id: number;
  creator_id: number;
  post_id: number;
  content: string;
  removed: boolean;
  published_at: string;
  updated_at?: string;
  deleted: boolean;
  ap_id: string;
  local: boolean;
  path: string;
  distinguished: boolean;
  language_id: number;
  score: number;
  upvotes: number;
  downvotes: number;
  child_count: number;
  report_count: number;
  unresolved_report_count: number;
  federation_pending: boolean;
  locked: boolean;
}

export interface CommentActions {
  voted_at?: string;
  saved_at?: string;
  vote_is_upvote?: boolean;
}

export interface CommentSlimView {
  comment: Comment;
  creator: Person;
  comment_actions?: CommentActions;
  person_actions?: PersonActions;
  creator_is_admin: boolean;
  can_mod: boolean;
  creator_banned: boolean;
  creator_is_moderator: boolean;
  creator_banned_from_community: boolean;
}

export interface CommunityView {
  community: Community;
  community_actions?: CommunityActions;
  can_mod: boolean;
  tags: CommunityTag[];
}

export interface PersonView {
  person: Person;
  is_admin: boolean;
  person_actions?: PersonActions;
  banned: boolean;
  ban_expires_at?: string;
  community_actions?: CommunityActions;
}

export interface LocalUserView {
  local_user: LocalUser;
  person: Person;
  banned: boolean;
  ban_expires_at: string | null;
}

export interface LocalUser {
  id: number;
  person_id: number;
  email?: string;
  show_nsfw: boolean;
  theme: string;
  default_post_sort_type: PostSortType;
  default_listing_type: ListingType;
  interface_language: string;
  show_avatars: boolean;
  send_notifications_to_email: boolean;
  show_bot_accounts: boolean;
  show_read_posts: boolean;
  email_verified: boolean;
  accepted_application: boolean;
  open_links_in_new_tab: boolean;
  blur_nsfw: boolean;
  infinite_scroll_enabled: boolean;
  admin: boolean;
  post_listing_mode: PostListingMode;
  totp_2fa_enabled: boolean;
  animated_images_enabled: boolean;
  collapse_bot_comments: boolean;
  last_donation_notification_at: string;
  private_messages_enabled: boolean;
  default_comment_sort_type: CommentSortType;
  auto_mark_fetched_posts_as_read: boolean;
  hide_posts_with_media: boolean;
  default_post_time_range_seconds?: number;
  show_score: boolean;
  show_upvotes: boolean;
  show_downvotes: VoteShow;
  show_upvote_percentage: boolean;
  show_person_votes: boolean;
  default_items_per_page: number;
  invited_by_local_user_id?: number;
  show_media: boolean;
}

export type PostSortType =
  | "active"
  | "hot"
  | "new"
  | "old"
  | "top"
  | "most_comments"
  | "new_comments"
  | "controversial"
  | "scaled";

export type ListingType =
  | "all"
  | "local"
  | "subscribed"
  | "moderator_view"
  | "suggested";

export type PostListingMode = "list" | "card" | "small_card";

export type CommentSortType = "hot" | "top" | "new" | "old" | "controversial";

export type VoteShow = "show" | "show_for_others" | "hide";

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

export interface MyUserInfo {
  local_user_view: LocalUserView;
  follows: CommunityFollowerView[];
  moderates: CommunityModeratorView[];
  multi_community_follows: MultiCommunityView[];
  community_blocks: Community[];
  instance_communities_blocks: Instance[];
  instance_persons_blocks: Instance[];
  person_blocks: Person[];
  keyword_blocks: string[];
  discussion_languages: number[];
}

export interface CommunityFollowerView {
  community: Community;
  follower: Person;
}

export interface CommunityModeratorView {
  community: Community;
  moderator: Person;
}

export interface MultiCommunityView {
  multi: MultiCommunity;
  follow_state?: CommunityFollowerState;
  owner: Person;
}

export interface MultiCommunity {
  id: number;
  creator_id: number;
  instance_id: number;
  name: string;
  title?: string;
  summary?: string;
  local: boolean;
  deleted: boolean;
  ap_id: string;
  last_refreshed_at: string;
  published_at: string;
  updated_at?: string;
  subscribers: number;
  subscribers_local: number;
  communities: number;
  sidebar?: string;
}

/** What an address or a name stands for (content §9.2). */
export type ResolveObjectView =
  | ({ type_: "post" } & PostView)
  | ({ type_: "comment" } & CommentView)
  | ({ type_: "person" } & PersonView)
  | ({ type_: "community" } & CommunityView)
  | ({ type_: "multi_community" } & MultiCommunityView);

export type SearchType =
  | "all"
  | "comments"
  | "posts"
  | "communities"
  | "users"
  | "multi_communities";

/** Unlike elsewhere, what is missing is null here (content §9.1). */
export interface SearchResponse {
  resolve: ResolveObjectView | null;
  comments: CommentView[];
  posts: PostView[];
  communities: CommunityView[];
  persons: PersonView[];
  multi_communities: MultiCommunityView[];
  prev_page: string | null;
  next_page: string | null;
}

export interface GetPostResponse {
  post_view: PostView;
  community_view: CommunityView;
  cross_posts: PostView[];
  moderators: CommunityModeratorView[];
}

export interface GetCommunityResponse {
  community_view: CommunityView;
  site?: Site;
  moderators: CommunityModeratorView[];
  discussion_languages: number[];
}

export interface GetPersonDetailsResponse {
  person_view: PersonView;
  site?: Site;
  moderates: CommunityModeratorView[];
  multi_communities_created: MultiCommunityView[];
}

export type PostCommentCombinedView =
  | ({ type_: "post" } & PostView)
  | ({ type_: "comment" } & CommentView);

export interface PrivateMessage {
  id: number;
  creator_id: number;
  recipient_id: number;
  content: string;
  deleted: boolean;
  published_at: string;
  updated_at?: string;
  ap_id: string;
  local: boolean;
  removed: boolean;
  deleted_by_recipient: boolean;
}

export interface PrivateMessageView {
  private_message: PrivateMessage;
  creator: Person;
  recipient: Person;
}

export type NotificationType =
  | "mention"
  | "reply"
  | "subscribed"
  | "private_message"
  | "mod_action";

export interface Notification {
  id: number;
  recipient_id: number;
  comment_id?: number;
  read: boolean;
  published_at: string;
  kind: NotificationType;
  post_id?: number;
  private_message_id?: number;
  modlog_id?: number;
  creator_id: number;
}

export type NotificationData =
  | ({ type_: "comment" } & CommentView)
  | ({ type_: "post" } & PostView)
  | ({ type_: "private_message" } & PrivateMessageView)
  | ({ type_: "mod_action" } & ModlogView);

export interface NotificationView {
  notification: Notification;
  data: NotificationData;
}

export interface UnreadCountsResponse {
  notification_count: number;
  report_count?: number;
  pending_follow_count?: number;
  registration_application_count?: number;
}

/** Unlike elsewhere, what is absent is null. */
export interface LocalUserInvite {
  token: string;
  max_uses: number | null;
  uses_count: number;
  expires_at: string | null;
  published_at: string;
}

export interface RegistrationApplication {
  id: number;
  local_user_id: number;
  answer: string;
  admin_id?: number;
  deny_reason?: string;
  published_at: string;
  updated_at?: string;
}

export interface RegistrationApplicationView {
  registration_application: RegistrationApplication;
  creator_local_user: LocalUser;
  creator: Person;
  admin?: Person;
}

export interface LoginToken {
  user_id: number;
  published_at: string;
  ip?: string;
  user_agent?: string;
}

export type CommunitySortType =
  | "active_six_months"
  | "active_monthly"
  | "active_weekly"
  | "active_daily"
  | "hot"
  | "new"
  | "old"
  | "name_asc"
  | "name_desc"
  | "comments"
  | "posts"
  | "subscribers"
  | "subscribers_local";

export type MultiCommunitySortType =
  | "new"
  | "old"
  | "name_asc"
  | "name_desc"
  | "communities"
  | "subscribers"
  | "subscribers_local";

export type PersonSortType = "new" | "old" | "post_score" | "comment_score";

export type PersonContentType = "all" | "comments" | "posts";

export type LikeType = "all" | "liked_only" | "disliked_only";

/** An entry of the modlog. Its absent values are null. */
export interface Modlog {
  id: number;
  kind: ModlogKind;
  is_revert: boolean;
  reason: string | null;
  expires_at: string | null;
  published_at: string;
  bulk_action_parent_id: number | null;
  child_count: number;
}

export type ModlogKind = typeof MODLOG_KINDS[number];

export interface ModlogView {
  modlog: Modlog;
  moderator?: Person;
  target_person?: Person;
  target_instance?: Instance;
  target_community?: Community;
  target_post?: Post;
  target_comment?: Comment;
}
