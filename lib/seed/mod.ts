import type { Logger } from "../cli/log.ts";
import { type Config, OperatorError } from "../config/mod.ts";
import { openDatabase, type Sql } from "../db/connection.ts";
import { migrate } from "../db/migrate.ts";
import { startDatabase } from "../db/start.ts";
import { hashPassword } from "../domain/account/password.ts";
import { generateKeyPair } from "../domain/keys.ts";
import { KINDS } from "../domain/text_index/chunk.ts";
import { sealTexts } from "../domain/text_index/seal.ts";
import { firstStart } from "../domain/site/first_start.ts";
import {
  createCommunities,
  createFollows,
  createInstances,
  createPersons,
  type Surroundings,
} from "./actors.ts";
import { createContent } from "./content.ts";
import { readState, type SeedState, writeState } from "./state.ts";

/** Password of the admin and of every local example account. */
export const SEED_PASSWORD = "tundra example";
const ADMIN = "admin";

/** Posts of one transaction: an interrupted run loses at most this much. */
const BATCH = 250_000;
const POSTS_PER_PERSON = 10;
const POSTS_PER_COMMUNITY = 200;
const DEFAULT_POSTS = 2000;
const MAX_POSTS = 10_000_000;

/**
 * `seed`: fills the database with made-up people, communities, posts and threads, always the same
 * for the same number of posts. A second run with a larger number adds what is missing.
 */
export async function seed(
  config: Config,
  log: Logger,
  args: readonly string[],
): Promise<void> {
  const posts = wantedPosts(args);
  const running = await startDatabase(config, log);
  try {
    const database = openDatabase({
      connection: running.connection,
      poolSize: 2,
    });
    try {
      await migrate(database.sql, { log });
      await firstStart(database.kysely, config);
      await fill(database.sql, config.origin, posts, log);
    } finally {
      await database.close();
    }
  } finally {
    await running.stop();
  }
}

function wantedPosts(args: readonly string[]): number {
  const index = args.findIndex((arg) => /^--posts(=|$)/.test(arg));
  if (index < 0) return DEFAULT_POSTS;
  const text = args[index].split("=")[1] ?? args[index + 1];
  const posts = Number(text);
  if (!Number.isInteger(posts) || posts < 1 || posts > MAX_POSTS) {
    throw new OperatorError(
      `--posts ${text}: write how many posts to make, from 1 to ${MAX_POSTS}`,
      { exitCode: 2 },
    );
  }
  return posts;
}

/**
 * Brings the database up to `posts` example posts, a batch per transaction.
 * @param origin scheme and host of the site
 */
export async function fill(
  sql: Sql,
  origin: string,
  posts: number,
  log: Logger,
): Promise<void> {
  const started = Date.now();
  const password = await hashPassword(SEED_PASSWORD);
  await createAdmin(sql, origin, password);
  const [{ instance_id }] = await sql<{ instance_id: number }[]>`
    select s.instance_id from local_site l join site s on s.id = l.site_id`;
  const surroundings: Surroundings = {
    origin,
    localInstance: instance_id,
    instances: await createInstances(sql),
    keys: await generateKeyPair(),
    password,
  };
  const state = await readState(sql);
  while (state.posts < posts) {
    const until = Math.min(posts, state.posts + BATCH);
    const before = { ...state };
    await sql.begin(async (tx) => {
      await addBatch(tx as unknown as Sql, surroundings, state, until);
    });
    log.info("example content added", {
      posts: state.posts,
      comments: state.comments,
      added: state.posts - before.posts,
      seconds: Math.round((Date.now() - started) / 1000),
    });
  }
  await sql.begin((tx) => addSearchTexts(tx as unknown as Sql));
  await sealTexts(sql, { searched: false });
  await sql`vacuum (analyze) post, comment, person, community, community_actions, post_search,
    comment_search, post_search_bits, comment_search_bits, post_search_fresh, comment_search_fresh, person_search, community_search`;
  log.info(
    `sign in as ${ADMIN}, or as a local person_N, with the password "${SEED_PASSWORD}"`,
  );
}

async function addBatch(
  sql: Sql,
  surroundings: Surroundings,
  state: SeedState,
  until: number,
): Promise<void> {
  const before = { ...state };
  // No triggers and no foreign-key checks: the rows are consistent by construction, and every
  // counter is written with them. Needs the rights of the database's owner.
  await sql`set local session_replication_role = replica`;
  const restore = await dropIndexes(sql, ["post", "comment"]);
  await createPersons(
    sql,
    surroundings,
    state,
    Math.max(50, Math.ceil(until / POSTS_PER_PERSON)),
  );
  await createCommunities(
    sql,
    surroundings,
    state,
    Math.max(20, Math.ceil(until / POSTS_PER_COMMUNITY)),
  );
  await createFollows(sql, state, before);
  await createContent(sql, surroundings, state, until);
  await sql`set local maintenance_work_mem = '256MB'`;
  for (const definition of restore) await sql.unsafe(definition);
  await addTotals(sql, state, before);
  await moveSequences(sql);
  await writeState(sql, state);
}

/** Drops the indexes that a batch would have to maintain row by row. @returns how to make them again */
async function dropIndexes(
  sql: Sql,
  tables: readonly string[],
): Promise<string[]> {
  const rows = await sql<{ name: string; definition: string }[]>`
    select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = any(${tables}::regclass[])
      and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`;
  for (const { name } of rows) await sql.unsafe(`drop index "${name}"`);
  return rows.map((row) => row.definition);
}

/** Texts that searches look through, of all rows that have none yet: triggers were off. */
async function addSearchTexts(sql: Sql): Promise<void> {
  const restore = await dropIndexes(sql, [
    "post_search",
    "comment_search",
    "person_search",
    "community_search",
  ]);
  await sql`set local session_replication_role = replica`;
  // Planned for tables that are empty as yet, each row would be looked for in all before it.
  await sql`set local enable_nestloop = off`;
  await sql`insert into post_search (post_id, published_at, name, body)
    select id, published_at, lower(name), lower(body) from post p
    where not exists (select from post_search s where s.post_id = p.id)
    order by published_at, id`;
  await sql`insert into comment_search (comment_id, published_at, content)
    select id, published_at, lower(content) from comment m
    where not exists (select from comment_search s where s.comment_id = m.id)
    order by published_at, id`;
  for (const texts of ["post_search", "comment_search"]) {
    await sql.unsafe(
      `truncate ${texts}_chunk, ${texts}_slot, ${texts}_bits, ${texts}_fresh, ${texts}_recent, ${texts}_backfill`,
    );
    await sql.unsafe(
      `insert into ${texts}_backfill select '-infinity', 0, unnest(array[${
        KINDS.map(({ sections }) => sections)
      }])`,
    );
  }
  await sql`insert into person_search (person_id, name, display_name, ap_id, bio)
    select id, lower(name), lower(display_name), lower(ap_id), lower(bio) from person p
    where not exists (select from person_search s where s.person_id = p.id) order by id`;
  await sql`insert into community_search (community_id, name, title, ap_id, summary, sidebar)
    select id, lower(name), lower(title), lower(ap_id), lower(summary), lower(sidebar) from community c
    where not exists (select from community_search s where s.community_id = c.id) order by id`;
  await sql`set local maintenance_work_mem = '256MB'`;
  for (const definition of restore) await sql.unsafe(definition);
}

/** Totals of people, communities and site from the rows of this batch. */
async function addTotals(
  sql: Sql,
  state: SeedState,
  before: SeedState,
): Promise<void> {
  const posts = [
    state.firstPost + before.posts,
    state.firstPost + state.posts,
  ];
  const comments = [
    state.firstComment + before.comments,
    state.firstComment + state.comments,
  ];
  await sql`update person set post_count = post_count + d.n, post_score = post_score + d.score from (
    select creator_id, count(*) filter (where not (deleted or removed))::int4 as n, sum(score)::int4 as score
    from post where id >= ${posts[0]} and id < ${
    posts[1]
  } group by 1) d where person.id = d.creator_id`;
  await sql`update person set comment_count = comment_count + d.n, comment_score = comment_score + d.score from (
    select creator_id, count(*) filter (where not (deleted or removed))::int4 as n, sum(score)::int4 as score
    from comment where id >= ${comments[0]} and id < ${
    comments[1]
  } group by 1) d
    where person.id = d.creator_id`;
  await sql`update community set posts = community.posts + d.n,
    comments = community.comments + d.comments from (
    select community_id, count(*)::int4 as n, sum(comments)::int4 as comments from post
    where id >= ${posts[0]} and id < ${
    posts[1]
  } and not (deleted or removed) group by 1) d
    where community.id = d.community_id`;
  await sql`update community set subscribers_local = d.n,
      subscribers = case when local then d.n else subscribers end from (
    select a.community_id, count(*)::int4 as n from community_actions a join person p on p.id = a.person_id
    where a.follow_state = 'accepted' and p.local group by 1) d where community.id = d.community_id`;
  await sql`update local_site set
    posts = posts + (select count(*) from post where id >= ${
    posts[0]
  } and id < ${posts[1]}
      and local and not (deleted or removed)),
    comments = comments + (select count(*) from comment where id >= ${
    comments[0]
  } and id < ${comments[1]}
      and local and not (deleted or removed)),
    communities = communities + (select count(*) from community where local and not (deleted or removed)
      and id >= ${state.firstCommunity + before.communities}),
    users = (select count(*) from local_user)`;
}

async function moveSequences(sql: Sql): Promise<void> {
  for (const table of ["person", "community", "post", "comment"]) {
    await sql.unsafe(
      `select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`,
    );
  }
}

/** The site's admin, who ends the set-up; once. */
async function createAdmin(
  sql: Sql,
  origin: string,
  password: string,
): Promise<void> {
  const existing = await sql`select from local_user where admin limit 1`;
  if (existing.length > 0) return;
  const keys = await generateKeyPair();
  await sql.begin(async (tx) => {
    const [person] = await tx<{ id: number }[]>`
      insert into person (name, ap_id, inbox_url, instance_id, public_key, private_key)
      select ${ADMIN}, ${`${origin}/u/${ADMIN}`}, ${`${origin}/inbox`}, s.instance_id,
        ${keys.public_key}, ${keys.private_key}
      from local_site l join site s on s.id = l.site_id returning id`;
    const [user] = await tx<{ id: number }[]>`
      insert into local_user (person_id, password_encrypted, admin, accepted_application)
      values (${person.id}, ${password}, true, true) returning id`;
    await tx`insert into local_user_language select ${user.id}, id from language`;
    await tx`update local_site set site_setup = true, registration_mode = 'open',
      default_post_listing_type = 'all'`;
    await tx`update site set name = 'Example Site'
      where id = (select site_id from local_site) and name = 'New Site'`;
  });
}
