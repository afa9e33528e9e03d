import { hasActions } from "./community/visibility.ts";
import type { Relations } from "./account/relations.ts";
import type { Conditions } from "./conditions.ts";
import type { Ctx } from "./context.ts";

/**
 * Filters that several listings share. They speak of communities `c`; `item` is the alias of the
 * posts or comments, where it matters.
 */

/** Whether a listing shows NSFW items: as asked, else by the viewer's setting or the site's warning. */
export function showsNsfw(ctx: Ctx, asked?: boolean): boolean {
  return asked ?? ctx.viewer?.local_user.show_nsfw ??
    ctx.site.site.content_warning !== undefined;
}

/**
 * Leaves bots out for viewers who do not want to see them.
 * @param except SQL of the id of a person who stays, bot or not
 */
export function addBots(
  where: Conditions,
  ctx: Ctx,
  item: string,
  except?: string,
): void {
  if (ctx.viewer?.local_user.show_bot_accounts ?? true) return;
  const others = except === undefined ? "" : ` and b.id <> ${except}`;
  where.add(
    `not exists (select from person b where b.id = ${item}.creator_id and b.bot_account${others})`,
  );
}

/** Seconds that a listing looks back; 0 means no limit, absent the reader's or site's default. */
export function timeRange(ctx: Ctx, asked: number | undefined): number {
  const seconds = asked ??
    ctx.viewer?.local_user.default_post_time_range_seconds ??
    ctx.site.local_site.default_post_time_range_seconds ?? 0;
  return Math.max(0, seconds);
}

/** Only what was published within the time range of the listing. */
export function addTimeRange(
  where: Conditions,
  ctx: Ctx,
  item: string,
  asked: number | undefined,
): void {
  const since = timeRangeStart(ctx, asked);
  if (since === undefined) return;
  where.add(`${item}.published_at > ${where.value(since, "timestamptz")}`);
}

/** Where the time range of a listing begins; undefined without one. */
export function timeRangeStart(
  ctx: Ctx,
  asked: number | undefined,
): string | undefined {
  const seconds = timeRange(ctx, asked);
  return seconds === 0
    ? undefined
    : new Date(ctx.now.getTime() - seconds * 1000).toISOString();
}

/** Only communities of a multi-community; of none when the id is null or the list is deleted. */
export function addMultiCommunity(where: Conditions, id: number | null): void {
  where.add(
    `c.id in (select e.community_id from multi_community_entry e
       join multi_community m on m.id = e.multi_community_id
       where m.id = ${where.value(id, "int4")} and not m.deleted)`,
  );
}

/** Only communities of the list that the site suggests. */
export function addSuggested(where: Conditions, ctx: Ctx): void {
  const { suggested_multi_community_id } = ctx.site.local_site;
  addMultiCommunity(where, suggested_multi_community_id ?? null);
}

/** The block filter of content §6.8 for items `item` of communities `c`. */
export function addBlocks(
  where: Conditions,
  ctx: Ctx,
  related: Relations,
  item: string,
): void {
  addCommunityBlocks(where, ctx, related);
  addPersonBlocks(where, related, item);
}

/** Its part on communities `c`. */
export function addCommunityBlocks(
  where: Conditions,
  ctx: Ctx,
  related: Relations,
): void {
  const list = (ids: number[]) => where.value(ids, "int4[]");
  if (related.blockedInstanceCommunities.length > 0) {
    where.add(
      `c.instance_id <> all(${list(related.blockedInstanceCommunities)})
       or ${hasActions(where, ctx.viewer!, "a.followed_at is not null")}`,
    );
  }
  if (related.blockedCommunities.length > 0) {
    where.add(`c.id <> all(${list(related.blockedCommunities)})`);
  }
}

/** Its part on the authors of items `item`. */
export function addPersonBlocks(
  where: Conditions,
  related: Relations,
  item: string,
): void {
  const list = (ids: number[]) => where.value(ids, "int4[]");
  if (related.blockedPersons.length > 0) {
    where.add(`${item}.creator_id <> all(${list(related.blockedPersons)})`);
  }
  if (related.blockedInstancePersons.length > 0) {
    where.add(
      `not exists (select from person b where b.id = ${item}.creator_id
         and b.instance_id = any(${list(related.blockedInstancePersons)}))`,
    );
  }
}
