import type {
  Comment,
  CommentActions,
  Community,
  CommunityActions,
  CommunityTag,
  Person,
  PersonActions,
  Post,
  PostActions,
  PrivateMessage,
} from "../views.ts";

/** What every report says. */
interface Report {
  id: number;
  /** Who reported. */
  creator_id: number;
  reason: string;
  resolved: boolean;
  resolver_id?: number;
  published_at: string;
  updated_at?: string;
  /** What the resolver had to say. */
  conclusion?: string;
}

export interface PostReport extends Report {
  post_id: number;
  original_post_name: string;
  original_post_url?: string;
  original_post_body?: string;
  violates_instance_rules: boolean;
}

export interface CommentReport extends Report {
  comment_id: number;
  original_comment_text: string;
  violates_instance_rules: boolean;
}

export interface CommunityReport extends Report {
  community_id: number;
  original_community_name: string;
  original_community_title?: string;
  original_community_summary?: string;
  original_community_sidebar?: string;
  original_community_icon?: string;
  original_community_banner?: string;
}

export interface PrivateMessageReport extends Report {
  private_message_id: number;
  original_pm_text: string;
}

/** Who reported and resolved; the `creator_…` flags are about the reported item's author. */
interface ReportPeople {
  creator: Person;
  resolver?: Person;
  creator_is_admin: boolean;
  creator_banned: boolean;
  creator_ban_expires_at?: string;
}

interface InCommunity {
  community: Community;
  creator_is_moderator: boolean;
  creator_banned_from_community: boolean;
  creator_community_ban_expires_at?: string;
}

export interface PostReportView extends ReportPeople, InCommunity {
  post_report: PostReport;
  post: Post;
  post_creator: Person;
  community_actions?: CommunityActions;
  post_actions?: PostActions;
  person_actions?: PersonActions;
  tags: CommunityTag[];
}

export interface CommentReportView extends ReportPeople, InCommunity {
  comment_report: CommentReport;
  comment: Comment;
  post: Post;
  comment_creator: Person;
  comment_actions?: CommentActions;
  person_actions?: PersonActions;
  community_actions?: CommunityActions;
  tags: CommunityTag[];
}

export interface CommunityReportView extends ReportPeople, InCommunity {
  community_report: CommunityReport;
}

export interface PrivateMessageReportView extends ReportPeople {
  private_message_report: PrivateMessageReport;
  private_message: PrivateMessage;
  private_message_creator: Person;
}

export type ReportCombinedView =
  | ({ type_: "post" } & PostReportView)
  | ({ type_: "comment" } & CommentReportView)
  | ({ type_: "community" } & CommunityReportView)
  | ({ type_: "private_message" } & PrivateMessageReportView);

export type ReportKind = ReportCombinedView["type_"];
