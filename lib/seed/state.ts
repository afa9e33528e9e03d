import type { Sql } from "../db/connection.ts";

/** How far the example content has got; one row, written with each batch. */
export interface SeedState {
  posts: number;
  comments: number;
  persons: number;
  communities: number;
  /** The "now" of the content, in milliseconds: later batches continue the same history. */
  now: number;
  /** First ids of the example rows; their numbers follow one another without gaps. */
  firstPost: number;
  firstComment: number;
  firstPerson: number;
  firstCommunity: number;
}

/** Reads the state, or starts one behind whatever the database holds already. */
export async function readState(sql: Sql): Promise<SeedState> {
  await sql`create table if not exists seed_state (
    id boolean primary key default true check (id), state jsonb not null)`;
  const [row] = await sql<{ state: SeedState }[]>`select state from seed_state`;
  if (row) return row.state;
  const [next] = await sql<
    { post: number; comment: number; person: number; community: number }[]
  >`select
    (select coalesce(max(id), 0) + 1 from post) as post,
    (select coalesce(max(id), 0) + 1 from comment) as comment,
    (select coalesce(max(id), 0) + 1 from person) as person,
    (select coalesce(max(id), 0) + 1 from community) as community`;
  return {
    posts: 0,
    comments: 0,
    persons: 0,
    communities: 0,
    now: Date.now(),
    firstPost: next.post,
    firstComment: next.comment,
    firstPerson: next.person,
    firstCommunity: next.community,
  };
}

/** Stores the state in the batch's own transaction. */
export async function writeState(sql: Sql, state: SeedState): Promise<void> {
  await sql`insert into seed_state (state) values (${
    sql.json({ ...state })
  }) on conflict (id) do update set state = excluded.state`;
}
