/** Posts, comments, communities: what their readers and authors do. */
import {
  ACCOUNT,
  ACTIVE,
  authorOnly,
  MODERATOR,
  nextNumber,
  PARTICIPANT,
  type Row,
  TOP_MODERATOR,
} from "./verdicts.ts";

export const CONTENT_ROWS: Row[] = [
  [
    "createPost",
    (c, { community_id }) => c.createPost({ name: "A new post", community_id }),
    PARTICIPANT,
  ],
  [
    "editPost",
    (c, { post_id }) => c.editPost({ post_id, name: "Other words" }),
    authorOnly("no_post_edit_allowed"),
  ],
  [
    "deletePost",
    (c, { post_id }) => c.deletePost({ post_id, deleted: true }),
    authorOnly("no_post_edit_allowed"),
  ],
  [
    "likePost",
    (c, { post_id }) => c.likePost({ post_id, is_upvote: false }),
    PARTICIPANT,
  ],
  [
    "listPostLikes",
    (c, { post_id }) => c.listPostLikes({ post_id }),
    MODERATOR,
  ],
  ["savePost", (c, { post_id }) => c.savePost({ post_id, save: true }), ACTIVE],
  ["hidePost", (c, { post_id }) => c.hidePost({ post_id, hide: true }), ACTIVE],
  [
    "markPostAsRead",
    (c, { post_id }) => c.markPostAsRead({ post_id, read: true }),
    ACCOUNT,
  ],
  [
    "markManyPostsAsRead",
    (c, { post_id }) =>
      c.markManyPostsAsRead({ post_ids: [post_id], read: true }),
    ACCOUNT,
  ],
  [
    "editPostNotifications",
    (c, { post_id }) => c.editPostNotifications({ post_id, mode: "mute" }),
    ACCOUNT,
  ],
  [
    "createComment",
    (c, { post_id }) => c.createComment({ post_id, content: "text" }),
    PARTICIPANT,
  ],
  [
    "editComment",
    (c, { comment_id }) => c.editComment({ comment_id, content: "other" }),
    authorOnly("no_comment_edit_allowed"),
  ],
  [
    "deleteComment",
    (c, { comment_id }) => c.deleteComment({ comment_id, deleted: true }),
    authorOnly("no_comment_edit_allowed"),
  ],
  [
    "likeComment",
    (c, { comment_id }) => c.likeComment({ comment_id, is_upvote: true }),
    PARTICIPANT,
  ],
  [
    "listCommentLikes",
    (c, { comment_id }) => c.listCommentLikes({ comment_id }),
    MODERATOR,
  ],
  [
    "saveComment",
    (c, { comment_id }) => c.saveComment({ comment_id, save: true }),
    ACTIVE,
  ],
  [
    "createCommunity",
    (c) => c.createCommunity({ name: `founded_${nextNumber()}` }),
    ACTIVE,
  ],
  [
    "editCommunity",
    (c, { community_id }) => c.editCommunity({ community_id, title: "Title" }),
    MODERATOR,
  ],
  [
    "deleteCommunity",
    (c, { community_id }) => c.deleteCommunity({ community_id, deleted: true }),
    TOP_MODERATOR,
  ],
  [
    "followCommunity",
    (c, { community_id }) => c.followCommunity({ community_id, follow: true }),
    PARTICIPANT,
  ],
  [
    "blockCommunity",
    (c, { community_id }) => c.blockCommunity({ community_id, block: true }),
    ACTIVE,
  ],
  [
    "editCommunityNotifications",
    (c, { community_id }) =>
      c.editCommunityNotifications({ community_id, mode: "mute" }),
    ACCOUNT,
  ],
];
