import { type Ctx, queryListing } from "../domain/context.ts";
import { requireReadable } from "../domain/permissions.ts";
import { xml } from "../feeds/feed.ts";

const MAX_URLS = 50_000;
const DAYS = 31;

/**
 * `/sitemap.xml`: the site's own posts of a month, of communities that anybody may read and that
 * want to be found (accounts-and-site §8.3, §13 no. 11).
 * @throws LemmyError `instance_is_private`
 */
export async function sitemap(ctx: Ctx): Promise<string> {
  requireReadable({ ...ctx, viewer: null });
  const since = ctx.now.getTime() - DAYS * 24 * 3600_000;
  const rows = await queryListing<{ ap_id: string; at: string }>(
    ctx,
    `select p.ap_id, coalesce(p.updated_at, p.published_at) as at
     from post p join community c on c.id = p.community_id
     where p.local and not (p.deleted or p.removed) and p.scheduled_publish_time_at is null
       and not p.federation_pending and p.published_at > $1::timestamptz
       and not (c.deleted or c.removed or c.local_removed)
       and c.visibility in ('public', 'local_only_public')
     order by p.published_at desc, p.id desc limit ${MAX_URLS}`,
    [new Date(since).toISOString()],
  );
  const urls = rows.map(({ ap_id, at }) =>
    `<url><loc>${xml(ap_id)}</loc><lastmod>${xml(at)}</lastmod></url>`
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.join("\n")}
</urlset>
`;
}
