/**
 * The authorization matrix (design §8): every action of the API by every kind of caller, with the
 * verdict that the specification gives (content §0.2 and the chapters of the actions).
 */
import type { LemmyHttp } from "lemmy-js-client";
import { ENDPOINTS } from "../../lib/api/v4/table.ts";
import { codeOf, idOf, ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { ACCOUNT_ROWS } from "./matrix/account_rows.ts";
import { CONTENT_ROWS } from "./matrix/content_rows.ts";
import { MODERATION_ROWS } from "./matrix/moderation_rows.ts";
import { SITE_ROWS } from "./matrix/site_rows.ts";
import {
  type Action,
  LOGIN,
  nextNumber,
  OK,
  type Role,
  ROLES,
  type Target,
} from "./matrix/verdicts.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

const MATRIX = [
  ...CONTENT_ROWS,
  ...ACCOUNT_ROWS,
  ...MODERATION_ROWS,
  ...SITE_ROWS,
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
        const list = `m_${nextNumber()}`;
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
