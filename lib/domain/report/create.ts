import type { Insertable } from "kysely";
import type { Database } from "../../db/tables.ts";
import { requireViewer } from "../account/session.ts";
import { readComment } from "../comment/view.ts";
import { readCommunity } from "../community/view.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireActiveUser, requireCommunityUser } from "../permissions.ts";
import { readPost } from "../post/view.ts";
import type { Comment, Community, Post } from "../views.ts";
import { checkReportReason } from "../text/rules.ts";
import { checkSlurs } from "../text_input.ts";
import type {
  CommentReportView,
  CommunityReportView,
  PostReportView,
  PrivateMessageReportView,
} from "./types.ts";
import { readReportAs } from "./read.ts";

/**
 * Reports: everybody who may take part somewhere may report what is wrong there, each item once
 * (moderation-and-operations §3.2). All of them throw `slurs`, `report_reason_required`,
 * `report_too_long`, and `couldnt_create` for a second report, beside what they name.
 */

export type NewReport = Omit<
  Insertable<Database["report"]>,
  "creator_id" | "reason" | "published_at"
>;

function checkReason(ctx: Ctx, reason: string): string {
  requireActiveUser(ctx);
  checkSlurs(ctx, reason, "reason");
  return checkReportReason(reason);
}

/** Stores a report of the caller. @returns its id, or null when there is one already */
export async function storeReport(
  ctx: Ctx,
  reason: string,
  report: NewReport,
): Promise<number | null> {
  const row = await ctx.db.insertInto("report").values({
    ...report,
    creator_id: requireViewer(ctx).person.id,
    reason,
    published_at: ctx.now.toISOString(),
  }).onConflict((conflict) => conflict.doNothing()).returning("id")
    .executeTakeFirst();
  if (!row) return null;
  await recordEvent(ctx, {
    kind: "report_created",
    post_id: report.post_id ?? undefined,
    comment_id: report.comment_id ?? undefined,
    community_id: report.community_id ?? undefined,
    data: { report_id: row.id },
  });
  return row.id;
}

async function insertReport(
  ctx: Ctx,
  reason: string,
  report: NewReport,
): Promise<number> {
  const id = await storeReport(ctx, reason, report);
  if (id === null) throw new LemmyError("couldnt_create");
  return id;
}

/**
 * Reports a post to its community's moderators, or to the admins.
 * @throws LemmyError `not_found`, `deleted`, and those of `requireCommunityUser`
 */
export async function createPostReport(
  ctx: Ctx,
  input: { post_id: number; reason: string; violates_instance_rules?: boolean },
): Promise<PostReportView> {
  const reason = checkReason(ctx, input.reason);
  return await inTransaction(ctx, async (ctx) => {
    const { post, community } = await readPost(ctx, input.post_id, {
      asMod: false,
    });
    await requireCommunityUser(ctx, community.id);
    if (post.deleted || post.removed) throw new LemmyError("deleted");
    const id = await insertReport(ctx, reason, {
      ...postSnapshot(post, community.id),
      violates_instance_rules: input.violates_instance_rules ?? false,
    });
    return await readReportAs(ctx, id, "post");
  });
}

/** What a report keeps of a post. */
export function postSnapshot(
  post: Pick<Post, "id" | "name" | "url" | "body">,
  communityId: number,
): NewReport {
  return {
    type_: "post",
    community_id: communityId,
    post_id: post.id,
    original_post_name: post.name,
    original_post_url: post.url,
    original_post_body: post.body,
  };
}

/**
 * Reports a comment, as `createPostReport`.
 * @throws LemmyError `not_found`, `deleted`, and those of `requireCommunityUser`
 */
export async function createCommentReport(
  ctx: Ctx,
  input: {
    comment_id: number;
    reason: string;
    violates_instance_rules?: boolean;
  },
): Promise<CommentReportView> {
  const reason = checkReason(ctx, input.reason);
  return await inTransaction(ctx, async (ctx) => {
    const { comment, community } = await readComment(ctx, input.comment_id);
    await requireCommunityUser(ctx, community.id);
    if (comment.deleted || comment.removed) throw new LemmyError("deleted");
    const id = await insertReport(ctx, reason, {
      ...commentSnapshot(comment, community.id),
      violates_instance_rules: input.violates_instance_rules ?? false,
    });
    return await readReportAs(ctx, id, "comment");
  });
}

/** What a report keeps of a comment. */
export function commentSnapshot(
  comment: Pick<Comment, "id" | "post_id" | "content">,
  communityId: number,
): NewReport {
  return {
    type_: "comment",
    community_id: communityId,
    post_id: comment.post_id,
    comment_id: comment.id,
    original_comment_text: comment.content,
  };
}

/**
 * Reports a community to the admins.
 * @throws LemmyError those of `requireCommunityUser`
 */
export async function createCommunityReport(
  ctx: Ctx,
  input: { community_id: number; reason: string },
): Promise<CommunityReportView> {
  const reason = checkReason(ctx, input.reason);
  return await inTransaction(ctx, async (ctx) => {
    await requireCommunityUser(ctx, input.community_id);
    const { community } = await readCommunity(ctx, input.community_id);
    const id = await insertReport(ctx, reason, communitySnapshot(community));
    return await readReportAs(ctx, id, "community");
  });
}

/** What a report keeps of a community. */
export function communitySnapshot(
  community: Pick<
    Community,
    "id" | "name" | "title" | "summary" | "sidebar" | "icon" | "banner"
  >,
): NewReport {
  return {
    type_: "community",
    community_id: community.id,
    original_community_name: community.name,
    original_community_title: community.title,
    original_community_summary: community.summary,
    original_community_sidebar: community.sidebar,
    original_community_icon: community.icon,
    original_community_banner: community.banner,
  };
}

/**
 * Reports a private message that the caller received to the admins.
 * @throws LemmyError `not_found`, `couldnt_create` for messages to others, `deleted`
 */
export async function createPrivateMessageReport(
  ctx: Ctx,
  input: { private_message_id: number; reason: string },
): Promise<PrivateMessageReportView> {
  const reason = checkReason(ctx, input.reason);
  const viewer = requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const message = await ctx.db.selectFrom("private_message")
      .select(["id", "recipient_id", "content", "deleted", "removed"])
      .where("id", "=", input.private_message_id).executeTakeFirst();
    if (!message) throw new LemmyError("not_found");
    if (message.recipient_id !== viewer.person.id) {
      throw new LemmyError("couldnt_create");
    }
    // What its writer has taken back must not come to light by a report.
    if (message.deleted || message.removed) throw new LemmyError("deleted");
    const id = await insertReport(ctx, reason, messageSnapshot(message));
    return await readReportAs(ctx, id, "private_message");
  });
}

/** What a report keeps of a private message. */
export function messageSnapshot(
  message: { id: number; content: string },
): NewReport {
  return {
    type_: "private_message",
    private_message_id: message.id,
    original_pm_text: message.content,
  };
}
