/**
 * The authorization matrix (design §8): every action of the API by every kind of caller, with the
 * verdict that the specification gives (content §0.2 and the chapters of the actions).
 */
import type { LemmyHttp, RequestState } from "lemmy-js-client";
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { callOurs, codeOf, ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { picture } from "../support/pictures.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

/** Callers, as they stand to one community and the items in it. */
const ROLES = [
  "anonymous",
  "banned",
  "stranger",
  "expelled",
  "author",
  "second",
  "top",
  "admin",
] as const;
type Role = typeof ROLES[number];

/** What an action is done to; whoever may do it has items of their own, made for it. */
interface Target {
  community_id: number;
  post_id: number;
  comment_id: number;
  /** Somebody who has nothing to do with it. */
  person_id: number;
  /** Somebody who is not needed any more. */
  spare_id: number;
  /** The second moderator. */
  moderator_id: number;
  /** Of the community. */
  tag_id: number;
  /** The author's. */
  multi_community_id: number;
  /** Reports by somebody else, of the items above. */
  post_report_id: number;
  comment_report_id: number;
  community_report_id: number;
  message_report_id: number;
  instance_id: number;
  /** From the author to somebody who has nothing to do with the community. */
  private_message_id: number;
}

type Action = (
  caller: LemmyHttp,
  target: Target,
) => Promise<RequestState<unknown>>;

const LOGIN = "incorrect_login";
const OK = "success";
const EXPELLED = "person_is_banned_from_community";

/** Verdicts in the order of `ROLES`. */
type Row = [
  name: keyof typeof ENDPOINTS,
  action: Action,
  verdicts: string[],
];

/** Whoever is not banned may do it anywhere. */
const ACTIVE = [LOGIN, "site_ban", OK, OK, OK, OK, OK, OK];
/** Needs no permission beyond an account. */
const ACCOUNT = [LOGIN, OK, OK, OK, OK, OK, OK, OK];
/** Whoever may take part in the community. */
const PARTICIPANT = [LOGIN, "site_ban", OK, EXPELLED, OK, OK, OK, OK];

/** The author alone; moderators and admins no more than strangers. */
const authorOnly = (code: string) => [
  LOGIN,
  "site_ban",
  code,
  EXPELLED,
  OK,
  code,
  code,
  code,
];
const MODERATOR = [
  LOGIN,
  "site_ban",
  "not_a_mod_or_admin",
  "not_a_mod_or_admin",
  "not_a_mod_or_admin",
  OK,
  OK,
  OK,
];
const TOP_MODERATOR = MODERATOR.with(5, "not_top_mod").with(7, "not_top_mod");
/** The author of the post also owns the list of communities. */
const OWNER_OF_LIST = [
  LOGIN,
  "site_ban",
  ...Array(5).fill("multi_community_update_wrong_user"),
  OK,
].with(4, OK);
/** Moderators are told apart from strangers, but only an admin may. */
const ADMIN_IN_COMMUNITY = MODERATOR.with(5, "not_an_admin").with(
  6,
  "not_an_admin",
);
const adminOnly = (verdict: string) => [
  LOGIN,
  "site_ban",
  ...Array(5).fill("not_an_admin"),
  verdict,
];

/** Whoever sent a message; the community it has nothing to do with makes no difference. */
const SENDER = [
  LOGIN,
  "site_ban",
  ...Array(6).fill("edit_private_message_not_allowed"),
].with(4, OK);

let names = 0;
const image = await picture("png");

const MATRIX: Row[] = [
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
    (c) => c.createCommunity({ name: `founded_${names++}` }),
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
  [
    "notePerson",
    (c, { person_id }) => c.notePerson({ person_id, note: "note" }),
    ACTIVE,
  ],
  [
    "blockPerson",
    (c, { person_id }) => c.blockPerson({ person_id, block: true }),
    ACTIVE,
  ],
  [
    "userBlockInstanceCommunities",
    (c, { instance_id }) =>
      c.userBlockInstanceCommunities({ instance_id, block: true }),
    ACTIVE,
  ],
  [
    "userBlockInstancePersons",
    (c, { instance_id }) =>
      c.userBlockInstancePersons({ instance_id, block: true }),
    ACTIVE,
  ],
  [
    "createPrivateMessage",
    (c, { person_id: recipient_id }) =>
      c.createPrivateMessage({ recipient_id, content: "psst" }),
    ACTIVE,
  ],
  [
    "editPrivateMessage",
    (c, { private_message_id }) =>
      c.editPrivateMessage({ private_message_id, content: "other" }),
    SENDER,
  ],
  [
    "deletePrivateMessage",
    (c, { private_message_id }) =>
      c.deletePrivateMessage({ private_message_id, deleted: true }),
    SENDER,
  ],
  [
    "markNotificationAsRead",
    (c) => c.markNotificationAsRead({ notification_id: 1, read: true }),
    ACCOUNT,
  ],
  [
    "markAllNotificationsAsRead",
    (c) => c.markAllNotificationsAsRead(),
    ACCOUNT,
  ],
  [
    "createRegistrationInvitation",
    (c) => c.createRegistrationInvitation({ max_uses: 1 }),
    ACCOUNT,
  ],
  [
    "revokeRegistrationInvitation",
    // Somebody else's, which not even admins may take back.
    (c) => c.revokeRegistrationInvitation({ token: "bystander" }),
    [LOGIN, ...Array(7).fill("invalid_invite_token")],
  ],
  [
    "approveRegistrationApplication",
    (c) => c.approveRegistrationApplication({ id: 999_999, approve: true }),
    adminOnly("couldnt_update"),
  ],
  ["generateTotpSecret", (c) => c.generateTotpSecret(), ACTIVE],
  [
    "editTotp",
    async (c) => {
      await c.generateTotpSecret();
      return await c.editTotp({ totp_token: "wrong", enabled: true });
    },
    [LOGIN, "site_ban", ...Array(6).fill("incorrect_totp_token")],
  ],
  [
    "createOAuthProvider",
    (c) =>
      c.createOAuthProvider({
        display_name: "Provider",
        issuer: "https://oidc.example",
        authorization_endpoint: "https://oidc.example/auth",
        token_endpoint: "https://oidc.example/token",
        userinfo_endpoint: "https://oidc.example/me",
        id_claim: "sub",
        client_id: "tundra",
        client_secret: "secret",
        scopes: "openid",
      }),
    adminOnly(OK),
  ],
  [
    "editOAuthProvider",
    (c) => c.editOAuthProvider({ id: 999_999, scopes: "openid" }),
    adminOnly("couldnt_update"),
  ],
  [
    "deleteOAuthProvider",
    (c) => c.deleteOAuthProvider({ id: 999_999 }),
    adminOnly(OK),
  ],
  ["importUserSettings", (c) => c.importUserSettings({} as never), ACTIVE],
  [
    "deleteAccount",
    // A wrong password: a right one would end the caller.
    (c) => c.deleteAccount({ password: "wrong", delete_content: false }),
    Array(8).fill(LOGIN),
  ],
  ["markDonationDialogShown", (c) => c.markDonationDialogShown(), ACCOUNT],
  ["saveUserSettings", (c) => c.saveUserSettings({ theme: "dark" }), ACTIVE],
  [
    "changePassword",
    // A wrong old password: a right one would end the caller's session.
    (c) =>
      c.changePassword({
        old_password: "wrong",
        new_password: "a long new word",
        new_password_verify: "a long new word",
      }),
    [LOGIN, "site_ban", ...Array(6).fill(LOGIN)],
  ],
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
      c.createCommunityTag({ community_id, name: `tag_${names++}` }),
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
  [
    "createMultiCommunity",
    (c) => c.createMultiCommunity({ name: `list_${names++}` }),
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
        shortcode: `robin${names++}`,
        image_url: `https://example.org/${names}.png`,
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

/** Actions without a role to tell apart: whoever has the password or the session. */
const WITHOUT_ROLE = [
  "register",
  "login",
  "logout",
  "resetPassword",
  "changePasswordAfterReset",
  "verifyEmail",
  "resendVerificationEmail",
  "authenticateWithOAuth",
];

test("every action has one verdict for every kind of caller", async (t) => {
  const server = await startSite();
  try {
    const cast = await castRoles(server);
    const nobodys = await cast.makeTargets(1);
    for (const [name, action, verdicts] of MATRIX) {
      const allowed = verdicts.filter((verdict) => verdict === OK).length;
      // An action that names no second parameter is done to nothing.
      const targets = action.length < 2
        ? nobodys
        : await cast.makeTargets(allowed + 1);
      const refused = targets.at(-1)!;
      const own = targets.slice(0, -1);
      for (const [index, role] of ROLES.entries()) {
        const target = verdicts[index] === OK ? own.pop() ?? refused : refused;
        const verdict = await codeOf(action(cast.callers[role], target));
        t.equal(verdict, verdicts[index], `${name} by ${role}`);
      }
    }
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("every action stands in the matrix", (t) => {
  const covered = new Set<string>(MATRIX.map(([name]) => name));
  const missing = Object.entries(ENDPOINTS)
    .filter(([, { method }]) => method !== "GET")
    .map(([name]) => name)
    .filter((name) => !covered.has(name) && !WITHOUT_ROLE.includes(name));
  t.equal(missing, []);
});

test("a private community is its members', moderators' and admins' to read, its members' to write", async (t) => {
  const server = await startSite();
  try {
    const cast = await castRoles(server);
    const { callers } = cast;
    const { sql } = server.database;
    const [target] = await cast.makeTargets(1);
    const { community_id, post_id, comment_id } = target;
    await ok(
      callers.top.editCommunity({ community_id, visibility: "private" }),
    );
    await ok(callers.stranger.followCommunity({ community_id, follow: true }));
    await ok(callers.author.followCommunity({ community_id, follow: true }));
    await sql`update community_actions set follow_state = 'accepted'
      where community_id = ${community_id} and person_id = ${await idOf(
      callers.author,
    )}`;
    const read: Action[] = [
      (c) => c.getPost({ id: post_id }),
      (c) => c.getComment({ id: comment_id }),
    ];
    const write: Action[] = [
      (c) => c.createPost({ name: "Within", community_id }),
      (c) => c.createComment({ post_id, content: "within" }),
      (c) => c.likePost({ post_id, is_upvote: true }),
      (c) => c.likeComment({ comment_id, is_upvote: true }),
      (c) => c.createPostReport({ post_id, reason: "x" }),
      (c) => c.createCommentReport({ comment_id, reason: "x" }),
      (c) => c.createCommunityReport({ community_id, reason: "x" }),
    ];
    const reason = "";
    const moderate: Action[] = [
      (c) => c.lockPost({ post_id, locked: false, reason }),
      (c) => c.warnPost({ post_id, reason }),
      (c) => c.lockComment({ comment_id, locked: false, reason }),
      (c) => c.warnComment({ comment_id, reason }),
    ];
    // "stranger" has asked to join, "author" is a member, "second" moderates without following.
    const verdicts: [Role, string, string, string][] = [
      ["anonymous", "not_found", LOGIN, LOGIN],
      ["stranger", "not_found", "not_found", "not_found"],
      ["author", OK, OK, "not_a_mod_or_admin"],
      ["second", OK, "not_found", OK],
      ["top", OK, OK, OK],
      ["admin", OK, "not_found", OK],
    ];
    for (const [role, reading, writing, moderating] of verdicts) {
      for (const action of read) {
        t.equal(
          await codeOf(action(callers[role], target)),
          reading,
          `${role} reads`,
        );
      }
      for (const action of write) {
        t.equal(
          await codeOf(action(callers[role], target)),
          writing,
          `${role} writes`,
        );
      }
      for (const action of moderate) {
        t.equal(
          await codeOf(action(callers[role], target)),
          moderating,
          `${role} moderates`,
        );
      }
      // It takes both: to belong there and to moderate.
      const edits = moderating === OK ? writing : moderating;
      t.equal(
        await codeOf(callers[role].modEditPost({ post_id, nsfw: false })),
        edits,
        `${role} edits as a moderator`,
      );
    }
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

async function idOf(caller: LemmyHttp): Promise<number> {
  return (await ok(caller.getMyUser())).local_user_view.person.id;
}

/** Makes the callers, and a maker of communities with items in which each has its role. */
async function castRoles(server: Site): Promise<{
  callers: Record<Role, LemmyHttp>;
  makeTargets(count: number): Promise<Target[]>;
}> {
  const { sql } = server.database;
  const callers = { anonymous: server.client(), admin: server.admin } as Record<
    Role,
    LemmyHttp
  >;
  for (const role of ROLES) {
    callers[role] ??= server.client(await server.signUp(role));
  }
  await server.signUp("bystander");
  const { person_view } = await ok(
    callers.top.getPersonDetails({ username: "bystander" }),
  );
  await sql`insert into instance_actions (person_id, instance_id, received_ban_at)
    select id, instance_id, now() from person where name = 'banned'`;
  await sql`insert into local_user_invite (token, local_user_id)
    select p.name, u.id from local_user u join person p on p.id = u.person_id
    where p.name = 'bystander'`;
  const [{ id: instance_id }] = await sql<[{ id: number }]>`
    insert into instance (domain) values ('far.example') returning id`;
  const moderator_id = await idOf(callers.second);
  const spare_id = await idOf(server.client(await server.signUp("spare")));
  let made = 0;
  return {
    callers,
    async makeTargets(count) {
      const { community_view } = await ok(
        callers.top.createCommunity({ name: `c_${made++}` }),
      );
      const community_id = community_view.community.id;
      await sql`insert into community_actions (person_id, community_id, received_ban_at)
        select id, ${community_id}, now() from person where name = 'expelled'`;
      await sql`insert into community_actions (person_id, community_id, became_moderator_at)
        select id, ${community_id}, now() from person where name = 'second'`;
      const [{ id: tag_id }] = await sql<[{ id: number }]>`
        insert into community_tag (ap_id, name, community_id)
        values (${`https://x/${community_id}`}, 'tag', ${community_id}) returning id`;
      const [{ id: community_report_id }] = await sql<[{ id: number }]>`
        insert into report (type_, creator_id, community_id, reason)
        values ('community', ${person_view.person.id}, ${community_id}, 'x') returning id`;
      return await Promise.all(Array.from({ length: count }, async () => {
        const { post_view } = await ok(
          callers.author.createPost({ name: "The author's", community_id }),
        );
        const post_id = post_view.post.id;
        const { comment_view } = await ok(
          callers.author.createComment({ post_id, content: "mine" }),
        );
        const recipient_id = person_view.person.id;
        const { private_message_view } = await ok(
          callers.author.createPrivateMessage({ recipient_id, content: "hi" }),
        );
        const comment_id = comment_view.comment.id;
        const private_message_id = private_message_view.private_message.id;
        const [item, answer, message] = await sql<{ id: number }[]>`
          insert into report (type_, creator_id, community_id, post_id, comment_id,
            private_message_id, reason)
          values ('post', ${recipient_id}, ${community_id}, ${post_id}, null, null, 'x'),
            ('comment', ${recipient_id}, ${community_id}, ${post_id}, ${comment_id}, null, 'x'),
            ('private_message', ${recipient_id}, null, null, null, ${private_message_id}, 'x')
          returning id`;
        const list = `m_${names++}`;
        const [{ id: multi_community_id }] = await sql<[{ id: number }]>`
          insert into multi_community
            (creator_id, instance_id, name, ap_id, public_key, inbox_url, following_url)
          select id, instance_id, ${list}, ${`https://x/m/${list}`}, 'key', 'https://x', 'https://x'
          from person where name = 'author' returning id`;
        return {
          community_id,
          post_id,
          comment_id,
          multi_community_id,
          person_id: recipient_id,
          spare_id,
          moderator_id,
          instance_id,
          tag_id,
          private_message_id,
          post_report_id: item.id,
          comment_report_id: answer.id,
          community_report_id,
          message_report_id: message.id,
        };
      }));
    },
  };
}
