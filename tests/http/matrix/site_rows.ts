/** Lists of communities, other servers, and what admins do. */
import { callOurs } from "../../clients/api_server.ts";
import { picture } from "../../support/pictures.ts";
import {
  ACCOUNT,
  ACTIVE,
  adminOnly,
  LOGIN,
  MODERATOR,
  nextNumber,
  OK,
  OWNER_OF_LIST,
  type Row,
} from "./verdicts.ts";

const image = await picture("png");

export const SITE_ROWS: Row[] = [
  [
    "createMultiCommunity",
    (c) => c.createMultiCommunity({ name: `list_${nextNumber()}` }),
    ACTIVE,
  ],
  [
    "editMultiCommunity",
    (c, { multi_community_id }) =>
      c.editMultiCommunity({ id: multi_community_id, summary: "x" }),
    OWNER_OF_LIST,
  ],
  [
    "createMultiCommunityEntry",
    (c, { multi_community_id, community_id }) =>
      c.createMultiCommunityEntry({ id: multi_community_id, community_id }),
    OWNER_OF_LIST,
  ],
  [
    "deleteMultiCommunityEntry",
    (c, { multi_community_id, community_id }) =>
      c.deleteMultiCommunityEntry({ id: multi_community_id, community_id }),
    OWNER_OF_LIST,
  ],
  [
    "followMultiCommunity",
    (c, { multi_community_id }) =>
      c.followMultiCommunity({ multi_community_id, follow: true }),
    ACTIVE,
  ],
  [
    "adminBlockInstance",
    (c) =>
      c.adminBlockInstance({
        instance: "blocked.example",
        block: false,
        reason: "",
      }),
    adminOnly(OK),
  ],
  [
    "adminAllowInstance",
    (c) =>
      c.adminAllowInstance({
        instance: "allowed.example",
        allow: false,
        reason: "",
      }),
    adminOnly(OK),
  ],
  [
    "listFederationQueues",
    (c) => callOurs(c, "GET", "/admin/federation/queue"),
    adminOnly(OK),
  ],
  [
    "pauseFederationQueue",
    (c, { instance_id }) =>
      callOurs(c, "POST", "/admin/federation/queue/pause", {
        instance_id,
        pause: true,
      }),
    adminOnly(OK),
  ],
  [
    "listReceivedActivities",
    (c) => callOurs(c, "GET", "/admin/federation/inbox", { state: "failed" }),
    adminOnly(OK),
  ],
  [
    "retryReceivedActivity",
    (c) => callOurs(c, "POST", "/admin/federation/inbox/retry", { id: 1 }),
    adminOnly("not_found"),
  ],
  [
    "discardReceivedActivity",
    (c) => callOurs(c, "POST", "/admin/federation/inbox/discard", { id: 1 }),
    adminOnly("not_found"),
  ],
  [
    "listUnsentEvents",
    (c) => callOurs(c, "GET", "/admin/federation/outbox"),
    adminOnly(OK),
  ],
  [
    "retryUnsentEvent",
    (c) => callOurs(c, "POST", "/admin/federation/outbox/retry", { id: 1 }),
    adminOnly("not_found"),
  ],
  [
    "discardUnsentEvent",
    (c) => callOurs(c, "POST", "/admin/federation/outbox/discard", { id: 1 }),
    adminOnly("not_found"),
  ],
  ["adminListUsers", (c) => c.adminListUsers({}), adminOnly(OK)],
  [
    "purgeComment",
    (c, { comment_id }) => c.purgeComment({ comment_id, reason: "" }),
    adminOnly(OK),
  ],
  [
    "purgePost",
    (c, { post_id }) => c.purgePost({ post_id, reason: "" }),
    adminOnly(OK),
  ],
  [
    "purgeCommunity",
    (c, { community_id }) => c.purgeCommunity({ community_id, reason: "" }),
    adminOnly(OK),
  ],
  ["leaveAdmin", (c) => c.leaveAdmin(), adminOnly("cannot_leave_admin")],
  [
    "addAdmin",
    (c, { spare_id }) => c.addAdmin({ person_id: spare_id, added: true }),
    adminOnly(OK),
  ],
  [
    "purgePerson",
    (c, { spare_id }) => c.purgePerson({ person_id: spare_id, reason: "" }),
    adminOnly(OK),
  ],
  [
    "createTagline",
    (c) => c.createTagline({ content: "A line" }),
    adminOnly(OK),
  ],
  [
    "editTagline",
    (c) => c.editTagline({ id: 999_999, content: "A line" }),
    adminOnly("couldnt_update"),
  ],
  ["deleteTagline", (c) => c.deleteTagline({ id: 999_999 }), adminOnly(OK)],
  [
    "createCustomEmoji",
    (c) =>
      c.createCustomEmoji({
        category: "birds",
        shortcode: `robin${nextNumber()}`,
        image_url: `https://example.org/${nextNumber()}.png`,
        alt_text: "a robin",
        keywords: [],
      }),
    adminOnly(OK),
  ],
  [
    "editCustomEmoji",
    (c) => c.editCustomEmoji({ id: 999_999, category: "others" }),
    adminOnly("couldnt_update"),
  ],
  [
    "deleteCustomEmoji",
    (c) => c.deleteCustomEmoji({ id: 999_999 }),
    adminOnly(OK),
  ],
  ["uploadImage", (c) => c.uploadImage({ image }), ACCOUNT],
  ["uploadUserAvatar", (c) => c.uploadUserAvatar({ image }), ACCOUNT],
  ["deleteUserAvatar", (c) => c.deleteUserAvatar(), ACCOUNT],
  ["uploadUserBanner", (c) => c.uploadUserBanner({ image }), ACCOUNT],
  ["deleteUserBanner", (c) => c.deleteUserBanner(), ACCOUNT],
  [
    "deleteMedia",
    (c) => c.deleteMedia({ filename: "somebody-elses.png" }),
    [LOGIN, ...Array(7).fill("not_found")],
  ],
  [
    "adminDeleteMedia",
    (c) => c.adminDeleteMedia({ filename: "nobodys.png" }),
    adminOnly("unknown"),
  ],
  [
    "uploadCommunityIcon",
    (c, { community_id }) =>
      c.uploadCommunityIcon({ id: community_id }, { image }),
    MODERATOR,
  ],
  [
    "deleteCommunityIcon",
    (c, { community_id }) => c.deleteCommunityIcon({ id: community_id }),
    MODERATOR,
  ],
  [
    "uploadCommunityBanner",
    (c, { community_id }) =>
      c.uploadCommunityBanner({ id: community_id }, { image }),
    MODERATOR,
  ],
  [
    "deleteCommunityBanner",
    (c, { community_id }) => c.deleteCommunityBanner({ id: community_id }),
    MODERATOR,
  ],
  ["uploadSiteIcon", (c) => c.uploadSiteIcon({ image }), adminOnly(OK)],
  ["deleteSiteIcon", (c) => c.deleteSiteIcon(), adminOnly(OK)],
  ["uploadSiteBanner", (c) => c.uploadSiteBanner({ image }), adminOnly(OK)],
  ["deleteSiteBanner", (c) => c.deleteSiteBanner(), adminOnly(OK)],
];
