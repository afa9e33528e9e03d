import type { LocalUser, Person } from "../views.ts";
import type { Viewer } from "./session.ts";

/** Somebody without an account here has no settings, and no rights beyond anybody's. */
const NO_USER: Omit<LocalUser, "person_id"> = {
  id: 0,
  show_nsfw: true,
  theme: "",
  default_post_sort_type: "active",
  default_listing_type: "local",
  interface_language: "browser",
  show_avatars: true,
  send_notifications_to_email: false,
  show_bot_accounts: true,
  show_read_posts: true,
  email_verified: false,
  accepted_application: false,
  open_links_in_new_tab: false,
  blur_nsfw: false,
  infinite_scroll_enabled: false,
  admin: false,
  post_listing_mode: "list",
  totp_2fa_enabled: false,
  animated_images_enabled: true,
  collapse_bot_comments: false,
  last_donation_notification_at: new Date(0).toISOString(),
  private_messages_enabled: true,
  default_comment_sort_type: "hot",
  auto_mark_fetched_posts_as_read: false,
  hide_posts_with_media: false,
  show_score: true,
  show_upvotes: true,
  show_downvotes: "show",
  show_upvote_percentage: false,
  show_person_votes: false,
  default_items_per_page: 20,
  show_media: true,
};

/**
 * A person of another server as the one who acts, for the parts of operations that carry out what
 * was decided. What the person may do was checked by the rules of federation before.
 */
export function remoteViewer(person: Person): Viewer {
  return {
    person,
    local_user: { ...NO_USER, person_id: person.id },
    banned: false,
    tokenHash: new Uint8Array(),
  };
}
