import { z } from "zod";
import { createComment } from "../../domain/comment/create.ts";
import { deleteComment, editComment } from "../../domain/comment/edit.ts";
import { listComments } from "../../domain/comment/list.ts";
import {
  distinguishComment,
  lockComment,
  removeComment,
  warnComment,
} from "../../domain/comment/moderate.ts";
import { getComment } from "../../domain/comment/read.ts";
import { saveComment } from "../../domain/comment/state.ts";
import { slimComment } from "../../domain/comment/view.ts";
import { COMMENT_SORTS, LISTING_TYPES } from "../../domain/enums.ts";
import { likeComment } from "../../domain/vote/comment.ts";
import { listCommentLikes } from "../../domain/vote/list.ts";
import type { CommentView } from "../../domain/views.ts";
import { endpoint } from "./endpoint.ts";
import { flag, id, int, page, text } from "./schema.ts";

interface CommentResponse {
  comment_view: CommentView;
}

async function answer(view: Promise<CommentView>): Promise<CommentResponse> {
  return { comment_view: await view };
}

const filter = z.object({
  type_: z.enum(LISTING_TYPES),
  sort: z.enum(COMMENT_SORTS),
  time_range_seconds: int,
  max_depth: int,
  community_id: id,
  community_name: text,
  creator_id: id,
  creator_username: text,
  post_id: id,
  parent_id: id,
  search_term: text,
}).partial().extend(page);

/** `/comment` (content §2, §5, §6.4) */
export const comment = {
  createComment: endpoint({
    method: "POST",
    path: "/comment",
    auth: "user",
    bucket: "comment",
    request: z.object({
      content: text,
      post_id: id,
      parent_id: id.optional(),
      language_id: id.optional(),
    }),
    handle: ({ ctx }, input) => answer(createComment(ctx, input)),
  }),
  getComment: endpoint({
    method: "GET",
    path: "/comment",
    auth: "optional",
    request: z.object({ id }),
    handle: ({ ctx }, input) => answer(getComment(ctx, input)),
  }),
  editComment: endpoint({
    method: "PUT",
    path: "/comment",
    auth: "user",
    request: z.object({
      comment_id: id,
      content: text.optional(),
      language_id: id.optional(),
    }),
    handle: ({ ctx }, input) => answer(editComment(ctx, input)),
  }),
  deleteComment: endpoint({
    method: "DELETE",
    path: "/comment",
    auth: "user",
    request: z.object({ comment_id: id, deleted: flag }),
    handle: ({ ctx }, input) => answer(deleteComment(ctx, input)),
  }),
  getComments: endpoint({
    method: "GET",
    path: "/comment/list",
    auth: "optional",
    request: filter,
    handle: ({ ctx }, input) => listComments(ctx, input),
  }),
  getCommentsSlim: endpoint({
    method: "GET",
    path: "/comment/list/slim",
    auth: "optional",
    request: filter,
    handle: async ({ ctx }, input) => {
      const { items, ...cursors } = await listComments(ctx, input);
      return { items: items.map(slimComment), ...cursors };
    },
  }),
  likeComment: endpoint({
    method: "POST",
    path: "/comment/like",
    auth: "user",
    request: z.object({ comment_id: id, is_upvote: flag.optional() }),
    handle: ({ ctx }, input) => answer(likeComment(ctx, input)),
  }),
  listCommentLikes: endpoint({
    method: "GET",
    path: "/comment/like/list",
    auth: "user",
    request: z.object({ comment_id: id, ...page }),
    handle: ({ ctx }, input) => listCommentLikes(ctx, input),
  }),
  saveComment: endpoint({
    method: "PUT",
    path: "/comment/save",
    auth: "user",
    request: z.object({ comment_id: id, save: flag }),
    handle: ({ ctx }, input) => answer(saveComment(ctx, input)),
  }),
  removeComment: endpoint({
    method: "POST",
    path: "/comment/remove",
    auth: "user",
    request: z.object({
      comment_id: id,
      removed: flag,
      reason: text,
      remove_children: flag.optional(),
    }),
    handle: ({ ctx }, input) => answer(removeComment(ctx, input)),
  }),
  lockComment: endpoint({
    method: "POST",
    path: "/comment/lock",
    auth: "user",
    request: z.object({ comment_id: id, locked: flag, reason: text }),
    handle: ({ ctx }, input) => answer(lockComment(ctx, input)),
  }),
  distinguishComment: endpoint({
    method: "POST",
    path: "/comment/distinguish",
    auth: "user",
    request: z.object({ comment_id: id, distinguished: flag }),
    handle: ({ ctx }, input) => answer(distinguishComment(ctx, input)),
  }),
  warnComment: endpoint({
    method: "POST",
    path: "/comment/warn",
    auth: "user",
    request: z.object({ comment_id: id, reason: text }),
    handle: ({ ctx }, input) => answer(warnComment(ctx, input)),
  }),
};
