/**
 * Times of every listing in the database: sort × kind × viewer, first and deep page. Run it on a
 * seeded database:
 *
 *     deno task seed --posts 100000
 *     deno task bench
 *
 * It prints what EXPLAIN (ANALYZE, BUFFERS) says of the statements that find a page's ids and read
 * its views; the budget is 20 ms (design §9).
 */
import { GuardedClient } from "../../lib/http/guarded_client.ts";
import { CompiledQuery, Kysely } from "kysely";
import { loadConfig } from "../../lib/config/mod.ts";
import { createLogger } from "../../lib/cli/log.ts";
import { openDatabase } from "../../lib/db/connection.ts";
import { poolDialect } from "../../lib/db/dialect.ts";
import { CUSTOM_PLAN } from "../../lib/db/session.ts";
import { startDatabase } from "../../lib/db/start.ts";
import type { Database } from "../../lib/db/tables.ts";
import type { Viewer } from "../../lib/domain/account/session.ts";
import { LOCAL_USER, PERSON, select } from "../../lib/domain/columns.ts";
import { listComments } from "../../lib/domain/comment/list.ts";
import { readThread } from "../../lib/domain/comment/thread.ts";
import { listCommunities } from "../../lib/domain/community/list.ts";
import { type Ctx, query, queryViews } from "../../lib/domain/context.ts";
import {
  COMMENT_SORTS,
  COMMUNITY_SORTS,
  POST_SORTS,
} from "../../lib/domain/enums.ts";
import { listPosts } from "../../lib/domain/post/list.ts";
import { loadSite } from "../../lib/domain/site/load.ts";

const DEEP = 25;

const config = await loadConfig({ args: {} });
const log = createLogger({ filter: "warn" });
const running = await startDatabase(config, log);
const open = openDatabase({ connection: running.connection, poolSize: 4 });
let statements: CompiledQuery[] = [];
const db = new Kysely<Database>({
  dialect: poolDialect(open.sql),
  log: (event) => {
    const { sql } = event.query;
    if (
      event.level === "query" &&
      (sql.startsWith(CUSTOM_PLAN) || /^\s*select/i.test(sql))
    ) {
      statements.push(event.query as CompiledQuery);
    }
  },
});

/** Milliseconds of the statements by EXPLAIN, the better of two runs. */
async function explained(list: readonly CompiledQuery[]): Promise<number> {
  let total = 0;
  for (const statement of list) {
    let best = Infinity;
    for (let run = 0; run < 2; run++) {
      const result = await open.kysely.executeQuery<{ "QUERY PLAN": unknown }>(
        CompiledQuery.raw(
          `explain (analyze, buffers, format json) ${statement.sql}`,
          [...statement.parameters],
        ),
      );
      const plan = result.rows[0]["QUERY PLAN"];
      const [{ "Execution Time": time }] = typeof plan === "string"
        ? JSON.parse(plan)
        : plan;
      best = Math.min(best, time);
    }
    total += best;
  }
  return total;
}

interface Page {
  next_page?: string;
}

const results: { name: string; first: number; deep: number }[] = [];

async function measure(
  name: string,
  ctx: Ctx,
  list: (ctx: Ctx, cursor?: string) => Promise<Page>,
): Promise<void> {
  const fresh = () => ({ ...ctx, viewer: ctx.viewer && { ...ctx.viewer } });
  statements = [];
  let page = await list(fresh());
  const first = await explained(statements);
  for (let i = 1; i < DEEP && page.next_page; i++) {
    statements = [];
    page = await list(fresh(), page.next_page);
  }
  const deep = await explained(statements);
  results.push({ name, first, deep });
}

/** The local user with about this many follows. */
async function userWith(ctx: Ctx, follows: number): Promise<Viewer> {
  const [viewer] = await queryViews<Viewer>(
    ctx,
    `select ${select("u", "local_user", LOCAL_USER)}, ${
      select("p", "person", PERSON)
    }, false as banned
     from local_user u join person p on p.id = u.person_id
     join (select person_id, count(*) as n from community_actions where follow_state = 'accepted' group by 1) f
       on f.person_id = p.id
     where not u.admin order by abs(f.n - $1::int4), u.id limit 1`,
    [follows],
  );
  return { ...viewer, tokenHash: new Uint8Array() };
}

try {
  const anonymous: Ctx = {
    db,
    config,
    log,
    site: await loadSite(db),
    viewer: null,
    now: new Date(),
    outgoing: GuardedClient.of(config),
    media: null,
    shownImages: new Set(),
    wake() {},
    shareContent: (_, make) => make(),
    siteChanged() {},
  };
  const few: Ctx = { ...anonymous, viewer: await userWith(anonymous, 4) };
  const many: Ctx = { ...anonymous, viewer: await userWith(anonymous, 400) };
  const [{ big, quiet, thread }] = await query<
    { big: number; quiet: number; thread: number }
  >(
    anonymous,
    `select (select id from community where posts > 0 order by posts desc limit 1) as big,
       (select id from community where posts between 2 and 5 order by id limit 1) as quiet,
       (select id from post where not deleted and not removed order by comments desc limit 1) as thread`,
  );
  for (const sort of POST_SORTS) {
    for (
      const [who, ctx] of [["anonymous", anonymous], ["user", many]] as const
    ) {
      for (const type_ of ["all", "local"] as const) {
        await measure(
          `posts ${sort} ${type_} ${who}`,
          ctx,
          (c, page_cursor) =>
            listPosts(c, { type_, sort, page_cursor, show_nsfw: true }),
        );
      }
    }
    for (
      const [who, ctx] of [["4 follows", few], ["400 follows", many]] as const
    ) {
      await measure(
        `posts ${sort} subscribed, ${who}`,
        ctx,
        (c, page_cursor) =>
          listPosts(c, { type_: "subscribed", sort, page_cursor }),
      );
    }
    for (
      const [size, community_id] of [["big", big], ["quiet", quiet]] as const
    ) {
      await measure(
        `posts ${sort} ${size} community`,
        anonymous,
        (c, page_cursor) => listPosts(c, { community_id, sort, page_cursor }),
      );
    }
    await measure(
      `posts ${sort} all, past week`,
      anonymous,
      (c, page_cursor) =>
        listPosts(c, {
          type_: "all",
          sort,
          page_cursor,
          time_range_seconds: 7 * 86_400,
        }),
    );
  }
  for (const sort of COMMENT_SORTS) {
    for (const type_ of ["all", "local"] as const) {
      await measure(
        `comments ${sort} ${type_}`,
        anonymous,
        (c, page_cursor) => listComments(c, { type_, sort, page_cursor }),
      );
    }
    await measure(
      `comments ${sort} subscribed, 4 follows`,
      few,
      (c, page_cursor) =>
        listComments(c, { type_: "subscribed", sort, page_cursor }),
    );
    await measure(
      `comments ${sort} big community`,
      anonymous,
      (c, page_cursor) =>
        listComments(c, { community_id: big, sort, page_cursor }),
    );
    await measure(
      `comments ${sort} of a large thread`,
      anonymous,
      (c, page_cursor) =>
        listComments(c, { post_id: thread, sort, page_cursor }),
    );
    await measure(
      `thread page ${sort}`,
      anonymous,
      (c, page_cursor) => readThread(c, { post_id: thread, sort, page_cursor }),
    );
  }
  for (const sort of COMMUNITY_SORTS) {
    await measure(
      `communities ${sort}`,
      anonymous,
      (c, page_cursor) =>
        listCommunities(c, { type_: "all", sort, page_cursor }),
    );
  }
} finally {
  await open.close();
  await running.stop();
}

const ms = (n: number) => n.toFixed(1).padStart(8);
console.log("first ms  deep ms  listing");
for (const { name, first, deep } of results) {
  const slow = Math.max(first, deep) > 20 ? "  over budget" : "";
  console.log(`${ms(first)} ${ms(deep)}  ${name}${slow}`);
}
const all = results.flatMap((r) => [r.first, r.deep]).sort((a, b) => a - b);
console.log(
  `${results.length} listings, median ${
    all[Math.floor(all.length / 2)].toFixed(1)
  } ms, worst ${all[all.length - 1].toFixed(1)} ms, over 20 ms: ${
    all.filter((n) => n > 20).length
  } of ${all.length}`,
);
