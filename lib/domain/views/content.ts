/** Posts, comments, and lists and searches of them. */
import type {
  Community,
  CommunityActions,
  CommunityModeratorView,
  CommunityTag,
  CommunityView,
  MultiCommunityView,
} from "./communities.ts";
import type { Person, PersonActions, PersonView } from "./people.ts";

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

export interface ImageDetails {
  link: string;
  width: number;
  height: number;
  content_type: string;
  blurhash?: string;
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

export type PostCommentCombinedView =
  | ({ type_: "post" } & PostView)
  | ({ type_: "comment" } & CommentView);

export type LikeType = "all" | "liked_only" | "disliked_only";
