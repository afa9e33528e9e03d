import type { Ctx } from "../../domain/context.ts";
import {
  filled,
  type Json,
  publicKeyMember,
  rowOf,
  textMembers,
} from "./send.ts";

interface Row {
  ap_id: string;
  name: string;
  title: string | null;
  summary: string | null;
  sidebar: string | null;
  inbox_url: string;
  following_url: string;
  public_key: string;
  owner: string;
}

/** A local multi-community (§2.7); its key is the site's. */
export async function feedObject(ctx: Ctx, id: number): Promise<Json> {
  const row = await rowOf<Row>(
    ctx,
    `select m.ap_id, m.name, m.title, m.summary, m.sidebar, m.inbox_url, m.following_url,
       m.public_key, p.ap_id as owner
     from multi_community m join person p on p.id = m.creator_id where m.id = $1::int4`,
    id,
  );
  return filled({
    type: "Feed",
    id: row.ap_id,
    preferredUsername: row.name,
    inbox: row.inbox_url,
    publicKey: publicKeyMember(ctx.site.site.ap_id, row.public_key),
    following: row.following_url,
    attributedTo: row.owner,
    name: row.title,
    description: row.summary,
    ...textMembers(ctx, row.sidebar, "summary"),
  });
}
