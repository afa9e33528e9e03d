import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import { makePost, outcome, sharedSite, sql } from "./support.ts";
import {
  createSession,
  findSession,
  logout,
} from "../../../lib/domain/account/session.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { deleteComment } from "../../../lib/domain/comment/edit.ts";
import { readComment } from "../../../lib/domain/comment/view.ts";
import { deletePost } from "../../../lib/domain/post/edit.ts";
import { savePost } from "../../../lib/domain/post/state.ts";
import { readPost } from "../../../lib/domain/post/view.ts";
import { likePost } from "../../../lib/domain/vote/post.ts";

const shared = sharedSite();

test("of those who read at the same time each sees what is theirs, and nothing else", async (t: Assertions) => {
  const site = await shared();
  const [ada, bob, cleo] = await Promise.all(
    ["ada", "bob", "cleo"].map((name) => site.signUp(name)),
  );
  const anonymous = await site.anonymous();
  const community = await makeCommunity(site.admin, "at_once");
  const post_id = await makePost(ada, community);
  const other = await makePost(bob, community);
  const { comment } = await createComment(ada, { content: "secret", post_id });
  await sql(
    site,
    "update post set body = 'secret' where id = $1::int4",
    post_id,
  );
  await Promise.all([
    likePost(bob, { post_id, is_upvote: true }),
    likePost(cleo, { post_id, is_upvote: false }),
    savePost(cleo, { post_id, save: true }),
  ]);
  await createComment(bob, { content: "stays", post_id });
  await deleteComment(ada, { comment_id: comment.id, deleted: true });
  await deletePost(ada, { post_id, deleted: true });

  const readers = [anonymous, cleo, ada, site.admin, bob, ada, anonymous];
  const posts = await Promise.all(readers.map((ctx) => readPost(ctx, post_id)));
  t.equal(posts.map(({ post }) => post.body), [
    "",
    "",
    "secret",
    "secret",
    "",
    "secret",
    "",
  ]);
  t.equal(
    posts.map(({ post_actions: a }) => [a?.vote_is_upvote, !!a?.saved_at]),
    [
      [undefined, false],
      [false, true],
      [true, false],
      [undefined, false],
      [true, false],
      [true, false],
      [undefined, false],
    ],
  );
  t.equal(posts.map(({ can_mod }) => can_mod), [
    false,
    false,
    false,
    true,
    false,
    false,
    false,
  ]);
  t.ok(posts.every((view) => !("position" in view) && !("has_tags" in view)));

  const comments = await Promise.all(
    readers.map((ctx) => readComment(ctx, comment.id)),
  );
  t.equal(
    comments.map((view) => view.comment.content),
    ["", "", "secret", "secret", "", "secret", ""],
  );

  const mixed = await Promise.all([
    outcome(readPost(bob, 2 ** 31 - 1)),
    readPost(bob, other).then(({ post }) => post.id),
    readPost(cleo, other).then(({ post }) => post.id),
  ]);
  t.equal(mixed, ["not_found", other, other]);
});

test("of sessions looked up at the same time each is its user's, or nobody's", async (t: Assertions) => {
  const site = await shared();
  const users = await Promise.all(
    ["dora", "emil"].map((name) => site.signUp(name)),
  );
  const tokens = await Promise.all(
    users.map((ctx) =>
      createSession(ctx, ctx.viewer!.local_user.id, {
        stayLoggedIn: false,
        client: {},
      })
    ),
  );
  const ended = await createSession(
    users[0],
    users[0].viewer!.local_user.id,
    { stayLoggedIn: false, client: {} },
  );
  const viewer = await findSession(site.db, users[0].site, ended);
  if (typeof viewer === "string") throw new Error(viewer);
  await logout({ ...users[0], viewer });
  const found = await Promise.all(
    [tokens[1], ended, tokens[0], "nonsense", tokens[1]].map((token) =>
      findSession(site.db, users[0].site, token)
    ),
  );
  t.equal(
    found.map((viewer) =>
      typeof viewer === "string" ? viewer : viewer.person.name
    ),
    ["emil", "not_logged_in", "dora", "not_logged_in", "emil"],
  );
  const hashes = found.flatMap((viewer) =>
    typeof viewer === "string" ? [] : [viewer.tokenHash.toHex()]
  );
  t.equal([hashes[0] === hashes[2], hashes[0] === hashes[1]], [true, false]);
});
