import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { requireCommunityMod } from "../permissions.ts";
import { readCommunityTag } from "../post/tags.ts";
import {
  checkActorName,
  checkSummary,
  checkTagDisplayName,
} from "../text/rules.ts";
import { checkSlurs, edited } from "../text_input.ts";
import type { CommunityTag, TagColor } from "../views.ts";
import { readCommunity } from "./view.ts";

/** A community has fewer tags than this. */
const MAX_TAGS = 10_000;

interface TagFields {
  display_name?: string;
  summary?: string;
  color?: TagColor;
}

/** The texts of a tag, checked (content §3.9, Q46); "" erases. */
function checkTexts(ctx: Ctx, input: TagFields) {
  const display_name = edited(input.display_name, (text) => {
    checkSlurs(ctx, text, "display_name");
    return checkTagDisplayName(text);
  });
  const summary = edited(input.summary, (text) => {
    checkSummary(text);
    checkSlurs(ctx, text, "summary");
    return text;
  });
  return { display_name, summary, color: input.color };
}

/**
 * Gives a community a new tag for its posts. The name is for ever, also when the tag is deleted.
 * @throws LemmyError `invalid_name`, `not_found`, `too_many_items`, `slurs`,
 * `site_description_length_overflow`, `invalid_display_name`, `couldnt_create` for a name that is
 * taken, and those of `requireCommunityMod`
 */
export async function createCommunityTag(
  ctx: Ctx,
  input: TagFields & { community_id: number; name: string },
): Promise<CommunityTag> {
  requireViewer(ctx);
  checkActorName(input.name, "name");
  const { community } = await readCommunity(ctx, input.community_id);
  await requireCommunityMod(ctx, community.id);
  checkSlurs(ctx, input.name, "name");
  const fields = checkTexts(ctx, input);
  return await inTransaction(ctx, async (ctx) => {
    const [{ count }] = await query<{ count: number }>(
      ctx,
      "select count(*)::int4 as count from community_tag where community_id = $1::int4",
      [community.id],
    );
    if (count + 1 >= MAX_TAGS) throw new LemmyError("too_many_items");
    const row = await ctx.db.insertInto("community_tag").values({
      ...fields,
      name: input.name,
      ap_id: new URL(`${community.ap_id}/tag/${input.name}`).href,
      community_id: community.id,
      published_at: ctx.now.toISOString(),
    }).onConflict((conflict) => conflict.doNothing()).returning("id")
      .executeTakeFirst();
    if (!row) throw new LemmyError("couldnt_create", { field: "name" });
    await recordChange(ctx, community.id);
    return await readCommunityTag(ctx, row.id);
  });
}

/**
 * Changes a tag's label, description or colour.
 * @throws LemmyError `not_found`, `slurs`, `site_description_length_overflow`,
 * `invalid_display_name`, and those of `requireCommunityMod`
 */
export async function editCommunityTag(
  ctx: Ctx,
  input: TagFields & { tag_id: number },
): Promise<CommunityTag> {
  requireViewer(ctx);
  const tag = await readCommunityTag(ctx, input.tag_id);
  await requireCommunityMod(ctx, tag.community_id);
  return await changeTag(ctx, tag, checkTexts(ctx, input));
}

/**
 * Deletes a tag or restores it. Posts keep it meanwhile, unseen.
 * @throws LemmyError `not_found`, and those of `requireCommunityMod`
 */
export async function deleteCommunityTag(
  ctx: Ctx,
  input: { tag_id: number; delete: boolean },
): Promise<CommunityTag> {
  requireViewer(ctx);
  const tag = await readCommunityTag(ctx, input.tag_id);
  await requireCommunityMod(ctx, tag.community_id);
  return await changeTag(ctx, tag, { deleted: input.delete });
}

async function changeTag(
  ctx: Ctx,
  tag: CommunityTag,
  change: Partial<ReturnType<typeof checkTexts>> & { deleted?: boolean },
): Promise<CommunityTag> {
  return await inTransaction(ctx, async (ctx) => {
    await ctx.db.updateTable("community_tag")
      .set({ ...change, updated_at: ctx.now.toISOString() })
      .where("id", "=", tag.id).execute();
    await recordChange(ctx, tag.community_id);
    return await readCommunityTag(ctx, tag.id);
  });
}

/** Tags travel with their community (quirk Q4: every change of one does). */
async function recordChange(ctx: Ctx, community_id: number): Promise<void> {
  await recordEvent(ctx, { kind: "community_updated", community_id });
}
