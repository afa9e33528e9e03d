import { createComment } from "../../lib/domain/comment/create.ts";
import { createCommunityTag } from "../../lib/domain/community/tags.ts";
import { createMultiCommunity } from "../../lib/domain/multi_community/write.ts";
import { createPost } from "../../lib/domain/post/create.ts";
import { createPrivateMessage } from "../../lib/domain/private_message/create.ts";
import { feedObject } from "../../lib/federation/objects/feed.ts";
import { groupObject } from "../../lib/federation/objects/group.ts";
import { messageObject } from "../../lib/federation/objects/message.ts";
import { noteObject } from "../../lib/federation/objects/note.ts";
import { pageObject } from "../../lib/federation/objects/page.ts";
import { personObject } from "../../lib/federation/objects/person.ts";
import { siteObject } from "../../lib/federation/objects/site.ts";
import { tombstone } from "../../lib/federation/objects/tombstone.ts";
import {
  feed,
  group,
  note,
  page,
  person,
  privateMessage,
  read,
  site as siteShape,
} from "../../lib/federation/protocol/mod.ts";
import { PUBLIC } from "../../lib/federation/ids.ts";
import { test } from "../harness.ts";
import { makeCommunity } from "../support/domain.ts";
import { remoteInstance, sharedSite, sql } from "../unit/domain/support.ts";
import { document } from "./documents.ts";

const site = sharedSite();
const B = "https://tundra.test";

/** Members of the recorded document that ours lacks, and the other way round. */
function differences(ours: Record<string, unknown>, recorded: string) {
  const theirs = Object.keys(document(`lemmy/objects/${recorded}`));
  const own = Object.keys(ours);
  return {
    missing: theirs.filter((key) => !own.includes(key)),
    more: own.filter((key) => !theirs.includes(key)),
  };
}

test("persons and the site are sent in the shape of the recorded ones", async (t) => {
  const { admin, db } = await site();
  const { id } = admin.viewer!.person;
  await db.updateTable("person").set({
    display_name: "Ada",
    bio: "Likes *snow*",
    avatar: "https://img.test/a.png",
    banner: "https://img.test/b.png",
    matrix_user_id: "@ada:matrix.test",
    updated_at: "2026-01-02T03:04:05.123456Z",
  }).where("id", "=", id).execute();
  const object = await personObject(admin, id);
  t.equal(differences(object, "person"), { missing: ["endpoints"], more: [] });
  t.equal(object.inbox, `${B}/inbox`);
  t.equal(object.updated, "2026-01-02T03:04:05.123456Z");
  t.match(String(object.summary), "<em>snow</em>");
  t.equal(read(person, object).source?.content, "Likes *snow*");
  await db.updateTable("person").set({ bot_account: true })
    .where("id", "=", id).execute();
  t.equal((await personObject(admin, id)).type, "Service");

  await db.updateTable("site").set({ summary: "A test", sidebar: "Hello" })
    .where("id", "=", admin.site.site.id).execute();
  const application = await siteObject(admin);
  t.equal(differences(application, "instance"), { missing: [], more: [] });
  t.equal(application.id, `${B}/`);
  t.equal(application.preferredUsername, "tundra.test");
  t.equal(application.outbox, `${B}/site_outbox`);
  t.equal(application.language, [], "all languages are none in particular");
  t.equal(read(siteShape, application).id, `${B}/`);
});

test("communities are sent with their collections, languages and tags", async (t) => {
  const { admin } = await site();
  const id = await makeCommunity(admin, "snow", {
    title: "Snow",
    summary: "White",
    sidebar: "Be *cool*",
    discussion_languages: [0, 37],
  });
  await createCommunityTag(admin, {
    community_id: id,
    name: "news",
    display_name: "News",
    summary: "What is new",
    color: "color03",
  });
  const object = await groupObject(admin, id);
  t.equal(differences(object, "group"), {
    missing: ["icon", "image", "endpoints", "updated"],
    more: ["manuallyApprovesFollowers", "discoverable"],
  });
  t.equal(object.attributedTo, `${B}/c/snow/moderators`);
  t.equal(object.tag, [{
    type: "CommunityPostTag",
    id: `${B}/c/snow/tag/news`,
    preferredUsername: "news",
    name: "News",
    content: "What is new",
    color: "color03",
  }]);
  t.equal(read(group, object).language, ["und", "en"]);
  const hidden = await makeCommunity(admin, "hidden", {
    visibility: "private",
  });
  const unlisted = await makeCommunity(admin, "attic", {
    visibility: "unlisted",
  });
  const flags = async (id: number) => {
    const object = await groupObject(admin, id);
    return [object.manuallyApprovesFollowers, object.discoverable];
  };
  t.equal(await flags(hidden), [true, true]);
  t.equal(await flags(unlisted), [false, false]);
});

test("a multi-community carries the site's key", async (t) => {
  const { admin } = await site();
  const { multi } = await createMultiCommunity(admin, {
    name: "bundle",
    title: "Bundle",
    sidebar: "All of it",
  });
  const object = await feedObject(admin, multi.id);
  t.equal((object.publicKey as { id: string }).id, `${B}/#main-key`);
  t.equal(object.attributedTo, `${B}/u/admin`);
  t.equal(read(feed, object).following, `${B}/m/bundle/following`);
});

test("posts carry link, tags and mentions, and are addressed by their community", async (t) => {
  const s = await site();
  const { admin, db } = s;
  await remoteInstance(s, "away.test");
  const community_id = await makeCommunity(admin, "ice");
  const tag = await createCommunityTag(admin, { community_id, name: "cold" });
  const { post } = await createPost(admin, {
    name: "A post",
    community_id,
    url: "https://pictures.test/x.png",
    alt_text: "An x",
    body: "Look, @somebody@away.test and @nobody@away.test, @admin@tundra.test",
    tags: [tag.id],
    language_id: 37,
  });
  const link = await pageObject(admin, post.id);
  t.equal(link.attachment, [{
    type: "Link",
    href: "https://pictures.test/x.png",
  }]);
  await db.updateTable("post").set({
    url_content_type: "image/png",
    thumbnail_url: "https://tundra.test/t.png",
  }).where("id", "=", post.id).execute();
  const object = await pageObject(admin, post.id);
  t.equal(differences(object, "page"), { missing: [], more: ["cc"] });
  t.equal(object.attachment, [{
    type: "Image",
    url: "https://pictures.test/x.png",
    name: "An x",
  }]);
  t.equal(object.to, [`${B}/c/ice`, PUBLIC]);
  t.equal(object.cc, ["https://away.test/u/somebody"]);
  t.equal(
    (object.tag as { type: string; name: string }[]).map((tag) => [
      tag.type,
      tag.name,
    ]),
    [
      ["CommunityPostTag", undefined],
      ["Hashtag", "#ice"],
      ["Mention", "@somebody@away.test"],
      ["Mention", "@ice@tundra.test"],
    ] as unknown as string[][],
  );
  t.equal(object.context, `${B}/post/${post.id}/context`);
  t.equal(read(page, object).audience, `${B}/c/ice`);
  await db.updateTable("community").set({ visibility: "private" })
    .where("id", "=", community_id).execute();
  t.equal((await pageObject(admin, post.id)).to, [
    `${B}/c/ice`,
    `${B}/c/ice/followers`,
  ]);
});

test("comments name their parent, its author and the community", async (t) => {
  const { admin } = await site();
  const community_id = await makeCommunity(admin, "frost");
  const { post } = await createPost(admin, { name: "A post", community_id });
  const { comment } = await createComment(admin, {
    post_id: post.id,
    content: "first",
  });
  const answer = await createComment(admin, {
    post_id: post.id,
    parent_id: comment.id,
    content: "second",
  });
  const top = await noteObject(admin, comment.id);
  t.equal(differences(top, "comment"), {
    missing: ["updated"],
    more: ["attachment"],
  });
  t.equal(top.inReplyTo, post.ap_id);
  t.equal(top.cc, [`${B}/u/admin`]);
  t.match(String(top.content), /^<p[^>]*>first<\/p>/);
  t.equal(top.language, { identifier: "und", name: "Undetermined" });
  const below = await noteObject(admin, answer.comment.id);
  t.equal(below.inReplyTo, comment.ap_id);
  t.equal(
    (below.tag as { name: string }[]).map(({ name }) => name),
    ["@admin@tundra.test", "@frost@tundra.test"],
  );
  t.equal(read(note, below).inReplyTo, comment.ap_id);
});

test("private messages are notes or chat messages to one person", async (t) => {
  const s = await site();
  const away = await remoteInstance(s, "letters.test");
  const view = await createPrivateMessage(s.admin, {
    recipient_id: away.person,
    content: "Hello",
  });
  const { id } = view.private_message;
  const object = await messageObject(s.admin, id, false);
  t.equal(differences(object, "private_message"), { missing: [], more: [] });
  t.equal(read(privateMessage, object).to, "https://letters.test/u/somebody");
  t.equal((await messageObject(s.admin, id, true)).type, "ChatMessage");
  t.equal(differences(tombstone(`${B}/post/1`), "tombstone"), {
    missing: [],
    more: [],
  });
});

test("names outside ASCII are encoded in ids", async (t) => {
  const s = await site();
  const id = await makeCommunity(s.admin, "снег");
  const object = await groupObject(s.admin, id);
  t.equal(object.id, `${B}/c/%D1%81%D0%BD%D0%B5%D0%B3`);
  t.equal(object.preferredUsername, "снег");
  const [row] = await sql<{ url: string }>(
    s,
    "select followers_url as url from community where id = $1::int4",
    id,
  );
  t.equal(row.url, `${B}/c/%D1%81%D0%BD%D0%B5%D0%B3/followers`);
});
