import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireAdmin, requireCommunityMod } from "../permissions.ts";
import { edited } from "../text_input.ts";
import { readReportAs } from "./read.ts";
import type { ReportKind } from "./types.ts";

/**
 * Marks a report resolved or open again; either way the caller counts as its resolver. Reports of
 * posts and comments are for the moderators of the community, also those meant for the admins, and
 * where the community is gone; all others for admins (moderation-and-operations §3.5).
 * @param input.conclusion absent keeps, "" clears
 * @throws LemmyError `not_found`, `not_an_admin`, and those of `requireCommunityMod`
 */
export async function resolveReport<Kind extends ReportKind>(
  ctx: Ctx,
  kind: Kind,
  input: { report_id: number; resolved: boolean; conclusion?: string },
) {
  const viewer = requireViewer(ctx);
  if (kind !== "post" && kind !== "comment") requireAdmin(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const report = await ctx.db.selectFrom("report")
      .select(["id", "community_id", "post_id", "comment_id"])
      .where("id", "=", input.report_id).where("type_", "=", kind)
      .executeTakeFirst();
    if (!report) throw new LemmyError("not_found");
    if (kind === "post" || kind === "comment") {
      await requireCommunityMod(ctx, report.community_id!, {
        allowDeleted: true,
      });
    }
    await ctx.db.updateTable("report").set({
      resolved: input.resolved,
      resolver_id: viewer.person.id,
      updated_at: ctx.now.toISOString(),
      conclusion: edited(input.conclusion, (text) => text),
    }).where("id", "=", report.id).execute();
    await recordEvent(ctx, {
      kind: "report_resolved",
      post_id: report.post_id ?? undefined,
      comment_id: report.comment_id ?? undefined,
      community_id: report.community_id ?? undefined,
      data: { report_id: report.id, resolved: input.resolved },
    });
    return await readReportAs(ctx, report.id, kind);
  });
}
