/** People, and the accounts of this site. */
import type {
  Community,
  CommunityActions,
  CommunityFollowerView,
  CommunityModeratorView,
  MultiCommunityView,
} from "./communities.ts";
import type {
  CommentSortType,
  ListingType,
  PostListingMode,
  PostSortType,
} from "./content.ts";
import type { Instance, Site } from "./site.ts";

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

export interface PersonActions {
  blocked_at?: string;
  noted_at?: string;
  note?: string;
  voted_at?: string;
  upvotes?: number;
  downvotes?: number;
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

export type VoteShow = "show" | "show_for_others" | "hide";

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

export interface GetPersonDetailsResponse {
  person_view: PersonView;
  site?: Site;
  moderates: CommunityModeratorView[];
  multi_communities_created: MultiCommunityView[];
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

export type PersonSortType = "new" | "old" | "post_score" | "comment_score";

export type PersonContentType = "all" | "comments" | "posts";
