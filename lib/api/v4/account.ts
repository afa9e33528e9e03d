import { z } from "zod";
import { blockInstance } from "../../domain/account/block_instance.ts";
import { login } from "../../domain/account/login.ts";
import { changePassword } from "../../domain/account/password.ts";
import { readMyUser } from "../../domain/account/read.ts";
import { register } from "../../domain/account/register.ts";
import {
  findSession,
  listSessions,
  logout,
} from "../../domain/account/session.ts";
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
import { LemmyError } from "../../domain/errors.ts";
import { listLiked, listSaved } from "../../domain/person/content.ts";
import { listHidden, listRead } from "../../domain/person/post_marks.ts";
import type { LoginToken } from "../../domain/views.ts";
import { endSessionCookie } from "../../http/cookies.ts";
import { sessionToken } from "../../http/request_kind.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, int, nothing, page, text } from "./schema.ts";

/** Answer of everything that may start a session (accounts-and-site §2.2). */
interface LoginResponse {
  jwt?: string;
  registration_created: boolean;
  verify_email_sent: boolean;
}

function signedIn(jwt: string): LoginResponse {
  return { jwt, registration_created: false, verify_email_sent: false };
}

const blockedInstance = z.object({ instance_id: id, block: flag });

/** `/account/auth` (accounts-and-site §2) */
const auth = {
  register: endpoint({
    method: "POST",
    path: "/account/auth/register",
    auth: "none",
    bucket: "register",
    request: z.object({
      username: text,
      password: z.string(),
      password_verify: z.string(),
      email: text.optional(),
      show_nsfw: flag.optional(),
      captcha_uuid: text.optional(),
      captcha_answer: text.optional(),
      honeypot: text.optional(),
      answer: text.optional(),
      stay_logged_in: flag.optional(),
      token: text.optional(),
    }),
    handle: ({ ctx, state }, input): Promise<LoginResponse> =>
      register(ctx, input, state.client),
  }),
  login: endpoint({
    method: "POST",
    path: "/account/auth/login",
    auth: "none",
    bucket: "register",
    request: z.object({
      username_or_email: text,
      password: z.string(),
      totp_2fa_token: text.optional(),
      stay_logged_in: flag.optional(),
    }),
    handle: async ({ ctx, state }, input) =>
      signedIn(await login(ctx, input, state.client)),
  }),
  logout: endpoint({
    method: "POST",
    path: "/account/auth/logout",
    auth: "user",
    bucket: "register",
    request: nothing,
    handle: async ({ ctx, headers }) => {
      await logout(ctx);
      headers.append("set-cookie", endSessionCookie(ctx.config));
      return SUCCESS;
    },
  }),
  changePassword: endpoint({
    method: "PUT",
    path: "/account/auth/change_password",
    auth: "user",
    bucket: "register",
    request: z.object({
      old_password: z.string(),
      new_password: z.string(),
      new_password_verify: z.string(),
      stay_logged_in: flag.optional(),
    }),
    handle: async ({ ctx, state }, input) =>
      signedIn(await changePassword(ctx, input, state.client)),
  }),
  getCaptcha: endpoint({
    method: "GET",
    path: "/account/auth/get_captcha",
    auth: "none",
    request: nothing,
    // No captcha is active, as `captcha_enabled` of `GET /site` says.
    handle: ({ headers }) => {
      headers.set("cache-control", "no-store");
      return Promise.resolve({});
    },
  }),
  validateAuth: endpoint({
    method: "GET",
    path: "/account/validate_auth",
    auth: "none",
    request: nothing,
    handle: async ({ ctx, request }) => {
      const token = sessionToken(request.headers)?.token;
      const found = token
        ? await findSession(ctx.db, ctx.site, token)
        : "not_logged_in";
      if (typeof found === "string") throw new LemmyError(found);
      return SUCCESS;
    },
  }),
};

/** `/account` (accounts-and-site §3) */
export const account = {
  ...auth,
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
