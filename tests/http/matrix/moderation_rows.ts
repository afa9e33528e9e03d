/** What moderators do, and reports to them. */
import {
  ADMIN_IN_COMMUNITY,
  adminOnly,
  authorOnly,
  EXPELLED,
  LOGIN,
  MODERATOR,
  nextNumber,
  OK,
  PARTICIPANT,
  type Row,
} from "./verdicts.ts";

export const MODERATION_ROWS: Row[] = [
  [
    "createSite",
    (c) => c.createSite({ name: "Again" }),
    adminOnly("already_exists"),
  ],
  ["editSite", (c) => c.editSite({ summary: "changed" }), adminOnly(OK)],
  [
    "removePost",
    (c, { post_id }) => c.removePost({ post_id, removed: true, reason: "" }),
    MODERATOR,
  ],
  [
    "lockPost",
    (c, { post_id }) => c.lockPost({ post_id, locked: true, reason: "" }),
    MODERATOR,
  ],
  [
    "featurePost",
    (c, { post_id }) =>
      c.featurePost({ post_id, featured: true, feature_type: "community" }),
    MODERATOR,
  ],
  [
    "featurePost",
    (c, { post_id }) =>
      c.featurePost({ post_id, featured: true, feature_type: "local" }),
    ADMIN_IN_COMMUNITY,
  ],
  [
    "modEditPost",
    (c, { post_id }) => c.modEditPost({ post_id, nsfw: false }),
    MODERATOR.with(3, EXPELLED),
  ],
  [
    "warnPost",
    (c, { post_id }) => c.warnPost({ post_id, reason: "" }),
    MODERATOR,
  ],
  [
    "removeComment",
    (c, { comment_id }) =>
      c.removeComment({ comment_id, removed: true, reason: "" }),
    MODERATOR,
  ],
  [
    "lockComment",
    (c, { comment_id }) =>
      c.lockComment({ comment_id, locked: true, reason: "" }),
    MODERATOR,
  ],
  [
    "distinguishComment",
    (c, { comment_id }) =>
      c.distinguishComment({ comment_id, distinguished: true }),
    // The author does not moderate, and the moderators did not write it.
    authorOnly("no_comment_edit_allowed").with(4, "not_a_mod_or_admin"),
  ],
  [
    "warnComment",
    (c, { comment_id }) => c.warnComment({ comment_id, reason: "" }),
    MODERATOR,
  ],
  [
    "removeCommunity",
    (c, { community_id }) =>
      c.removeCommunity({ community_id, removed: true, reason: "" }),
    ADMIN_IN_COMMUNITY,
  ],
  [
    "hideCommunity",
    (c, { community_id }) =>
      c.hideCommunity({ community_id, hidden: true, reason: "" }),
    adminOnly(OK),
  ],
  [
    "transferCommunity",
    (c, { community_id, moderator_id }) =>
      c.transferCommunity({ community_id, person_id: moderator_id }),
    MODERATOR.with(5, "not_an_admin"),
  ],
  [
    "addModToCommunity",
    (c, { community_id, person_id }) =>
      c.addModToCommunity({ community_id, person_id, added: true }),
    MODERATOR,
  ],
  [
    "banFromCommunity",
    (c, { community_id, person_id }) =>
      c.banFromCommunity({ community_id, person_id, ban: true, reason: "" }),
    MODERATOR,
  ],
  [
    "banPerson",
    (c, { spare_id }) =>
      c.banPerson({ person_id: spare_id, ban: true, reason: "" }),
    adminOnly(OK),
  ],
  [
    "createPostReport",
    (c, { post_id }) => c.createPostReport({ post_id, reason: "x" }),
    PARTICIPANT,
  ],
  [
    "createCommentReport",
    (c, { comment_id }) => c.createCommentReport({ comment_id, reason: "x" }),
    PARTICIPANT,
  ],
  [
    "createCommunityReport",
    (c, { community_id }) =>
      c.createCommunityReport({ community_id, reason: "x" }),
    PARTICIPANT,
  ],
  [
    "createPrivateMessageReport",
    // Written to somebody else.
    (c, { private_message_id }) =>
      c.createPrivateMessageReport({ private_message_id, reason: "x" }),
    [LOGIN, "site_ban", ...Array(6).fill("couldnt_create")],
  ],
  [
    "resolvePostReport",
    (c, { post_report_id }) =>
      c.resolvePostReport({ report_id: post_report_id, resolved: true }),
    MODERATOR,
  ],
  [
    "resolveCommentReport",
    (c, { comment_report_id }) =>
      c.resolveCommentReport({ report_id: comment_report_id, resolved: true }),
    MODERATOR,
  ],
  [
    "resolveCommunityReport",
    (c, { community_report_id }) =>
      c.resolveCommunityReport({
        report_id: community_report_id,
        resolved: true,
      }),
    adminOnly(OK),
  ],
  [
    "resolvePrivateMessageReport",
    (c, { message_report_id }) =>
      c.resolvePrivateMessageReport({
        report_id: message_report_id,
        resolved: true,
      }),
    adminOnly(OK),
  ],
  [
    "createCommunityTag",
    (c, { community_id }) =>
      c.createCommunityTag({ community_id, name: `tag_${nextNumber()}` }),
    MODERATOR,
  ],
  [
    "editCommunityTag",
    (c, { tag_id }) => c.editCommunityTag({ tag_id, color: "color02" }),
    MODERATOR,
  ],
  [
    "deleteCommunityTag",
    (c, { tag_id }) => c.deleteCommunityTag({ tag_id, delete: true }),
    MODERATOR,
  ],
  [
    "approveCommunityPendingFollow",
    // Nobody asks to join a public community.
    (c, { community_id, person_id }) =>
      c.approveCommunityPendingFollow({
        community_id,
        follower_id: person_id,
        approve: true,
      }),
    MODERATOR.map((verdict) => verdict === OK ? "not_found" : verdict),
  ],
];
