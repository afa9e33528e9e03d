import { dropEmptyRows, setMark } from "../action_rows.ts";
import { relations } from "../account/relations.ts";
import { followCommunity } from "../community/follow.ts";
import { addVisibility } from "../community/visibility.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireActiveUser } from "../permissions.ts";
import { requireViewer } from "../account/session.ts";
import type { PostView } from "../views.ts";
import { readPost } from "./view.ts";

/** Marks posts read for the viewer; ids that are marked already keep a fresh time. */
export async function markPostsRead(
  ctx: Ctx,
  postIds: readonly number[],
): Promise<void> {
  if (postIds.length === 0) return;
  const viewer = requireViewer(ctx);
  await query(
    ctx,
    `insert into post_actions (person_id, post_id, read_at)
     select $1::int4, id, $3::timestamptz from unnest($2::int4[]) as id order by id
     on conflict (person_id, post_id) do update set read_at = excluded.read_at`,
    [viewer.person.id, postIds, ctx.now.toISOString()],
  );
}

/** Saves or unsaves a post and marks it read; answers as it was before the reading. */
export async function savePost(
  ctx: Ctx,
  input: { post_id: number; save: boolean },
): Promise<PostView> {
  requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    await readPost(ctx, input.post_id, { asMod: false });
    await setMark(ctx, "post_actions", input.post_id, "saved_at", input.save);
    const view = await readPost(ctx, input.post_id, { asMod: false });
    await setMark(ctx, "post_actions", input.post_id, "read_at", true);
    return view;
  });
}

/** Hides a post from the viewer's listings, or shows it again. */
export async function hidePost(
  ctx: Ctx,
  input: { post_id: number; hide: boolean },
): Promise<PostView> {
  requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    await readPost(ctx, input.post_id, { asMod: false });
    await setMark(ctx, "post_actions", input.post_id, "hidden_at", input.hide);
    return await readPost(ctx, input.post_id, { asMod: false });
  });
}

/** Marks one post read or unread. */
export async function markPostAsRead(
  ctx: Ctx,
  input: { post_id: number; read: boolean },
): Promise<PostView> {
  requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    await readPost(ctx, input.post_id, { asMod: false });
    await setMark(ctx, "post_actions", input.post_id, "read_at", input.read);
    return await readPost(ctx, input.post_id, { asMod: false });
  });
}

/**
 * Marks many posts read or unread, all or none.
 * @throws LemmyError `too_many_items` from 10 000 ids on, `couldnt_update` for an unknown id
 */
export async function markManyPostsAsRead(
  ctx: Ctx,
  input: { post_ids: readonly number[]; read: boolean },
): Promise<void> {
  const viewer = requireViewer(ctx);
  if (input.post_ids.length >= 10_000) throw new LemmyError("too_many_items");
  const ids = [...new Set(input.post_ids)];
  await inTransaction(ctx, async (ctx) => {
    if (input.read) {
      const known = await query(
        ctx,
        "select from post where id = any($1::int4[])",
        [ids],
      );
      if (known.length < ids.length) throw new LemmyError("couldnt_update");
      // What the caller may not open must not come to light in the list of read posts.
      await markPostsRead(ctx, await readablePosts(ctx, ids));
      return;
    }
    await query(
      ctx,
      `with marked as (
         select post_id from post_actions where person_id = $1::int4 and post_id = any($2::int4[])
         order by post_id for update
       )
       update post_actions a set read_at = null from marked
       where a.person_id = $1 and a.post_id = marked.post_id`,
      [viewer.person.id, ids],
    );
    await dropEmptyRows(ctx, "post_actions", ids);
  });
}

/** Those of the posts that the viewer could open (content §0.6, §3.2). */
async function readablePosts(
  ctx: Ctx,
  ids: readonly number[],
): Promise<number[]> {
  const viewer = requireViewer(ctx);
  const related = await relations(ctx);
  const where = new Conditions();
  where.add(`p.id = any(${where.value(ids, "int4[]")})`);
  addVisibility(where, ctx, { hideUnlisted: false });
  const own = `p.creator_id = ${where.value(viewer.person.id, "int4")}`;
  where.add(`p.scheduled_publish_time_at is null or ${own}`);
  if (!viewer.local_user.admin) {
    where.add("not c.local_removed");
    const moderated = `c.id = any(${where.value(related.moderated, "int4[]")})`;
    where.add(
      `${own} or ${moderated} or not (p.removed or c.deleted or c.removed)
      and (not p.deleted or p.comments > 0)`,
    );
  }
  const rows = await query<{ id: number }>(
    ctx,
    `select p.id from post p join community c on c.id = p.community_id
     where ${where}`,
    where.parameters,
  );
  return rows.map((row) => row.id);
}

/** Notes that the viewer has seen the post with all its present comments (content §1.5). */
export async function markPostVisited(
  ctx: Ctx,
  postId: number,
  comments: number,
): Promise<void> {
  const viewer = requireViewer(ctx);
  await query(
    ctx,
    `insert into post_actions (person_id, post_id, read_at, read_comments_at, read_comments_amount)
     values ($1::int4, $2::int4, $3::timestamptz, $3::timestamptz, $4::int4)
     on conflict (person_id, post_id) do update set read_at = excluded.read_at,
       read_comments_at = excluded.read_comments_at,
       read_comments_amount = excluded.read_comments_amount`,
    [viewer.person.id, postId, ctx.now.toISOString(), comments],
  );
}

/**
 * Sets how loudly comments of a post are announced to the viewer (content §1.7). Subscribing to a
 * post of a remote community also follows that: what nobody here follows does not arrive.
 * @throws LemmyError `not_found`, and those of `followCommunity`
 */
export async function setPostNotifications(
  ctx: Ctx,
  input: {
    post_id: number;
    mode: "all_comments" | "replies_and_mentions" | "mute";
  },
): Promise<void> {
  const viewer = requireViewer(ctx);
  await inTransaction(ctx, async (ctx) => {
    const { community } = await readPost(ctx, input.post_id, { asMod: false });
    await query(
      ctx,
      `insert into post_actions (person_id, post_id, notifications) values ($1::int4, $2::int4, $3)
       on conflict (person_id, post_id) do update set notifications = excluded.notifications`,
      [viewer.person.id, input.post_id, input.mode],
    );
    if (input.mode === "all_comments" && !community.local) {
      await followCommunity(ctx, { community_id: community.id, follow: true });
    }
  });
}
