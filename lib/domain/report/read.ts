import type { Ctx } from "../context.ts";
import type { ReportCombinedView, ReportKind } from "./types.ts";
import { readReportViews } from "./view.ts";

/** The view of a report of a known kind. */
type ViewOf<Kind extends ReportKind> = Omit<
  Extract<ReportCombinedView, { type_: Kind }>,
  "type_"
>;

/** One report that is known to exist and to be of the kind, as the caller sees it. */
export async function readReportAs<Kind extends ReportKind>(
  ctx: Ctx,
  id: number,
  kind: Kind,
): Promise<ViewOf<Kind>> {
  const views = await readReportViews(ctx, [id]);
  const found = views.find((view) => view.type_ === kind);
  if (!found) throw new Error(`report ${id} is no report of a ${kind}`);
  const { type_: _, ...view } = found;
  return view as unknown as ViewOf<Kind>;
}
