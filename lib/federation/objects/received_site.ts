import { inTransaction, query } from "../../domain/context.ts";
import { LIMITS } from "../../domain/text/rules.ts";
import type { FedCtx } from "../context.ts";
import { requireRemote } from "../foreign.ts";
import { hostOf } from "../ids.ts";
import { ensureInstance } from "../instances.ts";
import type { Site } from "../protocol/mod.ts";
import {
  receivedLine,
  receivedPicture,
  receivedText,
} from "../received_text.ts";
import { setReceivedLanguages } from "./received_languages.ts";
import type { Stored } from "./stored.ts";

/** Another site, ready to be stored. */
export interface VerifiedSite {
  site: Site;
  instance_id: number;
  sidebar: string | null;
}

/**
 * Checks a site's actor (§2.4).
 * @throws FederationError `wrong_host`, `local_object`, `blocked_url`, those of `checkUrl`
 */
export async function verifySite(
  ctx: FedCtx,
  site: Site,
  { expectedHost }: { expectedHost: string | null },
): Promise<VerifiedSite> {
  await requireRemote(ctx, site.id, expectedHost);
  const sidebar = await receivedText(ctx, site);
  const instance_id = await ensureInstance(ctx, hostOf(site.id)!);
  return { site, sidebar, instance_id };
}

/** Stores a site; there is one a host, whatever its id. */
export async function storeSite(
  ctx: FedCtx,
  { site, instance_id, sidebar }: VerifiedSite,
): Promise<Stored> {
  const icon = receivedPicture(ctx, site.icon);
  const banner = receivedPicture(ctx, site.image);
  return await inTransaction(ctx, async (ctx) => {
    const [row] = await query<{ id: number; created: boolean }>(
      ctx,
      `insert into site (name, summary, sidebar, icon, banner, ap_id, inbox_url, public_key,
         instance_id, content_warning, published_at, updated_at, last_refreshed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9::int4, $10,
         least(coalesce($11::timestamptz, $13), $13::timestamptz), $12::timestamptz, $13)
       on conflict (instance_id) do update set name = excluded.name, summary = excluded.summary,
         sidebar = excluded.sidebar, icon = excluded.icon, banner = excluded.banner,
         ap_id = excluded.ap_id, inbox_url = excluded.inbox_url,
         public_key = excluded.public_key, content_warning = excluded.content_warning,
         updated_at = excluded.updated_at, last_refreshed_at = excluded.last_refreshed_at
       where site.private_key is null
       returning id, xmax = 0 as created`,
      [
        receivedLine(ctx, site.name, LIMITS.displayName) ?? hostOf(site.id),
        receivedLine(ctx, site.description ?? site.summary, LIMITS.summary),
        sidebar,
        icon,
        banner,
        site.id,
        site.endpoints?.sharedInbox ?? site.inbox,
        site.publicKey,
        instance_id,
        receivedLine(ctx, site.contentWarning, LIMITS.body),
        site.published ?? null,
        site.updated ?? null,
        ctx.now.toISOString(),
      ],
    );
    await setReceivedLanguages(ctx, "site", row.id, site.language);
    return { ...row, changed: true };
  });
}
