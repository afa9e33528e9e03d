import type { Ctx } from "../context.ts";
import { requireViewer } from "./session.ts";

/** Notes that the caller has seen the request for donations; the next one comes a year later. */
export async function markDonationShown(ctx: Ctx): Promise<void> {
  await ctx.db.updateTable("local_user")
    .set({ last_donation_notification_at: ctx.now.toISOString() })
    .where("id", "=", requireViewer(ctx).local_user.id).execute();
}
