import type { FedCtx } from "../../lib/federation/context.ts";
import { FetchBudget } from "../../lib/federation/context.ts";
import {
  collection,
  read,
  tombstone,
} from "../../lib/federation/protocol/mod.ts";
import {
  lookUpComment,
  lookUpPost,
  resolveActor,
  resolvePostOrComment,
  resolveSite,
} from "../../lib/federation/resolve.ts";
import { createPost } from "../../lib/domain/post/create.ts";
import { test } from "../harness.ts";
import { makeCommunity } from "../support/domain.ts";
import {
  A,
  BIRDS,
  MIA,
  receiveMessage,
  receiveNote,
  receivePage,
  receiver,
} from "../support/received.ts";
import { noteOf, pageOf } from "../support/remote.ts";
import { filtered, outcome, sql } from "../unit/domain/support.ts";
import { document, documentNames } from "./documents.ts";

const { site, stage, scene } = receiver();

type Json = Record<string, unknown>;

/** What becomes of a recorded object or collection: "ok", or the code of its refusal. */
async function receive(ctx: FedCtx, name: string): Promise<string> {
  const json = document(name);
  return await outcome((async () => {
    if (name.includes("/collections/")) return read(collection, json);
    switch (json.type) {
      case "Tombstone":
        return read(tombstone, json);
      case "Application":
        return await resolveSite(ctx, String(json.id));
      case "Person":
      case "Organization":
      case "Group":
        return await resolveActor(ctx, String(json.id));
      case "ChatMessage":
        return await receiveMessage(ctx, json);
      case "Note": {
        if (typeof json.inReplyTo === "string") {
          return await receiveNote(ctx, json);
        }
        const single = Array.isArray(json.to) && json.to.length === 1 &&
          !json.cc;
        return single
          ? await receiveMessage(ctx, json)
          : await receivePage(ctx, json);
      }
      default:
        return await receivePage(ctx, json);
    }
  })());
}

/** Recorded documents that are refused, by their reason: their recipients are not of this site. */
const REFUSED: Record<string, string> = {
  "lemmy/objects/private_message": "not_found",
  "pleroma/objects/chat_message": "not_found",
  // What it answers is in no community.
  "mastodon/objects/note_1": "not_found",
};

test("every recorded object and collection is stored, or refused for a reason", async (t) => {
  const { ctx, remote } = await stage();
  const names = documentNames().filter((name) =>
    !name.includes("/activities/")
  );
  for (const name of names) {
    const json = document(name);
    if (typeof json.id === "string") remote.put(json);
  }
  // What the recorded documents refer to, and nobody has recorded.
  const community = "https://lemmy.test/c/main";
  const author = "https://lemmy.test/u/author";
  for (
    const id of [
      community,
      "https://narwhal.city/communities/4",
      "https://ds9.lemmy.ml/c/testcom",
      "https://lemmy.schuerz.at/c/test",
      "https://lemmy.kde.social/c/kde",
      "https://lemmy.ml/c/fediversefutures",
    ]
  ) remote.group(id);
  for (
    const id of [
      author,
      "https://narwhal.city/users/1",
      "https://pirati.ca/profile/heluecht",
      "https://floss.social/users/kde",
      "https://nerdica.net/profile/liwott",
      "https://video.antopie.org/accounts/yoge6785555",
      "https://mastodon.madrid/users/felix",
      "https://mamot.fr/users/retiolus",
      "https://bae.st/users/af2",
      "https://lemmy.ml/u/author",
      "https://lemmy.schuerz.at/u/author",
    ]
  ) remote.person(id);
  const floss = "https://floss.social/users/kde";
  remote.page(
    `${floss}/statuses/113306824627995724`,
    floss,
    "https://lemmy.kde.social/c/kde",
    { type: "Note", name: undefined, content: "<p>@kde Posts</p>" },
  );
  remote.page(
    "https://bae.st/objects/87c1cbf5-542a-491d-af57-0414c8648381",
    "https://bae.st/users/af2",
    community,
  );
  remote.page(
    "https://lemmy.ml/comment/167904",
    "https://lemmy.ml/u/author",
    "https://lemmy.ml/c/fediversefutures",
  );
  remote.page(
    "https://lemmy.schuerz.at/post/25360",
    "https://lemmy.schuerz.at/u/author",
    "https://lemmy.schuerz.at/c/test",
  );
  const found = new Map<string, { read: number; total: number }>();
  for (const name of names) {
    const result = await receive({ ...ctx, budget: new FetchBudget() }, name);
    t.equal(result, REFUSED[name] ?? "ok", name);
    const platform = name.split("/")[0];
    const counts = found.get(platform) ?? { read: 0, total: 0 };
    counts.total++;
    if (result === "ok") counts.read++;
    found.set(platform, counts);
  }
  for (const [platform, { read, total }] of found) {
    console.log(`${platform}: ${read} of ${total} stored`);
  }
  const post = await lookUpPost(ctx, "https://enterprise.lemmy.ml/post/55143");
  const [tagged] = await sql<{ name: string }>(
    await site(),
    `select t.name from post_tag pt join community_tag t on t.id = pt.community_tag_id
     where pt.post_id = $1::int4`,
    post!.id,
  );
  t.equal(tagged.name, "news");
  const [microblog] = await sql<{ name: string }>(
    await site(),
    "select name from post where ap_id = $1",
    document("mastodon/objects/page").id,
  );
  t.equal(microblog.name, "Variable never resetting at refresh");
  const [video] = await sql<{ url: string; creator: string }>(
    await site(),
    `select url, u.name as creator from post p join person u on u.id = p.creator_id
     where p.ap_id = $1`,
    document("peertube/objects/video").id,
  );
  t.equal(video.url, document("peertube/objects/video").id);
  t.equal(video.creator, "thelinuxexperiment");
});

test("a post is stored with what other servers say of it", async (t) => {
  const { ctx } = await scene();
  const id = `${A}/post/1`;
  const json = {
    ...pageOf(id, MIA, BIRDS),
    name: "A badword \u202e title",
    content: "<p>See <b>this</b></p>",
    attachment: [
      { type: "Image", url: "https://img.test/1.png", name: "One" },
      {
        type: "Document",
        mediaType: "image/png",
        url: "https://img.test/2.png",
      },
      { type: "Link", href: "https://page.test/" },
    ],
    language: { identifier: "de", name: "Deutsch" },
    sensitive: true,
    updated: "2026-01-02T00:00:00.123456Z",
  };
  const stored = await receivePage(filtered(ctx) as FedCtx, json);
  t.equal([stored.created, stored.changed], [true, true]);
  const [row] = await sql<Json>(
    await site(),
    `select p.name, url, body, alt_text, nsfw, l.code, p.local, score, updated_at
     from post p join language l on l.id = p.language_id where p.id = $1::int4`,
    stored.id,
  );
  t.equal(row, {
    name: "A *removed* title",
    url: "https://img.test/1.png",
    body:
      "See **this**\n\n![](https://img.test/2.png)\n[https://page.test/](https://page.test/)",
    alt_text: "One",
    nsfw: true,
    code: "de",
    local: false,
    score: 0,
    updated_at: "2026-01-02T00:00:00.123456Z",
  });
});

test("older versions change nothing, newer and equally old ones do", async (t) => {
  const { ctx } = await scene();
  const json = pageOf(`${A}/post/2`, MIA, BIRDS);
  const title = async () =>
    (await sql<{ name: string }>(
      await site(),
      "select name from post where ap_id = $1",
      json.id,
    ))[0].name;
  const put = async (name: string, updated?: string) =>
    (await receivePage(ctx, { ...json, name, updated })).changed;
  t.equal(await put("first"), true);
  t.equal(await put("same time"), true);
  t.equal(await put("newer", "2026-02-01T00:00:00Z"), true);
  t.equal(await put("older", "2026-01-15T00:00:00Z"), false);
  t.equal(await title(), "newer");
  // What somebody here did to it later does not make the author's next version old.
  await sql(
    await site(),
    "update post set updated_at = now() + interval '1 day', removed = true where ap_id = $1",
    json.id,
  );
  t.equal(await put("newest", "2026-02-02T00:00:00Z"), true);
  t.equal(await title(), "newest");
  t.equal((await lookUpPost(ctx, String(json.id)))!.removed, true);
});

test("what a server says whose clock is wrong does not lie in the future", async (t) => {
  const { ctx } = await scene();
  const at = (hours: number) =>
    new Date(Date.now() + hours * 3600_000).toISOString();
  const post = `${A}/post/9`;
  await receivePage(ctx, { ...pageOf(post, MIA, BIRDS), published: at(24) });
  const comment = noteOf(`${A}/comment/91`, MIA, post);
  await receiveNote(ctx, { ...comment, published: at(24) });
  const late = noteOf(`${A}/comment/92`, MIA, post);
  await receiveNote(ctx, { ...late, published: at(-24) });
  const ages = await sql<{ hours: number }>(
    await site(),
    `select round(extract(epoch from now() - published_at) / 3600)::int4 as hours from (
       select published_at from post where ap_id = $1
       union all select published_at from comment where ap_id = any($2::text[])) x
     order by hours`,
    post,
    [comment.id, late.id],
  );
  t.equal(ages.map(({ hours }) => hours), [0, 0, 24]);
});

test("author, community and parent are for ever", async (t) => {
  const { ctx, remote } = await scene();
  remote.group("https://b.test/c/cats");
  const json = pageOf(`${A}/post/3`, MIA, BIRDS);
  await receivePage(ctx, json);
  const refused = "object_is_immutable";
  const other = pageOf(`${A}/post/3`, MIA, "https://b.test/c/cats");
  t.equal(await outcome(receivePage(ctx, other)), refused);
  t.equal(
    await outcome(receivePage(ctx, { ...json, attributedTo: `${A}/u/max` })),
    refused,
  );
  const answer = noteOf(`${A}/comment/1`, MIA, `${A}/post/3`);
  await receiveNote(ctx, answer);
  await receiveNote(ctx, noteOf(`${A}/comment/2`, MIA, `${A}/post/3`));
  const moved = { ...answer, inReplyTo: `${A}/comment/2` };
  t.equal(await outcome(receiveNote(ctx, moved)), refused);
});

test("what is not its author's, or is ours, is refused", async (t) => {
  const { ctx } = await scene();
  const { admin } = await site();
  const post = (members: Json) =>
    outcome(receivePage(ctx, {
      ...pageOf(`${A}/post/4`, MIA, BIRDS),
      ...members,
    }));
  t.equal(await post({ attributedTo: "https://c.test/u/eve" }), "wrong_host");
  t.equal(
    await post({ attributedTo: "https://tundra.test/u/admin" }),
    "wrong_host",
  );
  t.equal(await post({ attributedTo: `${A}/u/nobody` }), "not_found");
  const makers = [{ type: "Person", id: MIA }, { type: "Group", id: BIRDS }];
  t.equal(
    await post({ attributedTo: makers, audience: "https://b.test/c/cats" }),
    "wrong_audience",
  );
  t.equal(await post({ to: [BIRDS] }), "object_is_not_public");
  t.equal(await post({ to: ["as:Public"] }), "not_found");
  t.equal(await post({ name: undefined }), "invalid_post_title");
  t.equal(await post({ type: "Question" }), "unreadable");
  const note = { ...noteOf(`${A}/comment/9`, MIA, `${A}/post/1`) };
  t.equal(
    await outcome(
      receiveNote(ctx, { ...note, attributedTo: "https://c.test/u/eve" }),
    ),
    "wrong_host",
  );
  const community_id = await makeCommunity(admin, "own");
  const own = await createPost(admin, { name: "Our own", community_id });
  const echo = {
    ...pageOf(own.post.ap_id, own.creator.ap_id, own.community.ap_id),
    name: "Not ours any more",
  };
  const stored = await receivePage(ctx, echo);
  t.equal([stored.id, stored.changed], [own.post.id, false]);
  const message = {
    type: "Note",
    id: `${A}/private_message/1`,
    attributedTo: MIA,
    to: "https://tundra.test/u/admin",
    content: "<p>Hi</p>",
  };
  t.equal(await outcome(receiveMessage(ctx, message)), "ok");
  t.equal(
    await outcome(receiveMessage(ctx, { ...message, to: `${A}/u/max` })),
    "not_found",
  );
  t.equal(
    await outcome(
      receiveMessage(ctx, {
        ...message,
        id: "https://tundra.test/private_message/1",
      }),
    ),
    "local_object",
  );
});

test("answers are fetched up to the post, and no further than their depth", async (t) => {
  const { ctx, remote } = await scene();
  remote.page(`${A}/post/5`, MIA, BIRDS);
  remote.put(noteOf(`${A}/comment/51`, MIA, `${A}/post/5`));
  remote.put(noteOf(`${A}/comment/52`, MIA, `${A}/comment/51`));
  await resolvePostOrComment(ctx, `${A}/comment/52`);
  t.equal((await lookUpComment(ctx, `${A}/comment/52`))!.level, 2);
  // One that answers itself by way of another.
  remote.put(noteOf(`${A}/comment/61`, MIA, `${A}/comment/62`));
  remote.put(noteOf(`${A}/comment/62`, MIA, `${A}/comment/61`));
  t.equal(
    await outcome(resolvePostOrComment(ctx, `${A}/comment/61`)),
    "cyclic_reply",
  );
  const before = remote.asked.length;
  for (let i = 100; i < 200; i++) {
    remote.put(noteOf(`${A}/comment/${i}`, MIA, `${A}/comment/${i + 1}`));
  }
  t.equal(
    await outcome(resolvePostOrComment(ctx, `${A}/comment/100`)),
    "max_comment_depth_reached",
  );
  t.ok(remote.asked.length - before < 60, "fetches have no end");
});
