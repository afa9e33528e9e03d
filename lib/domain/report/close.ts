import { requireViewer } from "../account/session.ts";
import { type Ctx, query } from "../context.ts";

/** The item whose reports are meant; each names one column of the reports. */
type Reported =
  | { type_: "post"; ids: readonly number[] }
  | { type_: "comment"; ids: readonly number[] }
  | { type_: "community"; ids: readonly number[] };

/**
 * Resolves every report of the items in the caller's name, those resolved before included: the
 * removal, or restoration, is the answer to them (moderation-and-operations §3.5).
 */
export async function closeReports(
  ctx: Ctx,
  { type_, ids }: Reported,
): Promise<void> {
  await query(
    ctx,
    `with found as (
       select id from report where type_ = $1 and ${type_}_id = any($2::int4[]) order by id for update
     )
     update report set resolved = true, resolver_id = $3::int4, updated_at = $4::timestamptz
     from found where report.id = found.id`,
    [type_, ids, requireViewer(ctx).person.id, ctx.now.toISOString()],
  );
}
