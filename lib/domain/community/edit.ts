import { requireViewer } from "../account/session.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import { checkSiteLanguages, setCommunityLanguages } from "../language.ts";
import { recordModlog } from "../modlog/record.ts";
import { requireCommunityMod, requireTopMod } from "../permissions.ts";
import { checkDisplayName, checkSummary } from "../text/rules.ts";
import { checkSlurs, edited, markdownInput } from "../text_input.ts";
import type { CommunityView } from "../views.ts";
import {
  checkCommunityNsfw,
  type CommunityTexts,
  type CreateCommunity,
} from "./create.ts";
import { readCommunity } from "./view.ts";

export interface EditCommunity extends Omit<CreateCommunity, "name"> {
  community_id: number;
}

/** The texts of an edit, checked in the order of content §3.3. */
function checkEditedTexts(ctx: Ctx, input: EditCommunity): CommunityTexts {
  if (input.title) checkSlurs(ctx, input.title, "title");
  if (input.summary) checkSlurs(ctx, input.summary, "summary");
  checkCommunityNsfw(ctx, input.nsfw);
  const title = edited(input.title, (text) => checkDisplayName(text, "title"));
  const sidebar = edited(
    input.sidebar,
    (text) => markdownInput(ctx, text, "sidebar"),
  );
  const summary = edited(input.summary, (text) => checkSummary(text));
  return { title, sidebar, summary };
}

/**
 * Changes the given fields of a community (content §3.3); "" erases a text.
 * @throws LemmyError as `createCommunity`, and `not_a_mod_or_admin`, `deleted`, `not_found`
 */
export async function editCommunity(
  ctx: Ctx,
  input: EditCommunity,
): Promise<CommunityView> {
  requireViewer(ctx);
  const fields = checkEditedTexts(ctx, input);
  await requireCommunityMod(ctx, input.community_id);
  const languages = input.discussion_languages;
  if (languages) checkSiteLanguages(ctx, languages);
  return await inTransaction(ctx, async (ctx) => {
    const old = await ctx.db.selectFrom("community")
      .select(["visibility", "federated_visibility"])
      .where("id", "=", input.community_id).forNoKeyUpdate()
      .executeTakeFirstOrThrow();
    await ctx.db.updateTable("community").set({
      title: fields.title,
      sidebar: fields.sidebar,
      summary: fields.summary,
      nsfw: input.nsfw,
      posting_restricted_to_mods: input.posting_restricted_to_mods,
      visibility: input.visibility,
      federated_visibility: isLocalOnly(old) ? undefined : old.visibility,
      updated_at: ctx.now.toISOString(),
    }).where("id", "=", input.community_id).execute();
    if (languages) {
      await setCommunityLanguages(
        ctx,
        input.community_id,
        languages.length > 0 ? languages : ctx.site.discussion_languages,
      );
    }
    if (input.visibility && input.visibility !== old.visibility) {
      await recordModlog(ctx, {
        kind: "mod_change_community_visibility",
        target_community_id: input.community_id,
      });
    }
    await recordEvent(ctx, {
      kind: "community_updated",
      community_id: input.community_id,
      // Federation announces a change between federating and local-only (content §3.3).
      data: {
        visibility_before: old.visibility,
        visibility: input.visibility ?? old.visibility,
        federated_before: old.federated_visibility,
      },
    });
    return await readCommunity(ctx, input.community_id);
  });
}

function isLocalOnly({ visibility }: { visibility: string }): boolean {
  return visibility.startsWith("local_only");
}

/**
 * Deletes or restores a community; only its first moderator may. Repeating it changes nothing.
 * @throws LemmyError `not_a_mod_or_admin`, `not_top_mod`
 */
export async function deleteCommunity(
  ctx: Ctx,
  input: { community_id: number; deleted: boolean },
): Promise<CommunityView> {
  await requireCommunityMod(ctx, input.community_id, { allowDeleted: true });
  await requireTopMod(ctx, input.community_id);
  return await inTransaction(ctx, async (ctx) => {
    await setCommunityDeleted(ctx, input.community_id, input.deleted);
    return await readCommunity(ctx, input.community_id);
  });
}

/** Marks a community deleted or restored as decided; repeating it changes nothing. */
export async function setCommunityDeleted(
  ctx: Ctx,
  community_id: number,
  deleted: boolean,
): Promise<void> {
  const changed = await query(
    ctx,
    `update community set deleted = $2::boolean, updated_at = $3::timestamptz
     where id = $1::int4 and deleted <> $2 returning id`,
    [community_id, deleted, ctx.now.toISOString()],
  );
  if (changed.length === 0) return;
  await recordEvent(ctx, {
    kind: "community_deleted",
    community_id,
    data: { deleted },
  });
}
