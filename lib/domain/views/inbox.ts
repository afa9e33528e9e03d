/** Messages, notifications and the log of moderation. */
import type { MODLOG_KINDS } from "../enums.ts";
import type { Community } from "./communities.ts";
import type { Comment, CommentView, Post, PostView } from "./content.ts";
import type { Person } from "./people.ts";
import type { Instance } from "./site.ts";

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
