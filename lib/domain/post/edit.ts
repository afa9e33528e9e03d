import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, lockPersons, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { checkLanguage } from "../language.ts";
import { requireCommunityUser } from "../permissions.ts";
import type { PostView } from "../views.ts";
import { type LinkCheck, wantLinkCheck } from "../link/check.ts";
import { checkEditedPost, type PostFields } from "./input.ts";
import { publishPost } from "./publish.ts";
import { checkSchedule } from "./schedule.ts";
import { checkTags, setPostTags } from "./set_tags.ts";
import { readPost } from "./view.ts";
import { withLink } from "./with_link.ts";

export interface EditPost extends PostFields {
  post_id: number;
  language_id?: number;
  tags?: number[];
  /** Unix seconds; only counts while the post is scheduled. */
  scheduled_publish_time_at?: number;
}

/**
 * Changes the given fields of the caller's own post (content §1.4); "" erases a text. Editing a
 * scheduled post without naming a time publishes it now.
 * @throws LemmyError `no_post_edit_allowed`, `not_found`, and those of the fields
 */
export async function editPost(ctx: Ctx, input: EditPost): Promise<PostView> {
  const viewer = requireViewer(ctx);
  const { thumbnail_url, ...fields } = checkEditedPost(ctx, input);
  return await withLink(ctx, async (ctx, held) => {
    // The job that publishes scheduled posts may be at this one.
    await query(
      ctx,
      "select from post where id = $1::int4 for no key update",
      [input.post_id],
    );
    const { post, community } = await readPost(ctx, input.post_id, {
      asMod: false,
    });
    await requireCommunityUser(ctx, community.id);
    if (post.creator_id !== viewer.person.id) {
      throw new LemmyError("no_post_edit_allowed");
    }
    const waiting = post.scheduled_publish_time_at !== undefined;
    const given = input.scheduled_publish_time_at;
    const schedule = waiting && given !== undefined
      ? await checkSchedule(ctx, given)
      : undefined;
    await checkLanguage(ctx, community.id, input.language_id);
    const tags = input.tags && await checkTags(ctx, community.id, input.tags);
    await ctx.db.updateTable("post").set({
      ...fields,
      nsfw: community.nsfw ? true : input.nsfw,
      language_id: input.language_id,
      updated_at: ctx.now.toISOString(),
      scheduled_publish_time_at: schedule,
    }).where("id", "=", post.id).execute();
    if (tags) await setPostTags(ctx, post.id, tags);
    let check: LinkCheck | null = null;
    if (!waiting || given === undefined) {
      const url = fields.url === undefined ? post.url ?? null : fields.url;
      const fresh = url !== (post.url ?? null) || url === null ||
        thumbnail_url !== undefined;
      if (url || post.url || thumbnail_url || post.thumbnail_url) {
        check = await wantLinkCheck(
          ctx,
          { id: post.id, url },
          thumbnail_url ?? null,
          { fresh, held },
        );
      }
    }
    if (waiting && given === undefined) {
      await publishPost(ctx, post.id, "infinity");
    } else if (!waiting) {
      await recordEvent(ctx, {
        kind: "post_updated",
        post_id: post.id,
        community_id: community.id,
      });
    }
    return { view: await readPost(ctx, post.id), check };
  });
}

/**
 * Deletes or restores the caller's own post (content §1.6).
 * @throws LemmyError `couldnt_update` when it is in that state already, `no_post_edit_allowed`,
 * `not_found`
 */
export async function deletePost(
  ctx: Ctx,
  input: { post_id: number; deleted: boolean },
): Promise<PostView> {
  const viewer = requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    await lockPersons(ctx, [viewer.person.id]);
    const post = await ctx.db.selectFrom("post")
      .select([
        "id",
        "community_id",
        "creator_id",
        "deleted",
        "scheduled_publish_time_at",
      ])
      .where("id", "=", input.post_id).forNoKeyUpdate().executeTakeFirst();
    if (!post) throw new LemmyError("not_found");
    if (post.deleted === input.deleted) throw new LemmyError("couldnt_update");
    await requireCommunityUser(ctx, post.community_id);
    if (post.creator_id !== viewer.person.id) {
      throw new LemmyError("no_post_edit_allowed");
    }
    await setPostDeleted(ctx, post, input.deleted);
    return await readPost(ctx, post.id);
  });
}

/** Marks a post deleted by its author, or restored. The author's row is locked. */
export async function setPostDeleted(
  ctx: Ctx,
  post: {
    id: number;
    community_id: number;
    scheduled_publish_time_at: string | null;
  },
  deleted: boolean,
): Promise<void> {
  await ctx.db.updateTable("post").set({
    deleted,
    deleted_at: deleted ? ctx.now.toISOString() : null,
  }).where("id", "=", post.id).execute();
  // Nobody else has heard of a post that waits for its publication.
  if (post.scheduled_publish_time_at !== null) return;
  await recordEvent(ctx, {
    kind: "post_deleted",
    post_id: post.id,
    community_id: post.community_id,
    data: { deleted },
  });
}
