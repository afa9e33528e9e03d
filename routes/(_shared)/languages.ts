import { communityLanguages } from "../../lib/domain/language.ts";
import { listLanguages } from "../../lib/domain/site/load.ts";
import type { Ctx } from "../../lib/domain/context.ts";
import type { Language } from "../../lib/domain/views.ts";

/** Languages a composer offers: the site's, the community's if one is given, by name (web-ui §4.7). */
export async function offeredLanguages(
  ctx: Ctx,
  communityId?: number,
): Promise<Language[]> {
  const [all, community] = await Promise.all([
    listLanguages(ctx),
    communityId === undefined ? null : communityLanguages(ctx, communityId),
  ]);
  const offered = new Set(ctx.site.discussion_languages);
  const allowed = community && new Set(community);
  return all
    .filter(({ id }) => offered.has(id) && (!allowed || allowed.has(id)))
    .sort((a, b) =>
      Number(b.id === 0) - Number(a.id === 0) || a.name.localeCompare(b.name)
    );
}
