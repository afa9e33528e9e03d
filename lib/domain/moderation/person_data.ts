import { dropEmptyRows } from "../action_rows.ts";
import { setCommentsRemoved } from "../comment/set_removed.ts";
import { type Ctx, lockPersons, query } from "../context.ts";
import { deleteImagesOf } from "../image/delete.ts";
import { insertModlog } from "../modlog/record.ts";
import type { BulkRow, BulkStep } from "./bulk_task.ts";

/**
 * What a ban with data removal takes from the site or from one community, and what its end gives
 * back (moderation-and-operations §2.5). Nobody is told of the single items, which the modlog keeps
 * as children of the ban.
 */

/** Items that one transaction changes. */
const BATCH = 500;

/** Whether all that the person has is meant, not only what is in certain communities. */
function isWhole({ community_id, everywhere }: BulkRow): boolean {
  return community_id === null && everywhere;
}

/** SQL condition: an item in the community `$3` or in one of the instance `$4`, where given. */
const IN_PLACE = `($3::int4 is null or community_id = $3)
  and ($4::int4 is null or community_id in (select id from community where instance_id = $4))`;

/** The instance to whose communities the task is limited. */
function instanceOf({ everywhere, instance_id }: BulkRow): number | null {
  return everywhere ? null : instance_id;
}

export const REMOVE_DATA: readonly BulkStep[] = [
  takeProfile,
  takeVotes("post"),
  takeVotes("comment"),
  (ctx, task) => setPosts(ctx, task, true),
  (ctx, task) => setComments(ctx, task, true),
  (ctx, task) => setMessages(ctx, task, true),
];

export const RESTORE_DATA: readonly BulkStep[] = [
  (ctx, task) => setPosts(ctx, task, false),
  (ctx, task) => setComments(ctx, task, false),
  (ctx, task) => setMessages(ctx, task, false),
];

/**
 * Site-wide only: clears the profile, removes the communities whose first moderator the person is
 * (of another instance's ban only those of that instance, Q48), and deletes everything the person
 * uploaded.
 */
async function takeProfile(ctx: Ctx, task: BulkRow): Promise<null> {
  if (!isWhole(task)) return null;
  await query(
    ctx,
    "update person set avatar = null, banner = null, bio = null where id = $1::int4",
    [task.person_id],
  );
  await query(
    ctx,
    `with led as (
       select c.id from community_actions a join community c on c.id = a.community_id
       where a.person_id = $1::int4 and a.became_moderator_at is not null
         and ($2::int4 is null or c.instance_id = $2)
         and not exists (select from community_actions b where b.community_id = c.id
           and (b.became_moderator_at, b.person_id) < (a.became_moderator_at, a.person_id))
       order by c.id for no key update of c
     )
     update community set removed = true, icon = null, banner = null
     from led where community.id = led.id`,
    [task.person_id, task.instance_id],
  );
  await deleteImagesOf(ctx, task.person_id);
  return null;
}

/**
 * Withdraws the person's own votes, in the community if there is one (quirk Q5), also from the
 * totals given to each author.
 */
function takeVotes(kind: "post" | "comment"): BulkStep {
  const table = `${kind}_actions` as const;
  const id = `${kind}_id`;
  return async (ctx, task) => {
    // Another instance than the person's own has no say over votes.
    if (!task.everywhere) return null;
    const votes = await query<
      { id: number; creator_id: number; vote_is_upvote: boolean }
    >(
      ctx,
      `select a.${id} as id, i.creator_id, a.vote_is_upvote
       from ${table} a join ${kind} i on i.id = a.${id}
       where a.person_id = $1::int4 and a.${id} > $2::int4 and a.voted_at is not null
         and ($3::int4 is null or i.community_id = $3)
       order by a.${id} limit ${BATCH} for no key update of a`,
      [task.person_id, task.after_id, task.community_id],
    );
    if (votes.length === 0) return null;
    const ids = votes.map((vote) => vote.id);
    await query(
      ctx,
      `update ${table} set voted_at = null, vote_is_upvote = null
       where person_id = $1::int4 and ${id} = any($2::int4[])`,
      [task.person_id, ids],
    );
    await dropEmptyRows(ctx, table, ids, task.person_id);
    await query(
      ctx,
      `update person_actions t set upvotes = t.upvotes - d.up, downvotes = t.downvotes - d.down
       from (select author, sum(up) as up, sum(1 - up) as down
         from unnest($2::int4[], $3::int4[]) as v(author, up) group by author) d
       where t.person_id = $1::int4 and t.target_id = d.author and t.voted_at is not null`,
      [
        task.person_id,
        votes.map((vote) => vote.creator_id),
        votes.map((vote) => Number(vote.vote_is_upvote)),
      ],
    );
    return ids.at(-1)!;
  };
}

interface Item {
  id: number;
  community_id: number;
  post_id: number;
}

/** The next of the person's posts or comments. */
async function nextItems(
  ctx: Ctx,
  task: BulkRow,
  kind: "post" | "comment",
): Promise<Item[]> {
  const post = kind === "post" ? "id" : "post_id";
  return await query<Item>(
    ctx,
    `select id, community_id, ${post} as post_id from ${kind}
     where creator_id = $1::int4 and id > $2::int4 and ${IN_PLACE}
     order by id limit ${BATCH}`,
    [task.person_id, task.after_id, task.community_id, instanceOf(task)],
  );
}

async function setPosts(
  ctx: Ctx,
  task: BulkRow,
  removed: boolean,
): Promise<number | null> {
  const items = await nextItems(ctx, task, "post");
  if (items.length === 0) return null;
  await lockPersons(ctx, [task.person_id]);
  await query(
    ctx,
    `with found as (select id from post where id = any($1::int4[]) order by id for no key update)
     update post set removed = $2::boolean, updated_at = $3::timestamptz
     from found where post.id = found.id`,
    [items.map((item) => item.id), removed, ctx.now.toISOString()],
  );
  await logChildren(ctx, task, items, "mod_remove_post", removed);
  return items.at(-1)!.id;
}

async function setComments(
  ctx: Ctx,
  task: BulkRow,
  removed: boolean,
): Promise<number | null> {
  const items = await nextItems(ctx, task, "comment");
  if (items.length === 0) return null;
  await lockPersons(ctx, [task.person_id]);
  const ids = items.map((item) => item.id);
  await setCommentsRemoved(ctx, ids, removed, ctx.now);
  await logChildren(ctx, task, items, "mod_remove_comment", removed);
  return ids.at(-1)!;
}

/** Entries below that of the ban, with its moderator and reason. */
async function logChildren(
  ctx: Ctx,
  task: BulkRow,
  items: readonly Item[],
  kind: "mod_remove_post" | "mod_remove_comment",
  removed: boolean,
): Promise<void> {
  if (task.modlog_id === null) return;
  const parent = await ctx.db.selectFrom("modlog")
    .select(["moderator_id", "reason"])
    .where("id", "=", task.modlog_id).executeTakeFirstOrThrow();
  await insertModlog(
    ctx,
    parent.moderator_id,
    items.map((item) => ({
      kind,
      is_revert: !removed,
      reason: parent.reason ?? undefined,
      target_person_id: task.person_id,
      target_community_id: item.community_id,
      target_post_id: item.post_id,
      target_comment_id: kind === "mod_remove_comment" ? item.id : undefined,
      bulk_action_parent_id: task.modlog_id!,
    })),
  );
}

/** Site-wide only: private messages the person sent. */
async function setMessages(
  ctx: Ctx,
  task: BulkRow,
  removed: boolean,
): Promise<number | null> {
  if (!isWhole(task)) return null;
  const changed = await query<{ id: number }>(
    ctx,
    `with found as (
       select id from private_message where creator_id = $1::int4 and id > $2::int4
       order by id limit ${BATCH} for no key update
     )
     update private_message m set removed = $3::boolean from found where m.id = found.id
     returning m.id`,
    [task.person_id, task.after_id, removed],
  );
  return changed.length === 0
    ? null
    : Math.max(...changed.map((message) => message.id));
}
