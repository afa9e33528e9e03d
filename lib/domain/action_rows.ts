import { requireViewer } from "./account/session.ts";
import { type Ctx, query } from "./context.ts";

/**
 * The tables that keep what a person does to a thing, one row per pair: the column that names the
 * thing, and those that give the row a reason to exist.
 */
const TABLES = {
  post_actions: {
    target: "post_id",
    payload:
      "read_at, read_comments_at, saved_at, voted_at, hidden_at, notifications",
  },
  comment_actions: { target: "comment_id", payload: "voted_at, saved_at" },
  community_actions: {
    target: "community_id",
    payload:
      "followed_at, blocked_at, became_moderator_at, received_ban_at, notifications",
  },
  person_actions: {
    target: "target_id",
    payload: "blocked_at, noted_at, voted_at, upvotes, downvotes",
  },
  instance_actions: {
    target: "instance_id",
    payload: "blocked_communities_at, blocked_persons_at, received_ban_at",
  },
} as const;

export type ActionTable = keyof typeof TABLES;

/** Times that an action sets to now or clears. */
interface Marks {
  post_actions: "read_at" | "saved_at" | "hidden_at";
  comment_actions: "saved_at";
  community_actions: "blocked_at";
  person_actions: "blocked_at";
  instance_actions: "blocked_communities_at" | "blocked_persons_at";
}

/** Sets a time of the viewer's row about a thing to now, or clears it. */
export async function setMark<Table extends ActionTable>(
  ctx: Ctx,
  table: Table,
  targetId: number,
  mark: Marks[Table],
  on: boolean,
): Promise<void> {
  const { target } = TABLES[table];
  const key = [requireViewer(ctx).person.id, targetId];
  if (on) {
    await query(
      ctx,
      `insert into ${table} (person_id, ${target}, ${mark})
       values ($1::int4, $2::int4, $3::timestamptz)
       on conflict (person_id, ${target}) do update set ${mark} = excluded.${mark}`,
      [...key, ctx.now.toISOString()],
    );
    return;
  }
  await query(
    ctx,
    `update ${table} set ${mark} = null where person_id = $1::int4 and ${target} = $2::int4`,
    key,
  );
  await dropEmptyRows(ctx, table, [targetId]);
}

/**
 * Deletes those of a person's rows about the things that say nothing any more (content §13).
 * @param personId absent means the viewer
 */
export async function dropEmptyRows(
  ctx: Ctx,
  table: ActionTable,
  targetIds: readonly number[],
  personId = requireViewer(ctx).person.id,
): Promise<void> {
  await deleteIfEmpty(
    ctx,
    table,
    targetIds.map((target_id) => ({ person_id: personId, target_id })),
  );
}

/** Deletes those of the rows, each named by its person and its thing, that say nothing any more. */
export async function deleteIfEmpty(
  ctx: Pick<Ctx, "db">,
  table: ActionTable,
  rows: readonly { person_id: number; target_id: number }[],
): Promise<void> {
  if (rows.length === 0) return;
  const { target, payload } = TABLES[table];
  await query(
    ctx,
    `delete from ${table} a using unnest($1::int4[], $2::int4[]) as list (person, target)
     where a.person_id = list.person and a.${target} = list.target
       and num_nonnulls(${payload}) = 0`,
    [rows.map((row) => row.person_id), rows.map((row) => row.target_id)],
  );
}
