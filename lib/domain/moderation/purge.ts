import { type Ctx, inTransaction, lockPersons, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { purgeImages } from "../image/delete.ts";
import { recordModlog } from "../modlog/record.ts";
import { requireAdmin } from "../permissions.ts";
import { eraseProfile } from "../person/erase.ts";
import type { CommunityVisibility } from "../views.ts";
import { setInstanceBan } from "./ban.ts";
import { addBulkTask } from "./bulk_task.ts";
import { requireHigherAdmin } from "./hierarchy.ts";

/**
 * Purges take rows out of the database for good, with everything that hangs on them: votes, saves,
 * reports, notifications and entries of the modlog (moderation-and-operations §5). Nobody is told.
 * All of them throw `not_an_admin`, `not_found` and `not_higher_admin`.
 */

/** Locks comments in the order of their ids before rows above or below them are changed. */
async function lockComments(
  ctx: Ctx,
  where: string,
  parameters: readonly unknown[],
): Promise<void> {
  await query(
    ctx,
    `select from comment where ${where} order by id for update`,
    parameters,
  );
}

/** Removes one comment; what was said below it stays. */
export async function purgeComment(
  ctx: Ctx,
  input: { comment_id: number; reason: string },
): Promise<void> {
  requireAdmin(ctx);
  await inTransaction(ctx, async (ctx) => {
    const comment = await ctx.db.selectFrom("comment")
      .select(["id", "creator_id", "post_id", "community_id", "path", "ap_id"])
      .where("id", "=", input.comment_id).executeTakeFirst();
    if (!comment) throw new LemmyError("not_found");
    await requireHigherAdmin(ctx, [comment.creator_id]);
    await lockPersons(ctx, [comment.creator_id]);
    await lockComments(ctx, "id = any($1::int4[])", [
      comment.path.split(".").map(Number),
    ]);
    await ctx.db.deleteFrom("comment").where("id", "=", comment.id).execute();
    await recordModlog(ctx, {
      kind: "admin_purge_comment",
      reason: input.reason,
      target_person_id: comment.creator_id,
      target_community_id: comment.community_id,
      target_post_id: comment.post_id,
    }, { purged: { ap_id: comment.ap_id } });
  });
}

/** Removes a post with everything below it, and its picture and thumbnail if they are stored here. */
export async function purgePost(
  ctx: Ctx,
  input: { post_id: number; reason: string },
): Promise<void> {
  requireAdmin(ctx);
  await inTransaction(ctx, async (ctx) => {
    const post = await ctx.db.selectFrom("post")
      .select([
        "id",
        "creator_id",
        "community_id",
        "url",
        "thumbnail_url",
        "ap_id",
      ])
      .where("id", "=", input.post_id).executeTakeFirst();
    if (!post) throw new LemmyError("not_found");
    await requireHigherAdmin(ctx, [post.creator_id]);
    await query(
      ctx,
      `select from person where id = $2::int4
         or id in (select creator_id from comment where post_id = $1::int4)
       order by id for no key update`,
      [post.id, post.creator_id],
    );
    await lockComments(ctx, "post_id = $1::int4", [post.id]);
    await ctx.db.deleteFrom("comment").where("post_id", "=", post.id).execute();
    await ctx.db.deleteFrom("post").where("id", "=", post.id).execute();
    const pictures = [post.url, post.thumbnail_url];
    await purgeImages(ctx, pictures.filter((url) => url !== null));
    await recordModlog(ctx, {
      kind: "admin_purge_post",
      reason: input.reason,
      target_community_id: post.community_id,
    }, { purged: { ap_id: post.ap_id } });
  });
}

/** Removes a community with all its posts and comments; pictures stay stored. */
export async function purgeCommunity(
  ctx: Ctx,
  input: { community_id: number; reason: string },
): Promise<void> {
  requireAdmin(ctx);
  const id = input.community_id;
  await inTransaction(ctx, async (ctx) => {
    const community = await ctx.db.selectFrom("community")
      .select(["ap_id", "visibility", "local"])
      .where("id", "=", id).executeTakeFirst();
    if (!community) throw new LemmyError("not_found");
    const moderators = await ctx.db.selectFrom("community_actions")
      .select("person_id").where("community_id", "=", id)
      .where("became_moderator_at", "is not", null).execute();
    await requireHigherAdmin(ctx, moderators.map((row) => row.person_id));
    const inboxes = await followerInboxes(ctx, id);
    await query(
      ctx,
      `select from person where id in (select creator_id from post where community_id = $1::int4
         union select creator_id from comment where community_id = $1)
       order by id for no key update`,
      [id],
    );
    await lockComments(ctx, "community_id = $1::int4", [id]);
    await ctx.db.deleteFrom("comment").where("community_id", "=", id).execute();
    await ctx.db.deleteFrom("post").where("community_id", "=", id).execute();
    await ctx.db.deleteFrom("community").where("id", "=", id).execute();
    await recordModlog(ctx, {
      kind: "admin_purge_community",
      reason: input.reason,
    }, {
      purged: {
        ap_id: community.ap_id,
        community: community.local
          ? {
            ap_id: community.ap_id,
            visibility: community.visibility as CommunityVisibility,
            inboxes,
          }
          : undefined,
      },
    });
  });
}

/** Where the followers of a community on other servers are reached. */
async function followerInboxes(ctx: Ctx, id: number): Promise<string[]> {
  const rows = await query<{ inbox_url: string }>(
    ctx,
    `select p.inbox_url from community_actions a join person p on p.id = a.person_id
     where a.community_id = $1::int4 and a.follow_state = 'accepted' and not p.local
     union
     select c.inbox_url from community_follow f join community c on c.id = f.follower_id
     where f.community_id = $1`,
    [id],
  );
  return rows.map((row) => row.inbox_url);
}

/**
 * Erases a person: a ban for ever, an empty profile, and after the request overwritten posts and
 * comments and no uploads. The row stays, so that the person is neither registered nor fetched
 * again. A person already deleted counts as not found.
 */
export async function purgePerson(
  ctx: Ctx,
  input: { person_id: number; reason: string },
): Promise<void> {
  requireAdmin(ctx);
  const { person_id } = input;
  await inTransaction(ctx, async (ctx) => {
    const person = await ctx.db.selectFrom("person").select(["ap_id"])
      .where("id", "=", person_id).where("deleted", "=", false)
      .forNoKeyUpdate().executeTakeFirst();
    if (!person) throw new LemmyError("not_found");
    await requireHigherAdmin(ctx, [person_id]);
    await setInstanceBan(ctx, { person_id, ban: true }, null);
    await eraseProfile(ctx, person_id);
    await addBulkTask(ctx, { kind: "erase_person", person_id });
    await recordModlog(ctx, {
      kind: "admin_purge_person",
      reason: input.reason,
    }, { purged: { ap_id: person.ap_id, person_id } });
  });
}
