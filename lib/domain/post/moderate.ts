import { requireViewer } from "../account/session.ts";
import { lockAuthors, setCommentsRemoved } from "../comment/set_removed.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireHigherMod } from "../moderation/hierarchy.ts";
import { insertModlog, recordModlog } from "../modlog/record.ts";
import {
  isModOrAdmin,
  requireAdmin,
  requireCommunityMod,
  requireCommunityUser,
} from "../permissions.ts";
import { closeReports } from "../report/close.ts";
import type { PostView } from "../views.ts";
import { checkTags, setPostTags } from "./set_tags.ts";
import { readPost } from "./view.ts";

/**
 * A post in any state, for its moderators.
 * @throws LemmyError `not_found`
 */
async function findPost(ctx: Ctx, id: number) {
  const post = await ctx.db.selectFrom("post")
    .select(["id", "community_id", "creator_id"])
    .where("id", "=", id).executeTakeFirst();
  if (!post) throw new LemmyError("not_found");
  return post;
}

/**
 * Removes or restores a post, and with `remove_children`, whose value then counts, all comments
 * below it as well. Its reports are resolved by that (moderation-and-operations §2.4).
 * @throws LemmyError `not_found`, `not_higher_mod`, and those of `requireCommunityMod`
 */
export async function removePost(
  ctx: Ctx,
  input: {
    post_id: number;
    removed: boolean;
    reason: string;
    remove_children?: boolean;
  },
): Promise<PostView> {
  requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const post = await findPost(ctx, input.post_id);
    await requireCommunityMod(ctx, post.community_id);
    await requireHigherMod(ctx, post.community_id, post.creator_id);
    await setPostRemoved(ctx, post, {
      removed: input.remove_children ?? input.removed,
      reason: input.reason,
      below: input.remove_children !== undefined,
    });
    return await readPost(ctx, post.id);
  });
}

/** A post as its moderation needs it. */
export interface ModeratedPost {
  id: number;
  community_id: number;
  creator_id: number;
}

/**
 * Removes or restores a post whoever is entitled to it has decided on, with all comments below it
 * if wanted, and writes the modlog. In a transaction.
 */
export async function setPostRemoved(
  ctx: Ctx,
  post: ModeratedPost,
  { removed, reason, below }: {
    removed: boolean;
    reason: string;
    below: boolean;
  },
): Promise<void> {
  const comments = below
    ? await query<{ id: number; creator_id: number }>(
      ctx,
      "select id, creator_id from comment where post_id = $1::int4",
      [post.id],
    )
    : [];
  await lockAuthors(ctx, [post, ...comments]);
  const ids = comments.map((comment) => comment.id);
  const changed = await setCommentsRemoved(ctx, ids, removed, ctx.now);
  await ctx.db.updateTable("post").set({ removed })
    .where("id", "=", post.id).execute();
  await closeReports(ctx, { type_: "comment", ids });
  await closeReports(ctx, { type_: "post", ids: [post.id] });
  const entry = {
    is_revert: !removed,
    reason,
    target_community_id: post.community_id,
    target_post_id: post.id,
  };
  await recordModlog(ctx, {
    ...entry,
    kind: "mod_remove_post",
    target_person_id: post.creator_id,
  }, { remove_children: below });
  const logged = changed.filter((comment) => !comment.deleted).map((
    comment,
  ) => ({
    ...entry,
    kind: "mod_remove_comment" as const,
    target_person_id: comment.creator_id,
    target_comment_id: comment.id,
  }));
  const moderator = requireViewer(ctx).person.id;
  await insertModlog(ctx, moderator, logged, { part: true });
}

/**
 * Locks or unlocks a post: only moderators may comment on a locked one.
 * @throws LemmyError `not_found`, and those of `requireCommunityMod`
 */
export async function lockPost(
  ctx: Ctx,
  input: { post_id: number; locked: boolean; reason: string },
): Promise<PostView> {
  requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const { post, community } = await readPost(ctx, input.post_id, {
      asMod: false,
    });
    await requireCommunityMod(ctx, community.id);
    await setPostLocked(ctx, post, input);
    return await readPost(ctx, post.id);
  });
}

/** Locks or unlocks a post as decided, and writes the modlog. */
export async function setPostLocked(
  ctx: Ctx,
  post: ModeratedPost,
  { locked, reason }: { locked: boolean; reason: string },
): Promise<void> {
  await ctx.db.updateTable("post").set({ locked })
    .where("id", "=", post.id).execute();
  await recordModlog(ctx, {
    kind: "mod_lock_post",
    is_revert: !locked,
    reason,
    target_person_id: post.creator_id,
    target_community_id: post.community_id,
    target_post_id: post.id,
  });
}

/**
 * Pins a post to the top of its community or, for admins, of the site's listings.
 * @throws LemmyError `not_found`, `not_an_admin`, and those of `requireCommunityMod`
 */
export async function featurePost(
  ctx: Ctx,
  input: {
    post_id: number;
    featured: boolean;
    feature_type: "community" | "local";
  },
): Promise<PostView> {
  requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const post = await findPost(ctx, input.post_id);
    await requireCommunityMod(ctx, post.community_id);
    if (input.feature_type === "local") {
      requireAdmin(ctx);
      await ctx.db.updateTable("post").set({ featured_local: input.featured })
        .where("id", "=", post.id).execute();
      await recordModlog(ctx, {
        is_revert: !input.featured,
        target_community_id: post.community_id,
        target_post_id: post.id,
        kind: "admin_feature_post_site",
        target_instance_id: ctx.site.instance.id,
      });
    } else await setPostFeatured(ctx, post, input.featured);
    return await readPost(ctx, post.id);
  });
}

/** Pins a post in its community or unpins it, as decided, and writes the modlog. */
export async function setPostFeatured(
  ctx: Ctx,
  post: ModeratedPost,
  featured: boolean,
): Promise<void> {
  await ctx.db.updateTable("post").set({ featured_community: featured })
    .where("id", "=", post.id).execute();
  await recordModlog(ctx, {
    kind: "mod_feature_post_community",
    is_revert: !featured,
    target_community_id: post.community_id,
    target_post_id: post.id,
  });
}

/**
 * Changes a post's NSFW mark or its tags in the community's interest. It is neither logged nor
 * told to the author; the caller must be able to take part in the community.
 * @throws LemmyError `nsfw_not_allowed`, `not_found`, `not_a_mod_or_admin`, `tag_not_in_community`,
 * and those of `requireCommunityUser`
 */
export async function modEditPost(
  ctx: Ctx,
  input: { post_id: number; nsfw?: boolean; tags?: number[] },
): Promise<PostView> {
  requireViewer(ctx);
  if (input.nsfw && ctx.site.local_site.nsfw_content_disallowed) {
    throw new LemmyError("nsfw_not_allowed", { field: "nsfw" });
  }
  return await inTransaction(ctx, async (ctx) => {
    const { post, community } = await readPost(ctx, input.post_id, {
      asMod: false,
    });
    const standing = await requireCommunityUser(ctx, community.id);
    if (!isModOrAdmin(ctx, standing)) {
      throw new LemmyError("not_a_mod_or_admin");
    }
    const tags = input.tags && await checkTags(ctx, community.id, input.tags);
    await ctx.db.updateTable("post")
      .set({ nsfw: input.nsfw, updated_at: ctx.now.toISOString() })
      .where("id", "=", post.id).execute();
    if (tags) await setPostTags(ctx, post.id, tags);
    await recordEvent(ctx, {
      kind: "post_updated",
      post_id: post.id,
      community_id: community.id,
    });
    return await readPost(ctx, post.id);
  });
}

/**
 * Warns the author of a post. The warning stands in the modlog; nothing else changes.
 * @throws LemmyError `not_found`, and those of `requireCommunityMod`
 */
export async function warnPost(
  ctx: Ctx,
  input: { post_id: number; reason: string },
): Promise<PostView> {
  requireViewer(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const view = await readPost(ctx, input.post_id, { asMod: false });
    await requireCommunityMod(ctx, view.community.id);
    await logPostWarning(ctx, view.post, input.reason);
    return view;
  });
}

/** The modlog's entry of a warning to a post's author. */
export async function logPostWarning(
  ctx: Ctx,
  post: ModeratedPost,
  reason: string,
): Promise<void> {
  await recordModlog(ctx, {
    kind: "mod_warn_post",
    reason,
    target_person_id: post.creator_id,
    target_community_id: post.community_id,
    target_post_id: post.id,
  });
}
