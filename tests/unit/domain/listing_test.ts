import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  makePost,
  onSite,
  outcome,
  remoteInstance,
  remotePost,
  sharedSite,
  sql,
  withSettings,
} from "./support.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { blockInstance } from "../../../lib/domain/account/block_instance.ts";
import { saveUserSettings } from "../../../lib/domain/account/settings.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { listComments } from "../../../lib/domain/comment/list.ts";
import {
  blockCommunity,
  followCommunity,
} from "../../../lib/domain/community/follow.ts";
import { listCommunities } from "../../../lib/domain/community/list.ts";
import { blockPerson } from "../../../lib/domain/person/block.ts";
import { listPersonContent } from "../../../lib/domain/person/content.ts";
import { listHidden } from "../../../lib/domain/person/post_marks.ts";
import { listPosts, type PostFilter } from "../../../lib/domain/post/list.ts";
import { getPost } from "../../../lib/domain/post/read.ts";
import {
  hidePost,
  markManyPostsAsRead,
  markPostAsRead,
} from "../../../lib/domain/post/state.ts";

const shared = sharedSite();

/** Ids of the first page, the newest first. */
async function ids(ctx: Ctx, filter: PostFilter = {}): Promise<number[]> {
  const { items } = await listPosts(ctx, {
    type_: "all",
    sort: "new",
    limit: 50,
    ...filter,
  });
  return items.map((item) => item.post.id);
}

/** Which of the posts a listing has, by their letters. */
async function letters(
  posts: Record<string, number>,
  ctx: Ctx,
  filter: PostFilter = {},
): Promise<string> {
  const found = new Set(await ids(ctx, filter));
  return Object.keys(posts).filter((key) => found.has(posts[key])).join("");
}

test("each filter of a post list takes away what it says", async (t: Assertions) => {
  const site = await shared();
  const { admin } = site;
  const abe = await site.signUp("abe");
  const community_id = await makeCommunity(admin, "filters");
  const adult = await makeCommunity(admin, "adult", { nsfw: true });
  const make = (name: string, options = {}) =>
    makePost(admin, community_id, { name, ...options });
  const posts = {
    a: await make("Plain apples", { body: "100% pears_or \\ plums" }),
    b: await make("NSFW berries", { nsfw: true }),
    c: await makePost(admin, adult, { name: "Adult cherries" }),
    d: await make("Deutsche Datteln", { language_id: 32 }),
    e: await make("Linked elders", { url: "https://example.org/100x?id=1" }),
    f: await make("Old figs"),
    g: await make("Pictured grapes", { url: "https://example.org/g.png" }),
  };
  await sql(
    site,
    "update post set published_at = now() - interval '10 days' where id = $1::int4",
    posts.f,
  );
  await sql(
    site,
    "update post set url_content_type = 'image/png' where id = $1::int4",
    posts.g,
  );
  await createComment(admin, { content: "c", post_id: posts.a });
  const list = (ctx: Ctx, filter: PostFilter = {}) =>
    letters(posts, ctx, filter);
  const anonymous = await site.anonymous();

  t.equal(await list(anonymous), "adefg", "anonymous readers see no NSFW");
  const warned = {
    ...anonymous,
    site: {
      ...anonymous.site,
      site: { ...anonymous.site.site, content_warning: "careful" },
    },
  };
  t.equal(await list(warned), "abcdefg", "but behind a warning they do");
  t.equal(await list(anonymous, { show_nsfw: true }), "abcdefg");
  t.equal(await list(abe), "adefg");
  t.equal(await list(withSettings(abe, { show_nsfw: true })), "abcdefg");
  t.equal(
    await list(withSettings(abe, { show_nsfw: true }), { show_nsfw: false }),
    "adefg",
  );

  t.equal(await list(abe, { time_range_seconds: 86_400 }), "adeg");
  const ranged = withSettings(abe, { default_post_time_range_seconds: 86_400 });
  t.equal(await list(ranged), "adeg");
  t.equal(await list(ranged, { time_range_seconds: 0 }), "adefg");
  t.equal(
    await list(onSite(anonymous, { default_post_time_range_seconds: 86_400 })),
    "adeg",
  );

  t.equal(await list(abe, { search_term: "PEARS" }), "a");
  t.equal(await list(abe, { search_term: "100%" }), "a", "% is a percent sign");
  t.equal(await list(abe, { search_term: "s_or" }), "a");
  t.equal(await list(abe, { search_term: "s_o_" }), "");
  t.equal(await list(abe, { search_term: "r \\ p" }), "a");
  t.equal(
    await list(abe, { search_term: "plain ples" }),
    "a",
    "space is a gap",
  );
  t.equal(
    await list(abe, { search_term: "pears", search_title_only: true }),
    "",
  );
  t.equal(
    await list(abe, {
      search_term: "https://example.org/100x?utm_source=z&id=1",
      search_url_only: true,
    }),
    "e",
  );
  t.equal(
    await outcome(list(abe, { search_term: "no link", search_url_only: true })),
    "unknown",
  );
  t.equal(await list(abe, { no_comments_only: true }), "defg");
  t.equal(await list(abe, { hide_posts_with_media: true }), "adef");
  t.equal(
    await list(withSettings(abe, { hide_posts_with_media: true })),
    "adef",
  );
  t.equal(await list(abe, { creator_username: "ADMIN" }), "adefg");
  t.equal(await list(abe, { creator_id: 999_999 }), "");
  t.equal(await list(abe, { community_name: "Filters@tundra.test" }), "adefg");
  t.equal(
    await outcome(list(abe, { community_name: "nowhere@far.test" })),
    "not_found",
  );
  t.equal(
    await outcome(list(abe, { community_id, multi_community_id: 1 })),
    "cannot_combine_community_id_and_multi_community_id",
  );
  const [{ id: tag_id }] = await sql<{ id: number }>(
    site,
    `with tag as (insert into community_tag (ap_id, name, community_id, deleted)
       values ('https://tundra.test/tag', 'tag', $1::int4, true) returning id)
     , used as (insert into post_tag (post_id, community_tag_id) select $2::int4, id from tag)
     select id from tag`,
    community_id,
    posts.d,
  );
  t.equal(await list(abe, { tag_id }), "d", "a deleted tag still filters");

  await sql(site, "update person set bot_account = true where name = 'admin'");
  t.equal(await list(withSettings(abe, { show_bot_accounts: false })), "");
  t.equal(await list(abe), "adefg");
  await sql(site, "update person set bot_account = false where name = 'admin'");

  await markPostAsRead(abe, { post_id: posts.a, read: true });
  await hidePost(abe, { post_id: posts.d, hide: true });
  t.equal(await list(abe), "aefg", "hidden ones are hidden");
  t.equal(await list(abe, { show_hidden: true }), "adefg");
  t.equal(await list(abe, { show_read: false }), "efg");
  t.equal(await list(withSettings(abe, { show_read_posts: false })), "efg");
  t.equal(
    await list(withSettings(abe, { show_read_posts: false }), {
      show_read: true,
    }),
    "aefg",
  );
  await list(abe, { mark_as_read: true });
  t.equal(await list(abe, { show_read: false }), "");
  await markManyPostsAsRead(abe, {
    post_ids: [posts.e, posts.f],
    read: false,
  });
  t.equal(await list(abe, { show_read: false }), "ef");
  await hidePost(abe, { post_id: posts.d, hide: false });

  await saveUserSettings(abe, { blocking_keywords: ["100%", "s_or", "FIGS"] });
  t.equal(
    await list(await site.refresh(abe)),
    "deg",
    "keywords are literal and look at title, body and link",
  );
  await saveUserSettings(abe, { blocking_keywords: ["100_"] });
  t.equal(await list(await site.refresh(abe)), "adefg");
  await saveUserSettings(abe, {
    blocking_keywords: [],
    discussion_languages: [0, 37],
  });
  const reader = await site.refresh(abe);
  t.equal(await list(reader), "aefg", "other languages are left out");
  await saveUserSettings(abe, { discussion_languages: [32] });
  t.equal(
    await list(await site.refresh(abe)),
    "d",
    "without 0 untagged posts vanish",
  );
  await saveUserSettings(abe, { discussion_languages: [] });
});

test("moderators' view is exempt from blocks, languages and keywords", async (t: Assertions) => {
  const site = await shared();
  const cal = await site.signUp("cal");
  const dov = await site.signUp("dov");
  const community_id = await makeCommunity(cal, "modview");
  await makeCommunity(dov, "notmine");
  const post = await makePost(dov, community_id, { name: "Something wordy" });
  await createComment(dov, { content: "c", post_id: post });
  await blockPerson(cal, { person_id: dov.viewer!.person.id, block: true });
  await saveUserSettings(cal, {
    blocking_keywords: ["wordy"],
    discussion_languages: [37],
  });
  const mod = await site.refresh(cal);
  t.equal(await ids(mod, { type_: "moderator_view" }), [post]);
  t.equal((await ids(mod)).includes(post), false);
  const comments = (ctx: Ctx, type_: "all" | "moderator_view") =>
    listComments(ctx, { type_, community_id: undefined, sort: "new" })
      .then(({ items }) => items.filter((i) => i.post.id === post).length);
  t.equal(
    await comments(mod, "moderator_view"),
    0,
    "comments keep to the languages",
  );
  await saveUserSettings(cal, { discussion_languages: [] });
  const free = await site.refresh(cal);
  t.equal(
    [await comments(free, "moderator_view"), await comments(free, "all")],
    [
      1,
      0,
    ],
  );
  t.equal(await ids(await site.anonymous(), { type_: "moderator_view" }), []);
  t.equal(await ids(await site.anonymous(), { type_: "subscribed" }), []);
  t.equal(await ids(free, { type_: "suggested" }), []);
  const [{ id: multi }] = await sql<{ id: number }>(
    site,
    `with m as (insert into multi_community (creator_id, instance_id, name, ap_id, public_key, inbox_url, following_url)
       values ($1::int4, $2::int4, 'picks', 'https://tundra.test/m/picks', '', '', '') returning id)
     , e as (insert into multi_community_entry select id, $3::int4 from m)
     select id from m`,
    cal.viewer!.person.id,
    cal.site.instance.id,
    community_id,
  );
  const anonymous = onSite(await site.anonymous(), {
    suggested_multi_community_id: multi,
  });
  t.equal(await ids(anonymous, { type_: "suggested" }), [post]);
  t.equal(
    (await listComments(anonymous, { type_: "suggested" })).items.length,
    1,
  );
  t.equal(
    (await listCommunities(anonymous, { type_: "suggested" })).items.length,
    1,
  );
  t.equal(
    await ids(anonymous, {
      multi_community_name: "PICKS",
      type_: undefined,
    }),
    [post],
  );
});

test("blocks hide people, communities and instances, and following exempts", async (t: Assertions) => {
  const site = await shared();
  const eva = await site.signUp("eva");
  const near = await makeCommunity(site.admin, "near");
  const far = await remoteInstance(site, "far.test");
  const posts = {
    a: await makePost(site.admin, near),
    b: await remotePost(site, {
      name: "Remote person here",
      creator_id: far.person,
      community_id: near,
    }),
    c: await remotePost(site, {
      name: "Remote community",
      creator_id: far.person,
      community_id: far.community,
    }),
    d: await makePost(site.admin, far.community),
  };
  await sql(site, "update post set federation_pending = false");
  const list = async (filter: PostFilter = {}) =>
    await letters(posts, await site.refresh(eva), filter);
  t.equal(await list(), "abcd");
  await blockInstance(eva, {
    instance_id: far.instance,
    block: true,
    what: "communities",
  });
  t.equal(await list(), "ab");
  t.equal(await list({ community_id: far.community }), "");
  t.equal(
    (await getPost(eva, { id: posts.c })).post_view.post.id,
    posts.c,
    "direct reads do not know blocks",
  );
  t.equal(
    (await listCommunities(await site.refresh(eva), { limit: 50 })).items
      .some((item) => item.community.id === far.community),
    false,
  );
  await followCommunity(eva, { community_id: far.community, follow: true });
  t.equal(await list(), "abcd", "a pending follow exempts");
  t.equal(await list({ type_: "subscribed" }), "", "but does not subscribe");
  await blockInstance(eva, {
    instance_id: far.instance,
    block: true,
    what: "persons",
  });
  t.equal(await list(), "ad");
  t.equal(
    (await listPersonContent(eva, { person_id: far.person })).items.length,
    2,
    "profiles do not know blocks",
  );
  await blockInstance(eva, {
    instance_id: far.instance,
    block: false,
    what: "persons",
  });
  await blockInstance(eva, {
    instance_id: far.instance,
    block: false,
    what: "communities",
  });
  const left = await sql(
    site,
    "select from instance_actions where person_id = $1::int4",
    eva.viewer!.person.id,
  );
  t.equal(left.length, 0);
  await blockPerson(eva, { person_id: far.person, block: true });
  t.equal(await list(), "ad");
  await hidePost(eva, { post_id: posts.b, hide: true });
  t.equal(
    (await listHidden(await site.refresh(eva), {})).items,
    [],
    "nor are they in the list of hidden posts",
  );
  await blockPerson(eva, { person_id: far.person, block: false });
  await hidePost(eva, { post_id: posts.b, hide: false });
  await blockCommunity(eva, { community_id: near, block: true });
  t.equal(await list(), "cd");
  await blockCommunity(eva, { community_id: near, block: false });
  t.equal(await list(), "abcd");
  t.equal(
    await outcome(
      blockPerson(eva, { person_id: eva.viewer!.person.id, block: true }),
    ),
    "cant_block_yourself",
  );
  const admin = site.admin.viewer!.person.id;
  t.equal(
    await outcome(blockPerson(eva, { person_id: admin, block: true })),
    "cant_block_admin",
  );
  t.equal(
    await outcome(blockPerson(eva, { person_id: 999_999, block: true })),
    "not_found",
  );
  t.equal(
    await outcome(blockInstance(eva, {
      instance_id: eva.site.instance.id,
      block: true,
      what: "persons",
    })),
    "cant_block_local_instance",
  );
});
