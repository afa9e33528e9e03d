import { actorHandle } from "../domain/actor_name.ts";
import { type Ctx, query } from "../domain/context.ts";
import { mapLinks } from "../domain/text/pipeline.ts";
import type { FedCtx } from "./context.ts";
import { FederationError } from "./errors.ts";
import { hostOf, isLocalId } from "./ids.ts";
import { resolveObject } from "./resolve.ts";

/** Links of one text that are looked up, and those that are fetched when they are unknown. */
const MAX_LOOKED_UP = 100;
const MAX_FETCHED = 3;

/** Addresses that posts, comments and actors of servers of this kind have. */
const OBJECT_PATH = /^\/(?:(?:post|comment)\/\d+|[cum]\/[^/]+)$/;

/**
 * The text with links to objects of other servers leading to our own pages of them (§7.5): to
 * those that are known here, and to a few that look as if they were worth a fetch.
 */
export async function localLinks(ctx: FedCtx, text: string): Promise<string> {
  const links = new Set<string>();
  mapLinks(text, (url) => {
    if (links.size < MAX_LOOKED_UP && !isLocalId(ctx.config, url)) {
      links.add(url);
    }
    return url;
  });
  const found = await localAddresses(ctx, [...links]);
  if (found.size === 0) return text;
  return mapLinks(text, (url) => found.get(url) ?? url);
}

/** Our pages of objects of other servers, by the objects' addresses as given. */
export async function localAddresses(
  ctx: FedCtx,
  links: readonly string[],
): Promise<Map<string, string>> {
  if (links.length === 0) return new Map();
  const found = await knownAddresses(ctx, links);
  if (ctx.followsLink) return found;
  const unknown = links.filter((link) =>
    !found.has(link) && OBJECT_PATH.test(URL.parse(link)?.pathname ?? "")
  );
  let fetched = 0;
  for (const link of unknown) {
    if (fetched === MAX_FETCHED) break;
    if (!await isKnownHost(ctx, link)) continue;
    fetched++;
    try {
      const object = await resolveObject({ ...ctx, followsLink: true }, link);
      const [address] = (await knownAddresses(ctx, [object.ap_id])).values();
      if (address) found.set(link, address);
    } catch (error) {
      // A link that leads to no object stays a link.
      if (!(error instanceof FederationError)) throw error;
    }
  }
  return found;
}

async function isKnownHost(ctx: Ctx, link: string): Promise<boolean> {
  const rows = await query(
    ctx,
    "select from instance where lower(domain) = $1",
    [hostOf(link) ?? ""],
  );
  return rows.length > 0;
}

interface Known {
  ap_id: string;
  kind: "post" | "comment" | "u" | "c" | "m";
  id: number;
  name: string | null;
}

async function knownAddresses(
  ctx: Ctx,
  links: readonly string[],
): Promise<Map<string, string>> {
  const ids = links.map((link) => URL.parse(link)?.href ?? link);
  const lower = ids.map((id) => id.toLowerCase());
  const rows = await query<Known>(
    ctx,
    `select ap_id, 'post' as kind, id, null as name from post where ap_id = any($1::text[])
       and not local
     union all select ap_id, 'comment', id, null from comment where ap_id = any($1)
       and not local
     union all select ap_id, 'u', id, name from person where lower(ap_id) = any($2::text[])
       and not local
     union all select ap_id, 'c', id, name from community where lower(ap_id) = any($2)
       and not local
     union all select ap_id, 'm', id, name from multi_community where lower(ap_id) = any($2)
       and not local`,
    [ids, lower],
  );
  const byId = new Map(rows.map((row) => [row.ap_id.toLowerCase(), row]));
  const addresses = new Map<string, string>();
  links.forEach((link, index) => {
    const row = byId.get(lower[index]);
    if (!row) return;
    const path = row.name === null
      ? `${row.kind}/${row.id}`
      : `${row.kind}/${
        actorHandle({ ap_id: row.ap_id, name: row.name, local: false })
      }`;
    addresses.set(link, new URL(`${ctx.config.origin}/${path}`).href);
  });
  return addresses;
}
