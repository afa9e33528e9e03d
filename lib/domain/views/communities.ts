/** Communities and lists of communities. */
import type { Person } from "./people.ts";
import type { Site } from "./site.ts";

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

export interface CommunityView {
  community: Community;
  community_actions?: CommunityActions;
  can_mod: boolean;
  tags: CommunityTag[];
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

export interface GetCommunityResponse {
  community_view: CommunityView;
  site?: Site;
  moderators: CommunityModeratorView[];
  discussion_languages: number[];
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
