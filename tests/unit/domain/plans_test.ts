/** Statements of every request are planned once, however much is asked for at once. */
import { authenticate } from "../../../lib/domain/account/session.ts";
import { register } from "../../../lib/domain/account/register.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { readComment } from "../../../lib/domain/comment/view.ts";
import { createCommunity } from "../../../lib/domain/community/create.ts";
import { type Ctx, query } from "../../../lib/domain/context.ts";
import { createPost } from "../../../lib/domain/post/create.ts";
import { listPosts } from "../../../lib/domain/post/list.ts";
import { readPost } from "../../../lib/domain/post/view.ts";
import { readVoteTarget } from "../../../lib/domain/vote/target.ts";
import { readSubjects } from "../../../lib/federation/activities/subject.ts";
import { test } from "../../harness.ts";
import { PASSWORD } from "../../support/domain.ts";
import { sharedSite } from "./support.ts";

const site = sharedSite();

/** Executions before PostgreSQL chooses between a kept plan and a new one each time. */
const UNDECIDED = 5;

test("sessions, views, votes and lists keep their plan, by one or many at once", async (t) => {
  const { db, signUp, anonymous } = await site();
  const alice = await signUp("alice");
  const open = await anonymous();
  const { jwt } = await register(open, {
    username: "bob",
    password: PASSWORD,
    password_verify: PASSWORD,
  }, { ip: "127.0.0.1", loopback: false });
  const community_id =
    (await createCommunity(alice, { name: "plans" })).community.id;
  const posts: number[] = [];
  for (let i = 0; i < 8; i++) {
    const { post } = await createPost(alice, {
      name: `Post ${i}`,
      community_id,
    });
    posts.push(post.id);
  }
  const { comment } = await createComment(alice, {
    content: "a comment",
    post_id: posts[0],
  });
  const event = {
    xid: "1",
    id: 1,
    kind: "post_created",
    person_id: alice.viewer!.person.id,
    community_id,
    post_id: posts[0],
    comment_id: null,
    data: null,
    published_at: alice.now.toISOString(),
  };
  // One transaction is one connection, which knows the plans of its statements.
  await db.transaction().execute(async (db) => {
    const ctx: Ctx = { ...alice, db };
    for (const many of [1, 8]) {
      const some = posts.slice(0, many);
      for (let i = 0; i < 10; i++) {
        const views = await Promise.all(some.map((id) => readPost(ctx, id)));
        t.equal(views.map(({ post }) => post.id), some);
        await Promise.all(some.map((id) => readVoteTarget(ctx, "post", id)));
        await readComment(ctx, comment.id);
        await listPosts(ctx, { type_: "all", sort: "new", limit: many });
        await readSubjects(ctx, some.map(() => event));
        for (const relations of [true, false]) {
          const viewers = await Promise.all(
            some.map(() => authenticate(db, ctx.site, jwt!, { relations })),
          );
          t.equal(viewers.map((viewer) => viewer?.person.name), [
            ...some.map(() => "bob"),
          ]);
        }
      }
    }
    const planned = await query<{ statement: string }>(
      { db },
      `select left(statement, 300) as statement from pg_prepared_statements
       where custom_plans > ${UNDECIDED}`,
    );
    t.equal(planned.map(({ statement }) => statement), []);
    const kept = await query<{ count: number }>(
      { db },
      "select count(*) as count from pg_prepared_statements where generic_plans > 5",
    );
    t.ok(kept[0].count >= 7, `${kept[0].count} statements keep their plan`);
  });
});
