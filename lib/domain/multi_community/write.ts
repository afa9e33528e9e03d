import { localActorId } from "../actor_name.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireActiveUser } from "../permissions.ts";
import {
  checkActorName,
  checkDisplayName,
  checkSummary,
} from "../text/rules.ts";
import { checkSlurs, edited, markdownInput } from "../text_input.ts";
import type { MultiCommunityView } from "../views.ts";
import { followForMembers } from "./site_follows.ts";
import { readMultiCommunity, readMultiCommunityViews } from "./view.ts";

interface Texts {
  title?: string;
  summary?: string;
  sidebar?: string;
}

/** The texts, checked in the order of content §4. An empty title fails, other empty texts erase. */
function checkTexts(ctx: Ctx, input: Texts) {
  const { title } = input;
  if (title !== undefined) checkSlurs(ctx, title, "title");
  const checked = title === undefined
    ? undefined
    : checkDisplayName(title, "title");
  const sidebar = edited(
    input.sidebar,
    (text) => markdownInput(ctx, text, "sidebar"),
  );
  const summary = edited(input.summary, (text) => {
    checkSummary(text);
    checkSlurs(ctx, text, "summary");
    return text;
  });
  return { title: checked, sidebar, summary };
}

/**
 * Creates a list of communities; its owner follows it. It signs with the site's keys.
 * @throws LemmyError `slurs`, `already_exists`, `invalid_display_name`, `blocked_url`,
 * `invalid_body_field`, `site_description_length_overflow`, `invalid_name`
 */
export async function createMultiCommunity(
  ctx: Ctx,
  input: Texts & { name: string },
): Promise<MultiCommunityView> {
  const viewer = requireActiveUser(ctx);
  checkSlurs(ctx, input.name, "name");
  const ap_id = localActorId(ctx.config, "multi_community", input.name);
  const taken = await query(
    ctx,
    "select from multi_community where lower(ap_id) = lower($1)",
    [ap_id],
  );
  const exists = new LemmyError("already_exists", { field: "name" });
  if (taken.length > 0) throw exists;
  const fields = checkTexts(ctx, input);
  checkActorName(input.name, "name");
  return await inTransaction(ctx, async (ctx) => {
    const keys = await ctx.db.selectFrom("site")
      .select(["public_key", "private_key", "inbox_url"])
      .where("id", "=", ctx.site.site.id).executeTakeFirstOrThrow();
    const row = await ctx.db.insertInto("multi_community").values({
      ...fields,
      ...keys,
      name: input.name,
      ap_id,
      following_url: `${ap_id}/following`,
      creator_id: viewer.person.id,
      instance_id: ctx.site.instance.id,
      published_at: ctx.now.toISOString(),
    }).onConflict((conflict) => conflict.doNothing()).returning("id")
      .executeTakeFirst();
    if (!row) throw exists;
    await ctx.db.insertInto("multi_community_follow").values({
      multi_community_id: row.id,
      person_id: viewer.person.id,
      follow_state: "accepted",
    }).execute();
    return await readMultiCommunity(ctx, row.id);
  });
}

/**
 * Locks a multi-community that the caller may change: the owner, or an admin if it is of this site.
 * @throws LemmyError `not_found`, `multi_community_update_wrong_user`
 */
export async function lockOwned(ctx: Ctx, id: number) {
  const viewer = requireActiveUser(ctx);
  const multi = await ctx.db.selectFrom("multi_community")
    .select(["id", "creator_id", "local", "communities"])
    .where("id", "=", id).forNoKeyUpdate().executeTakeFirst();
  if (!multi) throw new LemmyError("not_found");
  const owner = multi.creator_id === viewer.person.id ||
    (multi.local && viewer.local_user.admin);
  if (!owner) throw new LemmyError("multi_community_update_wrong_user");
  return multi;
}

/**
 * Changes the given texts of a multi-community, deletes or restores it.
 * @throws LemmyError those of `createMultiCommunity` for the texts, and of `lockOwned`
 */
export async function editMultiCommunity(
  ctx: Ctx,
  input: Texts & { id: number; deleted?: boolean },
): Promise<MultiCommunityView> {
  requireActiveUser(ctx);
  return await inTransaction(ctx, async (ctx) => {
    const { id } = await lockOwned(ctx, input.id);
    await ctx.db.updateTable("multi_community").set({
      ...checkTexts(ctx, input),
      deleted: input.deleted,
      updated_at: ctx.now.toISOString(),
    }).where("id", "=", id).execute();
    if (input.deleted !== undefined) await followForMembers(ctx, id);
    await recordChange(ctx, id);
    // An admin is answered with what is deleted now, and from now on not found.
    return (await readMultiCommunityViews(ctx, [id]))[0];
  });
}

/** Tells other servers that a multi-community or its list has changed. */
export async function recordChange(ctx: Ctx, id: number): Promise<void> {
  await recordEvent(ctx, {
    kind: "multi_community_updated",
    data: { multi_community_id: id },
  });
}
