import type { Ctx } from "../../domain/context.ts";
import {
  filled,
  imageMember,
  type Json,
  languageMembers,
  publicKeyMember,
  rowOf,
  textMembers,
} from "./send.ts";

interface Row {
  id: number;
  ap_id: string;
  name: string;
  summary: string | null;
  sidebar: string | null;
  icon: string | null;
  banner: string | null;
  inbox_url: string;
  public_key: string;
  content_warning: string | null;
  published_at: string;
  updated_at: string | null;
}

/** This site (§2.4). */
export async function siteObject(ctx: Ctx): Promise<Json> {
  const row = await rowOf<Row>(
    ctx,
    `select id, ap_id, name, summary, sidebar, icon, banner, inbox_url, public_key,
       content_warning, published_at, updated_at from site where id = $1::int4`,
    ctx.site.site.id,
  );
  return filled({
    type: "Application",
    id: row.ap_id,
    name: row.name,
    preferredUsername: ctx.config.hostname,
    inbox: row.inbox_url,
    outbox: `${ctx.config.origin}/site_outbox`,
    publicKey: publicKeyMember(row.ap_id, row.public_key),
    ...textMembers(ctx, row.sidebar),
    description: row.summary,
    icon: imageMember(row.icon),
    image: imageMember(row.banner),
    language: await languageMembers(ctx, "site", row.id),
    contentWarning: row.content_warning,
    published: row.published_at,
    updated: row.updated_at,
  });
}
