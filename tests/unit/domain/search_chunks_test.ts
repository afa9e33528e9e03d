import { type Assertions, test } from "../../harness.ts";
import type { Sql } from "../../../lib/db/connection.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  type CommentFilter,
  listComments,
} from "../../../lib/domain/comment/list.ts";
import { listPosts } from "../../../lib/domain/post/list.ts";
import { type Ctx, inTransaction, query } from "../../../lib/domain/context.ts";
import {
  type ChunkKind,
  LONG_TEXTS,
  SHORT_TEXTS,
} from "../../../lib/domain/text_index/chunk.ts";
import { Draft, type Text } from "../../../lib/domain/text_index/draft.ts";
import {
  candidatesIn,
  ChunkSearch,
  idsOf,
} from "../../../lib/domain/text_index/search.ts";
import { FIRST_OF_FIVE } from "../../../lib/domain/text_index/grams.ts";
import { Conditions } from "../../../lib/domain/conditions.ts";
import { scopeOf, textMatch } from "../../../lib/domain/text_match.ts";
import { sealTexts } from "../../../lib/domain/text_index/seal.ts";
import { makePost, sharedSite, type Site } from "./support.ts";

const shared = sharedSite();

/** Comments of a chunk: small ones, so that there are several. */
const SIZE = 1000;
const KINDS = [
  { ...SHORT_TEXTS, texts: SIZE },
  { ...LONG_TEXTS, texts: 160 },
];
/** Comments from before there were chunks, and since then. */
const BEFORE = 4500;
const SINCE = 3300;

/** Of the words some are in most comments and some in hardly any; letters of all kinds. */
const WORDS =
  `('{the,there,other,and,sand,Straße,ÉTÉ,música,音楽作る,c++,under_score,back\\\\slash,100%,rare1,rare2,rarest}'::text[])`;
/** The word of a random number: the later in the list, the rarer. */
const WORD = `${WORDS}[1 + floor(16 * random() ^ 3)::int]`;
/** With a word that one of forty has, and a number of its own; one of nine is a long text. */
const TEXT =
  `concat_ws(' ', ${WORD}, ${WORD}, ${WORD}, ${WORD}, 'x' || n % 40 || 'y', n,
    case when n % 9 = 5 then (select string_agg(${WORD}, ' ') from generate_series(1, 150 + n % 30)) end)`;

const TERMS = [
  "the",
  "and",
  "sand the",
  "the and other",
  "THE  Sand there and",
  "other there the sand and",
  "straße",
  "été the",
  "ÉTÉ",
  "música",
  "音楽作",
  "楽作る the",
  "c++",
  "c++ c++",
  "r_s",
  "k\\s",
  "100% the",
  "rare1",
  "rare2 rare1",
  "rarest",
  "rarest rarest rarest",
  "música été straße other there",
  "the there the other the sand and the música the",
  "under_score the música straße été the 100%",
  "are r",
  "nowhere",
  "zqxzqx",
  "the 77",
  "x3y",
  "x17y",
  "the x39y",
  "x21y 4",
  "123",
  "sand 345",
  "a e",
];

/** Whole minutes in the last ten days, so that some rows share theirs. */
const TIME =
  `date_trunc('minute', now()) - floor(14400 * random()) * interval '1 minute'`;

/** Adds rows whose random parts are the same ones in every run of the tests. */
async function addRandom(
  ctx: Ctx,
  seed: number,
  statement: string,
  parameters: unknown[],
) {
  // The seed holds for the connection that it is set on.
  await inTransaction(ctx, async (ctx) => {
    await query(ctx, "select setseed($1::float8)", [seed]);
    await query(ctx, statement, parameters);
  });
}

async function addComments(
  ctx: Ctx,
  creators: readonly number[],
  post_id: number,
  community_id: number,
  from: number,
  to: number,
) {
  await addRandom(
    ctx,
    from / 10_000,
    `insert into comment (creator_id, post_id, community_id, content, ap_id, path, published_at)
     select ($1::int4[])[1 + n % cardinality($1::int4[])], $2::int4, $3::int4, ${TEXT}, 'http://test/c/' || n, '0.' || n,
       ${TIME}
     from generate_series($4::int4, $5::int4) n`,
    [creators, post_id, community_id, from, to],
  );
}

/**
 * Chunks as they were before there were grams of five: the older half before long texts had their
 * own, and before they told whose texts they hold.
 */
async function makeOldChunks({ sql }: Site) {
  const rows = await sql<Text[]>`
    select comment_id as id, published_at::text as published_at, content from comment_search
    where comment_id in (select unnest(ids) from comment_search_slot) order by published_at, comment_id`;
  await sql`truncate comment_search_chunk, comment_search_slot, comment_search_bits, comment_search_fresh`;
  await sql.begin(async (tx) => {
    const store = async (kind: ChunkKind, rows: Text[]) => {
      const draft = new Draft(kind);
      await draft.fill(ReadableStream.from([rows]));
      await draft.store(tx as unknown as Sql, "comment_search");
    };
    for (let start = 0; start < rows.length; start += SIZE) {
      const some = rows.slice(start, start + SIZE);
      if (start < rows.length / 2) await store(SHORT_TEXTS, some);
      else {
        const isLong = ({ content }: Text) =>
          new TextEncoder().encode(content).length >= 640;
        await store(SHORT_TEXTS, some.filter((text) => !isLong(text)));
        await store(LONG_TEXTS, some.filter(isLong));
      }
    }
  });
  await sql`update comment_search_chunk set outdated = true, scoped = size < ${SIZE}`;
  await sql`insert into comment_search_bits select f.* from comment_search_fresh f
    join comment_search_chunk c on c.id = chunk where gram between 0 and ${
    FIRST_OF_FIVE - 1
  } or gram < 0 and scoped`;
  await sql`truncate comment_search_fresh`;
}

/** Begins searches; what the task does meanwhile must take nothing from them. */
async function beginSearches(t: Assertions, ctx: Ctx) {
  const { term, words } = { term: "there sand", words: ["there", "sand"] };
  const sought = (await query<{ id: number; content: string }>(
    ctx,
    `select comment_id as id, content from comment_search
     where comment_id not in (select id from comment_search_recent)`,
  )).filter(({ content }) => contains(content, words));
  t.ok(sought.length > 50);
  const begin = async () =>
    (await ChunkSearch.begin(ctx, "comment_search", term, {}))!;
  const [later, sooner] = [await begin(), await begin()];
  const passes = [await sooner.pass({ direction: "desc" })];
  return async (when: string) => {
    // The one knows the chunks from before, the other one reads those there are now.
    passes.push(await later.pass({ direction: "desc" }));
    for (const pass of passes) {
      const where = new Conditions();
      const chunks = candidatesIn(await pass.rest());
      const ids = idsOf("comment_search", chunks, where);
      const found = new Set(
        (await query<{ id: number }>(ctx, ids, where.parameters))
          .map(({ id }) => id),
      );
      const missing = sought.filter(({ id }) => !found.has(id));
      t.equal(missing.map(({ id }) => id), [], when);
    }
  };
}

interface Row {
  id: number;
  community_id: number;
  creator_id: number;
  at: number;
  content: string;
}

/** Whether a text contains the words in this order. */
function contains(text: string, words: readonly string[]): boolean {
  let end = 0;
  return words.every((word) => {
    const start = text.indexOf(word, end);
    end = start + word.length;
    return start >= 0;
  });
}

/** The ids of all that a plain look at every row finds, in order. */
function plain(ctx: Ctx, rows: readonly Row[], filter: CommentFilter) {
  const words = filter.search_term!.toLowerCase().split(" ");
  const since = ctx.now.getTime() * 1000 -
    (filter.time_range_seconds ?? 1e8) * 1e6;
  const sign = filter.sort === "old" ? 1 : -1;
  return rows.filter(({ community_id, creator_id, at, content }) => {
    if (at <= since) return false;
    if ((filter.community_id ?? community_id) !== community_id) return false;
    if ((filter.creator_id ?? creator_id) !== creator_id) return false;
    return contains(content, words);
  }).sort((a, b) => sign * (a.at - b.at || a.id - b.id)).map(({ id }) => id);
}

/** The first pages, and the first again from the second. */
async function pages(ctx: Ctx, filter: CommentFilter, count: number) {
  const forward: number[] = [];
  let back: number[] | undefined;
  let page_cursor: string | undefined;
  const read = async (page_cursor: string | undefined) => {
    const page = await listComments(ctx, { ...filter, page_cursor });
    return { ...page, ids: page.items.map(({ comment }) => comment.id) };
  };
  for (let page = 0; page < count; page++) {
    const { ids, next_page, prev_page } = await read(page_cursor);
    forward.push(...ids);
    if (page === 1 && prev_page) back = (await read(prev_page)).ids;
    page_cursor = next_page;
    if (!next_page) break;
  }
  return { forward, back };
}

test("comments in chunks are found as a plain query finds them, whatever was changed since", async (t: Assertions) => {
  const site = await shared();
  const ctx = site.admin;
  const [big, small] = [
    await makeCommunity(ctx, "big"),
    await makeCommunity(ctx, "small"),
  ];
  const [post, other] = [await makePost(ctx, big), await makePost(ctx, small)];
  const [author, rare] = await Promise.all(
    ["author", "rare"].map((name) => site.signUp(name)),
  );
  // One of fifty is by somebody else.
  const creators = Array.from(
    { length: 50 },
    (_, n) => (n === 7 ? rare : author).viewer!.person.id,
  );
  await addComments(ctx, creators, post, big, 1, BEFORE);
  // As if all these were from before there were chunks.
  await query(ctx, "truncate comment_search_recent");
  await query(
    ctx,
    "insert into comment_search_backfill values ('-infinity', 0, 1), ('-infinity', 0, 8)",
  );
  await addComments(ctx, creators, other, small, BEFORE + 1, BEFORE + 100);

  const check = async (when: string, filters: CommentFilter[]) => {
    const rows = await query<Row>(
      ctx,
      `select id, community_id, creator_id, lower(content) as content,
         (extract(epoch from published_at) * 1000000)::int8 as at
       from comment where not deleted`,
    );
    for (const term of TERMS) {
      for (const filter of filters) {
        const search: CommentFilter = {
          type_: "all",
          sort: "new",
          limit: 20,
          ...filter,
          search_term: term,
        };
        const expected = plain(ctx, rows, search);
        const { forward, back } = await pages(ctx, search, 2);
        const what = `${when}: ${JSON.stringify(search)}`;
        t.equal(forward, expected.slice(0, 40), what);
        if (back) t.equal(back, expected.slice(0, 20), what);
      }
    }
  };
  await check("not yet in chunks", [{}]);
  await sealTexts(site.sql, { kinds: KINDS });
  await addComments(ctx, creators, post, big, BEFORE + 101, BEFORE + SINCE);
  await sealTexts(site.sql, { kinds: KINDS });
  const chunks = await query<{ size: number }>(
    ctx,
    "select size from comment_search_chunk order by sections, id",
  );
  // All from before, and what is enough for a full one since.
  t.equal(chunks.map(({ size }) => size), [
    ...[SIZE, SIZE, SIZE, SIZE, 89],
    ...[SIZE, SIZE],
    ...[160, 160, 160, 31],
    ...[160, 160],
  ]);
  await makeOldChunks(site);
  await query(
    ctx,
    `update comment set content = 'now rarest and rare1' where id % 1000 = 1`,
  );
  await query(
    ctx,
    `update comment set published_at = published_at + interval '5 days' where id % 1000 = 2`,
  );
  await query(ctx, `update comment set deleted = true where id % 10 = 3`);
  await query(ctx, `delete from comment where id % 1000 = 4`);
  const scopes: CommentFilter[] = [
    { community_id: small },
    { community_id: big, creator_id: creators[7] },
    { creator_id: creators[0] },
  ];
  await check("in old chunks", [{}, ...scopes]);
  const remade = await beginSearches(t, ctx);
  await sealTexts(site.sql, { kinds: KINDS });
  await check("made anew, with the old chunks", [{}]);
  await remade("while chunks were made anew");
  const merged = await beginSearches(t, ctx);
  await sealTexts(site.sql, { kinds: KINDS, together: 4 });
  t.equal(
    await query(
      ctx,
      `select sections, size, merged from comment_search_chunk where scoped and retired_at is null
       order by sections, last_at`,
    ),
    [
      { sections: 1, size: 3600, merged: true },
      { sections: 1, size: 875, merged: false },
      { sections: 1, size: 844, merged: false },
      { sections: 1, size: 734, merged: false },
      { sections: 8, size: 432, merged: true },
      { sections: 8, size: 277, merged: false },
      { sections: 8, size: 117, merged: false },
    ],
  );
  await check("merged, with what they are made of", [{}]);
  await merged("while chunks were merged");
  await query(
    ctx,
    "update comment_search_chunk set retired_at = now() - interval '2 minutes' where retired_at is not null",
  );
  await sealTexts(site.sql, { kinds: KINDS, together: 4 });
  t.equal(
    await query(
      ctx,
      `select (select count(*) from comment_search_chunk) as chunks, count(distinct chunk) as with_rows
       from (select chunk from comment_search_bits union all select chunk from comment_search_fresh) b`,
    ),
    [{ chunks: 7, with_rows: 7 }],
  );
  await check("in chunks", [
    {},
    { sort: "old" },
    ...scopes,
    { time_range_seconds: 3 * 86400 },
    { sort: "old", time_range_seconds: 7 * 86400 },
  ]);
});

test("chunks know whose texts they hold, and which words come after which", async (t: Assertions) => {
  const site = await shared();
  const ctx = site.admin;
  const rows = await query<{ id: number; creator_id: number; content: string }>(
    ctx,
    `select id, creator_id, lower(content) as content from comment
     where id not in (select id from comment_search_recent)`,
  );
  const words = ["rarest", "100%", "rare2", "c++", "rare1", "under_score"];
  const term = words.join(" ");
  let looked = 0, withAll = 0;
  // One of the authors has few comments, which chunks have no bits for but lists.
  for (const creator_id of new Set(rows.map((row) => row.creator_id))) {
    const own = rows.filter((row) => row.creator_id === creator_id);
    const search = await ChunkSearch.begin(ctx, "comment_search", term, {
      creator_id,
    });
    const pass = await search!.pass({ direction: "desc" });
    const where = new Conditions();
    const ids = idsOf("comment_search", candidatesIn(await pass.rest()), where);
    const candidates = new Set(
      (await query<{ id: number }>(ctx, ids, where.parameters))
        .map(({ id }) => id),
    );
    const inOrder = own.filter(({ content }) => contains(content, words));
    t.equal(inOrder.filter(({ id }) => !candidates.has(id)), []);
    const inAnyOrder = own.filter(({ content }) =>
      words.every((word) => content.includes(word))
    );
    t.ok(inOrder.length > 0);
    looked += candidates.size;
    withAll += inAnyOrder.length;
  }
  // Of all together, as ten texts of one author tell little.
  t.ok(looked < 0.7 * withAll, `${looked} of ${withAll} with all words`);
});

test("posts in chunks are found by name and body in whatever order", async (t: Assertions) => {
  const site = await shared();
  const ctx = site.admin;
  const community_id = await makeCommunity(ctx, "posts");
  const addPosts = async (from: number, to: number) =>
    await addRandom(
      ctx,
      0.75,
      `insert into post (creator_id, community_id, name, body, ap_id, published_at, hot_rank)
       select $1::int4, $2::int4, ${TEXT}, case when n % 2 = 0 then ${TEXT} end, 'http://test/p/' || n,
         ${TIME},
         case when n % 3 > 0 then round(random()::numeric, 2) else 0 end
       from generate_series($3::int4, $4::int4) n`,
      [ctx.viewer!.person.id, community_id, from, to],
    );
  await addPosts(1, 5600);
  await sealTexts(site.sql, { kinds: KINDS });
  await query(
    ctx,
    "update post set body = 'now rarest and rare1' where id % 500 = 1",
  );
  const rows = await query<Row & { body: string; rank: number }>(
    ctx,
    `select id, lower(name) as content, lower(coalesce(body, '')) as body, hot_rank as rank,
       (extract(epoch from published_at) * 1000000)::int8 as at
     from post`,
  );
  for (const term of TERMS) {
    for (const sort of ["hot", "new", "old"] as const) {
      for (const search_title_only of [false, true]) {
        const words = term.toLowerCase().split(" ");
        const sign = sort === "old" ? 1 : -1;
        const expected = rows.filter(({ content, body }) =>
          contains(content, words) ||
          !search_title_only && contains(body, words)
        ).sort((a, b) =>
          sign *
          ((sort === "hot" ? a.rank - b.rank : 0) || a.at - b.at || a.id - b.id)
        ).map(({ id }) => id);
        const found: number[] = [];
        let page_cursor: string | undefined;
        do {
          const page = await listPosts(ctx, {
            type_: "all",
            limit: 30,
            search_term: term,
            sort,
            search_title_only,
            page_cursor,
          });
          found.push(...page.items.map(({ post }) => post.id));
          page_cursor = page.next_page;
        } while (page_cursor && found.length < 60);
        t.equal(found, expected.slice(0, 60), `${term}, ${sort}`);
      }
    }
  }
  // Short words, of which names tell, and where only so many posts can have them.
  const scopes = [{ community_id }, { creator_id: ctx.viewer!.person.id }];
  await query(ctx, "analyze post");
  for (const [index, scope] of scopes.entries()) {
    const where = new Conditions();
    const { beginning } = textMatch("ra", { names: ["name"] }, {
      table: "post_search",
      key: "post_id",
    });
    const text = `explain select p.id from post p
      where ${scopeOf("p", scope)} and (${beginning!(where, "p")})`;
    const plan = await query(ctx, text, where.parameters);
    const name = ["post_community_beginning", "post_creator_beginning"][index];
    t.ok(JSON.stringify(plan).includes(name), JSON.stringify(plan));
  }
  for (const term of ["th", "ra", "zz", "a e"]) {
    for (const scope of [{}, ...scopes]) {
      const [first, ...others] = term.split(" ");
      const expected = rows.filter(({ content, body }) =>
        others.length === 0
          ? content.startsWith(first)
          : contains(content, [first, ...others]) ||
            contains(body, [first, ...others])
      ).sort((a, b) => b.rank - a.rank || b.at - a.at || b.id - a.id);
      const page = await listPosts(ctx, {
        ...scope,
        limit: 30,
        search_term: term,
        sort: "hot",
      });
      t.equal(
        page.items.map(({ post }) => post.id),
        expected.slice(0, 30).map(({ id }) => id),
        `${term} of one`,
      );
    }
  }
});

test("chunks are merged even where the oldest ones are many small ones of long texts", async (t: Assertions) => {
  const { sql } = await shared();
  await sql`truncate post_search_chunk, post_search_slot, post_search_bits, post_search_fresh`;
  // As parts of older chunks leave them: 200 of which each has 8 texts, then full ones.
  await sql`insert into post_search_chunk (first_at, first_id, last_at, last_id, size, sections, scoped,
      part_first, part_last)
    select at, 1, at, 1, case when n <= 200 then 8 else ${SIZE} end, case when n <= 200 then 8 else 1 end, true,
      case when n <= 200 then '{1}' else '{1,1}' end::int8[], case when n <= 200 then '{2}' else '{2,2}' end::int8[]
    from generate_series(1, 240) n, lateral (select now() + n * interval '1 second' as at) a`;
  await sealTexts(sql, { kinds: KINDS, together: 8, searched: false });
  const left = await sql<{ of: string; bits: number }[]>`
    select concat_ws(' ', sections, merged) as of, sum(size * sections)::int as bits
    from post_search_chunk group by 1 order by 1`;
  t.equal([...left], [
    { of: "1 t", bits: 40_000 },
    { of: "8 f", bits: 2560 },
    { of: "8 t", bits: 10_240 },
  ]);
});
