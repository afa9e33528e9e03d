import {
  collection,
  group,
  itemIds,
  list,
  note,
  one,
  page,
  privateMessage,
  read,
  site,
  tag,
  text,
  urls,
} from "../../lib/federation/protocol/mod.ts";
import { PUBLIC } from "../../lib/federation/ids.ts";
import { test } from "../harness.ts";

const ID = "https://away.test/1";
const AUTHOR = "https://away.test/u/a";
const post = (members: Record<string, unknown>) =>
  read(page, { type: "Page", id: ID, attributedTo: AUTHOR, ...members });

test("recipients are read from a string, a list and all names of the public", async (t) => {
  t.equal(read(urls, undefined), []);
  t.equal(read(urls, "as:Public"), [PUBLIC]);
  t.equal(read(urls, ["Public", PUBLIC, AUTHOR, { id: ID }]), [
    PUBLIC,
    AUTHOR,
    ID,
  ]);
  await t.throws(() => read(urls, [AUTHOR, 7]), "unreadable");
});

test("an id comes out as the URL parser writes it, and is a web address", async (t) => {
  t.equal(
    post({ id: "HTTPS://Away.test:443/ä" }).id,
    "https://away.test/%C3%A4",
  );
  for (const id of [undefined, null, 3, [], "x", "javascript:1", "did:x:1"]) {
    await t.throws(() => post({ id }), "unreadable");
  }
  await t.throws(() => post({ id: `${ID}/${"x".repeat(2000)}` }), "unreadable");
});

test("null is as good as absent, and odd optional members are passed over", (t) => {
  const read = post({
    name: null,
    content: null,
    source: "text",
    sensitive: null,
    language: [],
    tag: {},
    attachment: { type: "Audio" },
    published: "yesterday",
    updated: "0000-01-01T00:00:00Z",
    audience: null,
    to: null,
  });
  t.equal(
    [read.name, read.content, read.source, read.sensitive, read.language],
    [undefined, undefined, undefined, undefined, undefined],
  );
  t.equal([read.published, read.updated], [undefined, undefined]);
  t.equal([read.tag, read.attachment, read.to], [[], [], []]);
});

test("times keep their microseconds and their offset", (t) => {
  const { published, updated } = post({
    published: "2020-12-30T07:29:19.460932+00:00",
    updated: "2021-11-05T11:46:50Z",
  });
  t.equal(published, "2020-12-30T07:29:19.460932+00:00");
  t.equal(updated, "2021-11-05T11:46:50Z");
});

test("texts lose what the database cannot store", (t) => {
  t.equal(post({ name: "a\0b\ud800" }).name, "ab\ufffd");
});

test("a post's makers are an id, a list of ids, or a list with types", async (t) => {
  t.equal(post({}).attributedTo, [{ id: AUTHOR, type: undefined }]);
  t.equal(
    post({ attributedTo: [{ type: "Group", id: ID }, 5, AUTHOR] }).attributedTo,
    [{ id: ID, type: "Group" }, { id: AUTHOR, type: undefined }],
  );
  for (const attributedTo of [5, [], [5], { id: AUTHOR }, null, true]) {
    await t.throws(() => post({ attributedTo }), "unreadable");
  }
});

test("an answer is no post, and what answers nothing is no comment", async (t) => {
  t.equal(post({ inReplyTo: null }).id, ID);
  await t.throws(() => post({ inReplyTo: AUTHOR }), "unreadable");
  const comment = { type: "Note", id: ID, attributedTo: AUTHOR, content: "" };
  t.equal(read(note, { ...comment, inReplyTo: AUTHOR }).inReplyTo, AUTHOR);
  await t.throws(() => read(note, comment), "unreadable");
  const odd = { ...comment, inReplyTo: AUTHOR };
  for (const attributedTo of [5, [AUTHOR, ID], { id: AUTHOR }, null]) {
    await t.throws(() => read(note, { ...odd, attributedTo }), "unreadable");
  }
});

test("a private message has exactly one recipient", async (t) => {
  const message = { type: "Note", id: ID, attributedTo: AUTHOR, content: "x" };
  t.equal(read(privateMessage, { ...message, to: [ID] }).to, ID);
  t.equal(read(privateMessage, { ...message, to: ID, cc: [] }).to, ID);
  for (const to of [[ID, AUTHOR], [], undefined]) {
    await t.throws(
      () => read(privateMessage, { ...message, to }),
      "unreadable",
    );
  }
  await t.throws(
    () => read(privateMessage, { ...message, to: ID, cc: PUBLIC }),
    "unreadable",
  );
});

test("lists drop what they do not know", async (t) => {
  const known = { type: "Mention", href: AUTHOR };
  t.equal(
    read(list(tag), [known, { type: "Hashtag", name: "#x" }, 5, null]).length,
    1,
  );
  t.equal(read(list(tag), known).length, 1);
  t.equal(read(one(text), ["x"]), "x");
  await t.throws(() => read(one(text), ["x", "y"]), "unreadable");
});

test("moderators are a collection or the persons of a list", async (t) => {
  const base = {
    type: "Group",
    id: ID,
    preferredUsername: "c",
    inbox: ID,
    outbox: ID,
    publicKey: { publicKeyPem: "x" },
  };
  t.equal(read(group, { ...base, attributedTo: AUTHOR }).attributedTo, {
    collection: AUTHOR,
  });
  const persons = [{ type: "Person", id: AUTHOR }, { type: "Group", id: ID }];
  t.equal(read(group, { ...base, attributedTo: persons }).attributedTo, {
    persons: [AUTHOR],
  });
  const odd = read(group, {
    ...base,
    tag: [{ type: "Hashtag" }],
    endpoints: { uploadMedia: ID },
    icon: [],
  });
  t.equal([odd.tag, odd.endpoints, odd.icon], [[], undefined, undefined]);
  t.equal(read(group, base).tag, null);
  await t.throws(
    () => read(group, { ...base, preferredUsername: "" }),
    "unreadable",
  );
  await t.throws(() => read(site, base), "unreadable");
});

test("collections are read whole, and by their first page", (t) => {
  const whole = read(collection, {
    type: "OrderedCollection",
    orderedItems: [AUTHOR, { id: ID }, 5, AUTHOR],
    totalItems: 3,
  });
  t.equal([itemIds(whole), whole.totalItems], [[AUTHOR, ID], 3]);
  const paged = read(collection, {
    type: "Collection",
    totalItems: -1,
    first: { type: "CollectionPage", items: ID, next: AUTHOR },
  });
  t.equal([paged.items, paged.totalItems], [[], undefined]);
  const first = read(collection, paged.first);
  t.equal([itemIds(first), first.next], [[ID], AUTHOR]);
});
