/** Listings of every kind against their rules read word for word. */
import { test } from "../../harness.ts";
import { listComments } from "../../../lib/domain/comment/list.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import type { PagedResponse } from "../../../lib/domain/cursor.ts";
import {
  COMMENT_SORTS,
  LISTING_TYPES,
  POST_SORTS,
} from "../../../lib/domain/enums.ts";
import { listPosts } from "../../../lib/domain/post/list.ts";
import { expectedComments, expectedPosts, readerOf } from "./listing_model.ts";
import { Chance, makeWorld, type World } from "./listing_world.ts";
import { onSite, sharedSite, type Site, withSettings } from "./support.ts";

const shared = sharedSite();
let made: Promise<World> | undefined;

/** Listings of each kind that are looked at; the choice is the same in every run. */
const TIMES = 60;
const YES_OR_NO = [true, false];
const TERMS = ["kite", "foo bar", "100%", "a_b", "привет", "katze kite"];

/** Somebody with any settings, on a site that suggests something or not. */
async function anybody(site: Site, world: World, chance: Chance): Promise<Ctx> {
  const anonymous = await site.anonymous();
  const who = chance.of([anonymous, site.admin, ...world.users]);
  const ctx = who.viewer === null ? who : withSettings(who, {
    show_nsfw: chance.of(YES_OR_NO),
    show_bot_accounts: chance.of(YES_OR_NO),
    show_read_posts: chance.of(YES_OR_NO),
    hide_posts_with_media: chance.is(0.3),
  });
  return onSite({ ...ctx, now: new Date() }, {
    suggested_multi_community_id: chance.maybe(0.5, [world.multi]),
  });
}

/** What both kinds of listing may be narrowed by. */
function narrowed(world: World, chance: Chance) {
  return {
    type_: chance.of(LISTING_TYPES),
    community_id: chance.maybe(0.2, [...world.communities.keys()]),
    creator_id: chance.maybe(0.15, [...world.persons.keys()]),
    search_term: chance.maybe(0.25, TERMS),
    time_range_seconds: chance.maybe(0.2, [0, 7200, 72_000]),
  };
}

/**
 * Pages to the end and back again.
 * @throws Error unless the way back leads over the same pages
 */
async function readAll<Item>(
  read: (page_cursor?: string) => Promise<PagedResponse<Item>>,
  idOf: (item: Item) => number,
): Promise<number[]> {
  const pages: number[][] = [];
  let next: string | undefined;
  let back: string | undefined;
  do {
    const page = await read(next);
    pages.push(page.items.map(idOf));
    ({ next_page: next, prev_page: back } = page);
  } while (next);
  for (let at = pages.length - 2; at >= 0; at--) {
    const page = await read(back);
    const ids = page.items.map(idOf);
    if (ids.join() !== pages[at].join()) {
      throw new Error(`${ids} instead of ${pages[at]}`);
    }
    back = page.prev_page;
  }
  return pages.flat();
}

test("posts are listed as the rules have it, whoever asks for whatever", async (t) => {
  const site = await shared();
  const world = await (made ??= makeWorld(site, new Chance(1)));
  const chance = new Chance(2);
  for (let i = 0; i < TIMES; i++) {
    const ctx = await anybody(site, world, chance);
    const narrow = narrowed(world, chance);
    const filter = {
      ...narrow,
      sort: chance.of(POST_SORTS),
      multi_community_id: narrow.community_id === undefined
        ? chance.maybe(0.2, [world.multi])
        : undefined,
      show_nsfw: chance.maybe(0.3, YES_OR_NO),
      show_hidden: chance.maybe(0.2, YES_OR_NO),
      show_read: chance.maybe(0.3, YES_OR_NO),
      hide_posts_with_media: chance.maybe(0.2, YES_OR_NO),
      no_comments_only: chance.maybe(0.1, [true]),
      search_title_only: chance.maybe(0.2, [true]),
      limit: chance.of([3, 10, 50]),
    };
    const found = await readAll(
      (page_cursor) => listPosts(ctx, { ...filter, page_cursor }),
      (view) => view.post.id,
    );
    t.equal(
      found,
      expectedPosts(world, await readerOf(site, ctx), filter),
      `${ctx.viewer?.person.name}: ${JSON.stringify(filter)}`,
    );
  }
});

test("comments are listed as the rules have it, whoever asks for whatever", async (t) => {
  const site = await shared();
  const world = await (made ??= makeWorld(site, new Chance(1)));
  const chance = new Chance(3);
  for (let i = 0; i < TIMES; i++) {
    const ctx = await anybody(site, world, chance);
    const one = chance.of(world.comments);
    const place = chance.maybe(0.4, [
      { post_id: one.post_id },
      { parent_id: one.id },
      { post_id: one.post_id, max_depth: 2 },
      { parent_id: one.id, max_depth: 1 },
    ]);
    const filter = {
      ...narrowed(world, chance),
      ...place,
      sort: chance.of(COMMENT_SORTS),
      limit: chance.of([3, 10, 50]),
    };
    const found = await readAll(
      (page_cursor) => listComments(ctx, { ...filter, page_cursor }),
      (view) => view.comment.id,
    );
    t.equal(
      found,
      expectedComments(world, await readerOf(site, ctx), filter),
      `${ctx.viewer?.person.name}: ${JSON.stringify(filter)}`,
    );
  }
});
