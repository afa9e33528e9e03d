/** What cannot be sent at once is sent later, with all that concerns it in order, and only once. */
import { deleteAccount } from "../../lib/domain/account/delete.ts";
import { createComment } from "../../lib/domain/comment/create.ts";
import { recordEvent } from "../../lib/domain/event/record.ts";
import {
  discardUnsentEvent,
  listUnsentEvents,
  retryUnsentEvent,
} from "../../lib/domain/instance/outbox.ts";
import { checkLink } from "../../lib/domain/link/check.ts";
import { lockPost } from "../../lib/domain/post/moderate.ts";
import { editPost } from "../../lib/domain/post/edit.ts";
import { createPrivateMessage } from "../../lib/domain/private_message/create.ts";
import { likePost } from "../../lib/domain/vote/post.ts";
import { serveActivity } from "../../lib/federation/serve/handler.ts";
import { test } from "../harness.ts";
import { makeCommunity } from "../support/domain.ts";
import {
  B,
  byPersons,
  inWords,
  type Sent,
  sharedOutbox,
} from "../support/outbox.ts";
import { Remote } from "../support/remote.ts";
import { makePost, remoteInstance, sql } from "../unit/domain/support.ts";

type Json = Record<string, unknown>;

const remote = new Remote();
const prepared = sharedOutbox(({ s }) =>
  Promise.resolve({
    look: (post_id: number) =>
      checkLink({ ...s.admin, outgoing: remote.client }, {
        post_id,
        custom_thumbnail: null,
        attempts: 1,
      }),
  }), remote.client);
Deno.test.afterAll(() => remote.close());
/** The users' own activities, without what communities announce. */
function own(rows: readonly Sent[]): string[] {
  return byPersons(rows).map(inWords);
}

const PAGE = "https://news.test/article";

test("a post waits for its link, with what is said about it; others do not", async (t) => {
  const { s, outbox, cats, ann, look } = await prepared();
  remote.answers.set(PAGE, () =>
    new Response("<title>News</title>", {
      headers: { "content-type": "text/html" },
    }));
  const id = await makePost(ann, cats, { url: PAGE });
  await likePost(s.admin, { post_id: id, is_upvote: true });
  await createComment(s.admin, { content: "Really?", post_id: id });
  await makePost(ann, cats, { name: "Something else" });
  const at = await outbox.sent();
  t.equal(own(at), ["Create(Page) by /u/ann to nobody"]);
  t.equal((at[2].json.object as Json).name, "Something else");
  t.equal(await outbox.sentLater(), [], "the link is still being looked at");

  await look(id);
  await outbox.sent();
  await sql(s, "update outbox_failure set retry_at = now()");
  const rows = await outbox.sentLater();
  const [first, ...rest] = own(rows);
  t.equal(first, "Create(Page) by /u/ann to nobody");
  t.equal(rest.toSorted(), [
    "Create(Note) by /u/admin to nobody",
    "Like by /u/admin to nobody",
  ], "each once, and no Update because of the look");
  const page = rows[2].json.object as { attachment: Json[] };
  t.equal(page.attachment, [{
    type: "Link",
    href: PAGE,
    mediaType: "text/html",
  }]);
});

test("a link that is looked at before the post is handled makes no Update either", async (t) => {
  const { outbox, cats, ann, look } = await prepared();
  const rows = await outbox.sentBy(async () =>
    await look(await makePost(ann, cats, { url: PAGE }))
  );
  t.equal(own(rows), ["Create(Page) by /u/ann to nobody"]);
});

test("after a minute a post goes out without what its link leads to, which follows", async (t) => {
  const { s, outbox, cats, ann, look } = await prepared();
  const id = await makePost(ann, cats, { url: PAGE });
  t.equal(await outbox.sent(), []);
  await sql(
    s,
    `update outbox_failure set retry_at = now(), event = jsonb_set(event, '{published_at}',
       to_jsonb(now() - interval '61 seconds'))`,
  );
  const rows = await outbox.sentLater();
  t.equal(own(rows), ["Create(Page) by /u/ann to nobody"]);
  const bare = rows[2].json.object as { attachment: Json[] };
  t.equal("mediaType" in bare.attachment[0], false);

  const later = await outbox.sentBy(() => look(id));
  t.equal(own(later), ["Update(Page) by /u/ann to nobody"]);
  const whole = later[2].json.object as { attachment: Json[] };
  t.equal(whole.attachment[0].mediaType, "text/html");
  t.equal(
    own(await outbox.sentBy(() => editPost(ann, { post_id: id, name: "New" }))),
    [],
    "an edit looks at the link again",
  );
  await look(id);
  await sql(s, "update outbox_failure set retry_at = now()");
  t.equal(own(await outbox.sentLater()), ["Update(Page) by /u/ann to nobody"]);
});

test("nothing of a person is sent after the end of the account", async (t) => {
  const { s, outbox, cats, look } = await prepared();
  const gone = await s.signUp("gone");
  const id = await makePost(gone, cats, { url: PAGE });
  const at = await outbox.sentBy(() =>
    deleteAccount(gone, {
      password: "correct horse battery",
      delete_content: false,
    })
  );
  t.equal(at, []);
  await look(id);
  await outbox.sent();
  await sql(s, "update outbox_failure set retry_at = now()");
  t.equal(own(await outbox.sentLater()), [
    "Create(Page) by /u/gone to nobody",
    "Delete by /u/gone to all, secret",
  ]);
});

test("persons whom a text mentions are looked up before it goes out, and it goes to them", async (t) => {
  const { outbox, cats, ann, s } = await prepared();
  remote.answers.set(
    "https://news.test/.well-known/webfinger?resource=acct:mia@news.test",
    {
      subject: "acct:mia@news.test",
      links: [{
        rel: "self",
        type: "application/activity+json",
        href: "https://news.test/u/mia",
      }],
    },
  );
  remote.person("https://news.test/u/mia");
  const post_id = await makePost(ann, cats);
  const { comment } = await createComment(ann, {
    content: "@mia@news.test, and @nobody@news.test",
    post_id,
  });
  const reply = await createComment(s.admin, {
    content: "Me neither",
    post_id,
    parent_id: comment.id,
  });
  t.equal(own(await outbox.sent()), ["Create(Page) by /u/ann to nobody"]);
  const rows = await outbox.sentLater();
  t.equal(own(rows), [
    "Create(Note) by /u/ann to news.test",
    "Create(Note) by /u/admin to nobody",
  ]);
  const note = rows[1].json.object as { cc: string[]; tag: Json[] };
  t.equal(note.cc, [`${B}/u/ann`, "https://news.test/u/mia"]);
  t.equal(note.tag.map(({ name }) => name), [
    "@ann@tundra.test",
    "@mia@news.test",
    "@cats@tundra.test",
  ]);
  t.equal(
    (rows.at(-1)!.json.object as Json).id,
    `${B}/comment/${reply.comment.id}`,
  );
});

test("an event that fails is kept and tried again; what is not about the same goes on", async (t) => {
  const { s, outbox, cats, ann } = await prepared();
  const post_id = await makePost(ann, cats);
  await outbox.sent();
  const rows = await outbox.sentBy(async () => {
    await recordEvent(ann, {
      kind: "post_voted",
      post_id,
      community_id: cats,
      data: undefined,
    });
    await likePost(ann, { post_id });
    await likePost(s.admin, { post_id, is_upvote: false });
  });
  t.equal(own(rows), ["Dislike by /u/admin to nobody"]);
  const [failed, waiting] = await sql<
    { id: number; reason: string; attempts: number; wait: number }
  >(
    s,
    `select id, reason, attempts, extract(epoch from retry_at - now())::float as wait
     from outbox_failure order by id`,
  );
  t.ok(failed.wait > 0.2 && failed.wait <= 1, `again in ${failed.wait} s`);
  t.match(waiting.reason, "waits for what is sent before about vote:");
  const { items } = await listUnsentEvents(s.admin, {});
  t.equal(items.map(({ id, kind, post_id }) => [id, kind, post_id]), [
    [failed.id, "post_voted", post_id],
    [waiting.id, "post_voted", post_id],
  ]);
  t.equal(items[0].reason, failed.reason);
  t.equal(items[0].person_id, ann.viewer!.person.id);
  await sql(
    s,
    "update outbox_failure set retry_at = now() where id = $1",
    failed.id,
  );
  t.equal(await outbox.sentLater(), []);
  const [again] = await sql<{ attempts: number; wait: number }>(
    s,
    `select attempts, extract(epoch from retry_at - now())::float as wait
     from outbox_failure where id = $1`,
    failed.id,
  );
  t.equal(again.attempts, 2);
  t.ok(again.wait > 1 && again.wait <= 2, `again in ${again.wait} s`);
  // Whoever mends it sees it go out, and then what waited for it.
  await sql(
    s,
    `update outbox_failure set retry_at = now(),
       event = jsonb_set(event, '{data}', '{"before": null, "vote": true}') where id = $1`,
    failed.id,
  );
  t.equal(own(await outbox.sentLater()), [
    "Like by /u/ann to nobody",
    "Undo(Like) by /u/ann to nobody",
  ]);
});

test("what fails of moderation or edits holds back nothing but its like", async (t) => {
  const { s, outbox, cats, ann } = await prepared();
  const post_id = await makePost(ann, cats);
  const rows = await outbox.sentBy(async () => {
    // Not what such events look like, so that nothing can be made of them.
    await recordEvent(s.admin, {
      kind: "mod_action",
      community_id: cats,
      data: { modlog_id: "none" },
    });
    await lockPost(s.admin, { post_id, locked: true, reason: "" });
    await likePost(ann, { post_id: await makePost(ann, cats) });
  });
  t.equal(own(rows), [
    "Create(Page) by /u/ann to nobody",
    "Undo(Like) by /u/ann to nobody",
  ]);
  const { items: [{ id }] } = await listUnsentEvents(s.admin, {});
  await discardUnsentEvent(s.admin, { id });
  t.equal(own(await outbox.sentLater()), ["Lock by /u/admin to nobody"]);
});

test("an admin may have an event tried at once, or give it up for those behind it", async (t) => {
  const { s, outbox, cats, ann } = await prepared();
  const post_id = await makePost(ann, cats);
  await outbox.sentBy(async () => {
    const broken = { kind: "post_voted", post_id, community_id: cats } as const;
    await recordEvent(ann, broken);
    await likePost(ann, { post_id });
  });
  const list = async () => (await listUnsentEvents(s.admin, {})).items;
  const [{ id }] = await list();
  await retryUnsentEvent(s.admin, { id });
  t.equal(await outbox.sentLater(), []);
  t.equal((await list())[0].attempts, 2);
  await discardUnsentEvent(s.admin, { id });
  t.equal(own(await outbox.sentLater()), ["Undo(Like) by /u/ann to nobody"]);
  t.equal(await list(), []);
  await t.throws(() => discardUnsentEvent(s.admin, { id }), "not_found");
  await t.throws(() => listUnsentEvents(ann, {}), "not_an_admin");
});

test("a private message waits until it is known what the recipient's server reads", async (t) => {
  const { s, outbox, ann } = await prepared();
  const far = await remoteInstance(s, "old.test");
  t.equal(
    await outbox.sentBy(() =>
      createPrivateMessage(ann, { recipient_id: far.person, content: "Hi" })
    ),
    [],
  );
  await sql(
    s,
    `update instance set software = 'lemmy', version = '0.19.5', checked_at = now()
     where domain = 'old.test'`,
  );
  await sql(s, "update outbox_failure set retry_at = now()");
  t.equal((await outbox.sentLater()).map(inWords), [
    "Create(ChatMessage) by /u/ann to old.test, secret",
  ]);
});

test("what is sent can be fetched by its id, unless it is secret", async (t) => {
  const { s, outbox, cats, ann } = await prepared();
  const rows = await outbox.sentBy(async () => {
    const post_id = await makePost(ann, cats);
    await likePost(s.admin, { post_id, is_upvote: true });
  });
  const ctx = await s.anonymous();
  const get = (id: unknown) =>
    serveActivity(ctx, new Request(String(id)), ctx.config);
  for (const { json, actor_type } of rows) {
    const response = await get(json.id);
    t.equal(response.status, actor_type === "person" ? 200 : 404);
    if (!response.ok) continue;
    const { "@context": context, ...served } = await response.json();
    t.equal([Array.isArray(context), served], [true, json]);
  }
  const club = await makeCommunity(s.admin, "club", { visibility: "private" });
  const hidden = await outbox.sentBy(() => makePost(s.admin, club));
  const secret = await get(hidden.at(-1)!.json.id);
  t.equal([secret.status, await secret.text()], [403, ""]);
});
