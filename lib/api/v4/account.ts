import { z } from "zod";
import { blockInstance } from "../../domain/account/block_instance.ts";
import { deleteAccount } from "../../domain/account/delete.ts";
import { exportData, exportSettings } from "../../domain/account/export.ts";
import { importSettings, settingsFile } from "../../domain/account/import.ts";
import { markDonationShown } from "../../domain/account/donation.ts";
import { readMyUser } from "../../domain/account/read.ts";
import { listSessions } from "../../domain/account/session.ts";
import { saveUserSettings } from "../../domain/account/settings.ts";
import {
  COMMENT_SORTS,
  LIKE_TYPES,
  LISTING_TYPES,
  PERSON_CONTENT_TYPES,
  POST_LISTING_MODES,
  POST_SORTS,
  VOTE_SHOWS,
} from "../../domain/enums.ts";
import { listLiked, listSaved } from "../../domain/person/content.ts";
import { listHidden, listRead } from "../../domain/person/post_marks.ts";
import type { LoginToken } from "../../domain/views.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, int, nothing, page, text } from "./schema.ts";

const blockedInstance = z.object({ instance_id: id, block: flag });

/** `/account` (accounts-and-site §3) */
export const account = {
  getMyUser: endpoint({
    method: "GET",
    path: "/account",
    auth: "user",
    request: nothing,
    handle: ({ ctx }) => readMyUser(ctx),
  }),
  listLogins: endpoint({
    method: "GET",
    path: "/account/login/list",
    auth: "user",
    request: nothing,
    handle: async ({ ctx }) => {
      const sessions = await listSessions(ctx);
      const logins: LoginToken[] = sessions.map(
        ({ id: _id, current: _current, ...login }) => login,
      );
      return { logins };
    },
  }),
  saveUserSettings: endpoint({
    method: "PUT",
    path: "/account/settings/save",
    auth: "user",
    request: z.object({
      show_nsfw: flag,
      blur_nsfw: flag,
      theme: text,
      default_listing_type: z.enum(LISTING_TYPES),
      post_listing_mode: z.enum(POST_LISTING_MODES),
      default_post_sort_type: z.enum(POST_SORTS),
      default_post_time_range_seconds: int,
      default_items_per_page: int,
      default_comment_sort_type: z.enum(COMMENT_SORTS),
      interface_language: text,
      display_name: text,
      email: text,
      bio: text,
      matrix_user_id: text,
      show_avatars: flag,
      show_media: flag,
      send_notifications_to_email: flag,
      bot_account: flag,
      show_bot_accounts: flag,
      show_read_posts: flag,
      discussion_languages: z.array(id),
      blocking_keywords: z.array(text),
      open_links_in_new_tab: flag,
      infinite_scroll_enabled: flag,
      animated_images_enabled: flag,
      private_messages_enabled: flag,
      collapse_bot_comments: flag,
      show_score: flag,
      show_upvotes: flag,
      show_downvotes: z.enum(VOTE_SHOWS),
      show_upvote_percentage: flag,
      auto_mark_fetched_posts_as_read: flag,
      hide_posts_with_media: flag,
      show_person_votes: flag,
    }).partial(),
    handle: async ({ ctx }, input) => {
      await saveUserSettings(ctx, input);
      return SUCCESS;
    },
  }),
  exportUserSettings: endpoint({
    method: "GET",
    path: "/account/settings/export",
    auth: "user",
    bucket: "import_user_settings",
    request: nothing,
    handle: ({ ctx }) => exportSettings(ctx),
  }),
  importUserSettings: endpoint({
    method: "POST",
    path: "/account/settings/import",
    auth: "user",
    bucket: "import_user_settings",
    request: settingsFile,
    handle: async ({ ctx }, input) => {
      await importSettings(ctx, input);
      return SUCCESS;
    },
  }),
  exportUserData: endpoint({
    method: "GET",
    path: "/account/data/export",
    auth: "user",
    bucket: "import_user_settings",
    request: nothing,
    handle: ({ ctx }) => exportData(ctx),
  }),
  deleteAccount: endpoint({
    method: "DELETE",
    path: "/account",
    auth: "user",
    request: z.object({ password: z.string(), delete_content: flag }),
    handle: async ({ ctx }, input) => {
      await deleteAccount(ctx, input);
      return SUCCESS;
    },
  }),
  markDonationDialogShown: endpoint({
    method: "POST",
    path: "/account/donation_dialog_shown",
    auth: "user",
    request: nothing,
    handle: async ({ ctx }) => {
      await markDonationShown(ctx);
      return SUCCESS;
    },
  }),
  listPersonSaved: endpoint({
    method: "GET",
    path: "/account/saved",
    auth: "user",
    request: z.object({
      type_: z.enum(PERSON_CONTENT_TYPES).optional(),
      search_term: text.optional(),
      ...page,
    }),
    handle: ({ ctx }, input) => listSaved(ctx, input),
  }),
  listPersonLiked: endpoint({
    method: "GET",
    path: "/account/liked",
    auth: "user",
    request: z.object({
      type_: z.enum(PERSON_CONTENT_TYPES).optional(),
      like_type: z.enum(LIKE_TYPES).optional(),
      ...page,
    }),
    handle: ({ ctx }, input) => listLiked(ctx, input),
  }),
  listPersonRead: endpoint({
    method: "GET",
    path: "/account/read",
    auth: "user",
    request: z.object(page),
    handle: ({ ctx }, input) => listRead(ctx, input),
  }),
  listPersonHidden: endpoint({
    method: "GET",
    path: "/account/hidden",
    auth: "user",
    request: z.object(page),
    handle: ({ ctx }, input) => listHidden(ctx, input),
  }),
  userBlockInstanceCommunities: endpoint({
    method: "POST",
    path: "/account/block/instance/communities",
    auth: "user",
    request: blockedInstance,
    handle: async ({ ctx }, input) => {
      await blockInstance(ctx, { ...input, what: "communities" });
      return SUCCESS;
    },
  }),
  userBlockInstancePersons: endpoint({
    method: "POST",
    path: "/account/block/instance/persons",
    auth: "user",
    request: blockedInstance,
    handle: async ({ ctx }, input) => {
      await blockInstance(ctx, { ...input, what: "persons" });
      return SUCCESS;
    },
  }),
};
