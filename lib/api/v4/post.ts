import { z } from "zod";
import {
  LISTING_TYPES,
  POST_FEATURE_TYPES,
  POST_SORTS,
} from "../../domain/enums.ts";
import { getSiteMetadata } from "../../domain/link/metadata.ts";
import { createPost } from "../../domain/post/create.ts";
import { deletePost, editPost } from "../../domain/post/edit.ts";
import { listPosts } from "../../domain/post/list.ts";
import {
  featurePost,
  lockPost,
  modEditPost,
  removePost,
  warnPost,
} from "../../domain/post/moderate.ts";
import { getPost } from "../../domain/post/read.ts";
import {
  hidePost,
  markManyPostsAsRead,
  markPostAsRead,
  savePost,
  setPostNotifications,
} from "../../domain/post/state.ts";
import { listPostLikes } from "../../domain/vote/list.ts";
import { likePost } from "../../domain/vote/post.ts";
import type { PostView } from "../../domain/views.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, id, int, page, text, unixTime } from "./schema.ts";

interface PostResponse {
  post_view: PostView;
}

async function answer(view: Promise<PostView>): Promise<PostResponse> {
  return { post_view: await view };
}

const fields = {
  url: text.optional(),
  body: text.optional(),
  alt_text: text.optional(),
  nsfw: flag.optional(),
  language_id: id.optional(),
  custom_thumbnail: text.optional(),
  tags: z.array(id).optional(),
  scheduled_publish_time_at: unixTime.optional(),
};

/** `/post` (content §1, §5, §6.2) */
export const post = {
  createPost: endpoint({
    method: "POST",
    path: "/post",
    auth: "user",
    bucket: "post",
    request: z.object({
      name: text,
      community_id: id,
      honeypot: text.optional(),
      ...fields,
    }),
    handle: ({ ctx }, input) => answer(createPost(ctx, input)),
  }),
  getPost: endpoint({
    method: "GET",
    path: "/post",
    auth: "optional",
    request: z.object({ id, comment_id: id }).partial(),
    handle: ({ ctx }, input) => getPost(ctx, input),
  }),
  editPost: endpoint({
    method: "PUT",
    path: "/post",
    auth: "user",
    request: z.object({ post_id: id, name: text.optional(), ...fields }),
    handle: ({ ctx }, input) => answer(editPost(ctx, input)),
  }),
  deletePost: endpoint({
    method: "DELETE",
    path: "/post",
    auth: "user",
    request: z.object({ post_id: id, deleted: flag }),
    handle: ({ ctx }, input) => answer(deletePost(ctx, input)),
  }),
  getPosts: endpoint({
    method: "GET",
    path: "/post/list",
    auth: "optional",
    request: z.object({
      type_: z.enum(LISTING_TYPES),
      sort: z.enum(POST_SORTS),
      time_range_seconds: int,
      community_id: id,
      community_name: text,
      creator_id: id,
      creator_username: text,
      multi_community_id: id,
      multi_community_name: text,
      show_hidden: flag,
      show_read: flag,
      show_nsfw: flag,
      hide_posts_with_media: flag,
      mark_as_read: flag,
      no_comments_only: flag,
      search_term: text,
      search_title_only: flag,
      search_url_only: flag,
      tag_id: id,
    }).partial().extend(page),
    handle: ({ ctx }, input) => listPosts(ctx, input),
  }),
  getSiteMetadata: endpoint({
    method: "GET",
    path: "/post/site_metadata",
    auth: "user",
    bucket: "search",
    request: z.object({ url: text }),
    handle: ({ ctx }, input) => getSiteMetadata(ctx, input),
  }),
  likePost: endpoint({
    method: "POST",
    path: "/post/like",
    auth: "user",
    request: z.object({ post_id: id, is_upvote: flag.optional() }),
    handle: ({ ctx }, input) => answer(likePost(ctx, input)),
  }),
  listPostLikes: endpoint({
    method: "GET",
    path: "/post/like/list",
    auth: "user",
    request: z.object({ post_id: id, ...page }),
    handle: ({ ctx }, input) => listPostLikes(ctx, input),
  }),
  savePost: endpoint({
    method: "PUT",
    path: "/post/save",
    auth: "user",
    request: z.object({ post_id: id, save: flag }),
    handle: ({ ctx }, input) => answer(savePost(ctx, input)),
  }),
  hidePost: endpoint({
    method: "POST",
    path: "/post/hide",
    auth: "user",
    request: z.object({ post_id: id, hide: flag }),
    handle: ({ ctx }, input) => answer(hidePost(ctx, input)),
  }),
  markPostAsRead: endpoint({
    method: "POST",
    path: "/post/mark_as_read",
    auth: "user",
    request: z.object({ post_id: id, read: flag }),
    handle: ({ ctx }, input) => answer(markPostAsRead(ctx, input)),
  }),
  markManyPostsAsRead: endpoint({
    method: "POST",
    path: "/post/mark_as_read/many",
    auth: "user",
    request: z.object({ post_ids: z.array(id), read: flag }),
    handle: async ({ ctx }, input) => {
      await markManyPostsAsRead(ctx, input);
      return SUCCESS;
    },
  }),
  editPostNotifications: endpoint({
    method: "PUT",
    path: "/post/notifications",
    auth: "user",
    request: z.object({
      post_id: id,
      mode: z.enum(["all_comments", "replies_and_mentions", "mute"]),
    }),
    handle: async ({ ctx }, input) => {
      await setPostNotifications(ctx, input);
      return SUCCESS;
    },
  }),
  removePost: endpoint({
    method: "POST",
    path: "/post/remove",
    auth: "user",
    request: z.object({
      post_id: id,
      removed: flag,
      reason: text,
      remove_children: flag.optional(),
    }),
    handle: ({ ctx }, input) => answer(removePost(ctx, input)),
  }),
  lockPost: endpoint({
    method: "POST",
    path: "/post/lock",
    auth: "user",
    request: z.object({ post_id: id, locked: flag, reason: text }),
    handle: ({ ctx }, input) => answer(lockPost(ctx, input)),
  }),
  featurePost: endpoint({
    method: "POST",
    path: "/post/feature",
    auth: "user",
    request: z.object({
      post_id: id,
      featured: flag,
      feature_type: z.enum(POST_FEATURE_TYPES),
    }),
    handle: ({ ctx }, input) => answer(featurePost(ctx, input)),
  }),
  modEditPost: endpoint({
    method: "PUT",
    path: "/post/mod_edit",
    auth: "user",
    request: z.object({
      post_id: id,
      nsfw: flag.optional(),
      tags: z.array(id).optional(),
    }),
    handle: ({ ctx }, input) => answer(modEditPost(ctx, input)),
  }),
  warnPost: endpoint({
    method: "POST",
    path: "/post/warn",
    auth: "user",
    request: z.object({ post_id: id, reason: text }),
    handle: ({ ctx }, input) => answer(warnPost(ctx, input)),
  }),
};
