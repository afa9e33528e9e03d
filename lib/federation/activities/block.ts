import { query } from "../../domain/context.ts";
import { PUBLIC } from "../ids.ts";
import type { Building } from "./building.ts";
import { keysOf } from "./keys.ts";
import { activityOf, type Sending, undoOf } from "./sending.ts";

/** What a site-wide ban says. */
interface SiteBlock {
  undone: boolean;
  reason: string;
  endTime: string | null;
  /** Whether what the person wrote is removed, or restored by the Undo. */
  data: boolean;
  /** Of the banned person, if that one is elsewhere. */
  inboxes: readonly string[];
}

/**
 * A ban from this site, or its end, which every server is told (§3.9).
 * @param target id of the banned person
 */
export async function sendSiteBlock(
  ctx: Building,
  actor: string,
  target: string,
  { undone, reason, endTime, data, inboxes }: SiteBlock,
): Promise<Sending[]> {
  const sites = await query<{ ap_id: string }>(
    ctx,
    "select ap_id from site where private_key is null order by id",
  );
  const block = activityOf(ctx, "Block", actor, {
    to: [PUBLIC],
    cc: sites.map((site) => site.ap_id),
    object: target,
    target: ctx.site.site.ap_id,
    removeData: undone ? undefined : data,
    summary: reason,
    endTime,
  });
  const activity = undone ? undoOf(ctx, block, { restoreData: data }) : block;
  return [{
    activity,
    signer: "person",
    sensitive: false,
    // Whoever is banned may be on a server whose site is not known.
    inboxes: undone ? [...inboxes] : [],
    followersOf: null,
    allInstances: true,
    ...keysOf(activity),
  }];
}
