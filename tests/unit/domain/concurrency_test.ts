import { bcrypt } from "hash-wasm";
import { type Assertions, test } from "../../harness.ts";
import { makeCommunity, PASSWORD } from "../../support/domain.ts";
import { until } from "../../support/until.ts";
import { makePost, outcome, sharedSite, sql } from "./support.ts";
import { deleteAccount } from "../../../lib/domain/account/delete.ts";
import { login } from "../../../lib/domain/account/login.ts";
import { changePassword } from "../../../lib/domain/account/password.ts";
import { register } from "../../../lib/domain/account/register.ts";
import { listSessions } from "../../../lib/domain/account/session.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { deleteComment } from "../../../lib/domain/comment/edit.ts";
import { createCommunity } from "../../../lib/domain/community/create.ts";
import { followCommunity } from "../../../lib/domain/community/follow.ts";
import { getCommunity } from "../../../lib/domain/community/view.ts";
import { deletePost } from "../../../lib/domain/post/edit.ts";
import { getPost } from "../../../lib/domain/post/read.ts";
import { createSite } from "../../../lib/domain/site/edit.ts";
import { savePost } from "../../../lib/domain/post/state.ts";
import { likeComment } from "../../../lib/domain/vote/comment.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";
import { foldDeltas } from "../../../lib/jobs/fold_deltas.ts";

const shared = sharedSite();

test("votes of several people and of one person at once are all counted once", async (t: Assertions) => {
  const site = await shared();
  const people = [
    await site.signUp("ann"),
    await site.signUp("bea"),
    await site.signUp("cid"),
  ];
  const community = await makeCommunity(site.admin, "rush");
  const post_id = await makePost(site.admin, community);
  const { comment } = await createComment(site.admin, {
    content: "c",
    post_id,
  });
  const comment_id = comment.id;
  await Promise.all(people.flatMap((ctx) => [
    likePost(ctx, { post_id, is_upvote: true }),
    likePost(ctx, { post_id, is_upvote: true }),
    likeComment(ctx, { comment_id, is_upvote: false }),
    likeComment(ctx, { comment_id, is_upvote: false }),
  ]));
  const { post_view } = await getPost(people[0], { id: post_id });
  t.equal([post_view.post.upvotes, post_view.post.downvotes], [4, 0]);
  t.equal(
    [
      post_view.person_actions?.upvotes,
      post_view.person_actions?.downvotes,
    ],
    [1, 1],
    "the double submit counts once in the totals given to the author",
  );
});

test("one person's vote, comment, save and another's deletion at once end well", async (t: Assertions) => {
  const site = await shared();
  const dot = await site.signUp("dot");
  const eli = await site.signUp("eli");
  const community = await makeCommunity(site.admin, "mixed");
  for (let round = 0; round < 12; round++) {
    const post_id = await makePost(eli, community);
    const outcomes = await Promise.all([
      outcome(createComment(dot, { content: "c", post_id })),
      outcome(likePost(dot, { post_id, is_upvote: round % 2 === 0 })),
      outcome(savePost(dot, { post_id, save: true })),
      outcome(deletePost(eli, { post_id, deleted: true })),
      outcome(likePost(site.admin, { post_id, is_upvote: true })),
    ]);
    for (const code of outcomes) {
      t.ok(["ok", "deleted", "not_found"].includes(code), code);
    }
  }
  const wrong = await sql(
    site,
    `select p.id from post p where comments <> (select count(*) from comment where post_id = p.id)
       or score <> (select coalesce(sum(case when vote_is_upvote then 1 else -1 end), 0)
         from post_actions where post_id = p.id and voted_at is not null)`,
  );
  t.equal(wrong, []);
});

test("sixteen comments in one thread are all written and counted", async (t: Assertions) => {
  const site = await shared();
  const fox = await site.signUp("fox");
  const community = await makeCommunity(site.admin, "busy");
  const post_id = await makePost(site.admin, community);
  const root = await createComment(fox, { content: "root", post_id });
  const branch = await createComment(site.admin, {
    content: "branch",
    post_id,
    parent_id: root.comment.id,
  });
  await Promise.all(
    Array.from(
      { length: 16 },
      (_, i) =>
        createComment(i % 2 ? fox : site.admin, {
          content: `${i}`,
          post_id,
          parent_id: i % 3 ? branch.comment.id : root.comment.id,
        }),
    ),
  );
  await Promise.all([
    deleteComment(fox, { comment_id: root.comment.id, deleted: true }),
    likeComment(site.admin, { comment_id: root.comment.id, is_upvote: true }),
    createComment(fox, {
      content: "x",
      post_id,
      parent_id: branch.comment.id,
    }),
  ]);
  const rows = await sql(
    site,
    "select child_count from comment where id = any($1::int4[]) order by id",
    [root.comment.id, branch.comment.id],
  );
  t.equal(rows.map((row) => row.child_count), [18, 11]);
  const { post_view } = await getPost(fox, { id: post_id });
  t.equal(post_view.post.comments, 18);
});

test("totals are right at every moment while deltas are folded", async (t: Assertions) => {
  const site = await shared();
  const gil = await site.signUp("gil");
  const community = await makeCommunity(site.admin, "totals");
  const post_id = await makePost(gil, community);
  let writing = true;
  const seen: number[] = [];
  const watch = (async () => {
    const anonymous = await site.anonymous();
    while (writing) {
      const { community_view } = await getCommunity(anonymous, {
        id: community,
      });
      seen.push(community_view.community.comments);
    }
  })();
  const fold = (async () => {
    while (writing) await foldDeltas(site.db);
  })();
  for (let i = 0; i < 40; i++) {
    await createComment(gil, { content: `${i}`, post_id });
  }
  writing = false;
  await Promise.all([watch, fold]);
  t.equal(seen, seen.toSorted((a, b) => a - b), "never falls back");
  t.ok(seen.every((n) => n >= 0 && n <= 40));
  const { community_view } = await getCommunity(gil, { id: community });
  t.equal(community_view.community.comments, 40);
});

test("following, naming a community and signing up twice at once happen once", async (t: Assertions) => {
  const site = await shared();
  const hob = await site.signUp("hob");
  const community_id = await makeCommunity(site.admin, "twice");
  await Promise.all(
    [1, 2, 3].map(() => followCommunity(hob, { community_id, follow: true })),
  );
  const { community_view } = await getCommunity(hob, { id: community_id });
  t.equal(community_view.community.subscribers, 2);
  const names = await Promise.all(
    ["same", "SAME"].map((name) => outcome(createCommunity(hob, { name }))),
  );
  t.equal(names.toSorted(), ["already_exists", "ok"]);
  const anonymous = await site.anonymous();
  const people = await Promise.all(
    ["ivy", "IVY"].map((username) =>
      outcome(register(anonymous, {
        username,
        email: "ivy@example.org",
        password: "correct horse battery",
        password_verify: "correct horse battery",
      }, { loopback: false }))
    ),
  );
  t.ok(
    people.includes("ok") &&
      (people.includes("username_already_taken") ||
        people.includes("email_already_taken")),
    people.join(),
  );
});

test("who signs in while the password is changed does not get in by the old one", async (t: Assertions) => {
  const site = await shared();
  const lea = await site.signUp("lea");
  const anonymous = await site.anonymous();
  const signIn = () =>
    outcome(login(
      anonymous,
      { username_or_email: "lea", password: PASSWORD },
      {},
    ));
  t.equal(await signIn(), "ok");
  let ended = false;
  const during = await site.db.transaction().execute(async (db) => {
    await changePassword({ ...lea, db }, {
      old_password: PASSWORD,
      new_password: "another long word",
      new_password_verify: "another long word",
    }, {});
    const signingIn = signIn().finally(() => ended = true);
    await until(
      async () =>
        ended ||
        (await sql(
            site,
            `select from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock'`,
          )).length > 0,
      (waits) => waits,
    );
    return { signingIn };
  });
  t.equal(await during.signingIn, "incorrect_login");
  t.equal((await listSessions(lea)).length, 1, "the one of the change");
});

test("posts scheduled at once are no more than may wait", async (t: Assertions) => {
  const site = await shared();
  const gus = await site.signUp("gus");
  const community = await makeCommunity(site.admin, "later");
  const time = Math.floor(Date.now() / 1000) + 3600;
  const outcomes = await Promise.all(
    Array.from(
      { length: 16 },
      () =>
        outcome(
          makePost(gus, community, { scheduled_publish_time_at: time }),
        ),
    ),
  );
  t.equal(outcomes.filter((code) => code === "ok").length, 10);
  t.equal(
    outcomes.filter((code) => code === "too_many_scheduled_posts").length,
    6,
  );
});

test("two sign-ins at once of an account from elsewhere both succeed, and renew its hash", async (t: Assertions) => {
  const site = await shared();
  const pia = await site.signUp("pia");
  const { id } = pia.viewer!.local_user;
  const hash = await bcrypt({
    password: PASSWORD,
    salt: crypto.getRandomValues(new Uint8Array(16)),
    costFactor: 4,
    outputType: "encoded",
  });
  await sql(
    site,
    "update local_user set password_encrypted = $2 where id = $1",
    id,
    hash,
  );
  const anonymous = await site.anonymous();
  const signIn = (password: string) =>
    outcome(login(anonymous, { username_or_email: "pia", password }, {}));
  t.equal(
    await Promise.all([PASSWORD, PASSWORD, "another"].map(signIn)),
    ["ok", "ok", "incorrect_login"],
  );
  const [row] = await sql<{ password_encrypted: string }>(
    site,
    "select password_encrypted from local_user where id = $1",
    id,
  );
  t.match(row.password_encrypted, /^\$argon2id\$/);
  t.equal(await signIn(PASSWORD), "ok");
});

test("an account that is deleted twice at once is deleted once", async (t: Assertions) => {
  const site = await shared();
  const moe = await site.signUp("moe");
  const remove = () =>
    outcome(deleteAccount(moe, { password: PASSWORD, delete_content: true }));
  t.equal(await Promise.all([remove(), remove()]), ["ok", "ok"]);
  const id = moe.viewer!.person.id;
  for (
    const table of [
      "bulk_task where person_id = $1",
      "event where person_id = $1 and kind = 'person_deleted'",
    ]
  ) t.equal((await sql(site, `select from ${table}`, id)).length, 1, table);
});

test("of two first sign-ups and two set-ups at once one succeeds", async (t: Assertions) => {
  const site = await shared();
  await sql(site, "update local_site set site_setup = false");
  await sql(site, "update local_user set admin = false");
  const anonymous = await site.anonymous();
  const first = await Promise.all(
    ["jan", "kit"].map((username) =>
      outcome(register(anonymous, {
        username,
        password: "correct horse battery",
        password_verify: "correct horse battery",
      }, { loopback: true }))
    ),
  );
  const admins = await sql(
    site,
    "select from local_user where admin",
  );
  t.equal([first.filter((code) => code === "ok").length, admins.length], [
    1,
    1,
  ]);
  const setups = await Promise.all(
    ["One", "Two"].map((name) =>
      outcome(createSite({ ...site.admin, site: anonymous.site }, { name }))
    ),
  );
  t.equal(setups.toSorted(), ["already_exists", "ok"]);
});
