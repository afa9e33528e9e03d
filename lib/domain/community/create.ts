import { localActorId } from "../actor_name.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { generateKeyPair } from "../keys.ts";
import { checkSiteLanguages, setCommunityLanguages } from "../language.ts";
import { requireActiveUser } from "../permissions.ts";
import {
  checkActorName,
  checkBody,
  checkDisplayName,
  checkSummary,
  LIMITS,
} from "../text/rules.ts";
import { checkSlurs, edited, pipelineInput } from "../text_input.ts";
import type { CommunityView, CommunityVisibility } from "../views.ts";
import { readCommunity } from "./view.ts";

export interface CreateCommunity {
  name: string;
  title?: string;
  sidebar?: string;
  summary?: string;
  nsfw?: boolean;
  posting_restricted_to_mods?: boolean;
  discussion_languages?: number[];
  visibility?: CommunityVisibility;
}

/** Checked texts of a community: undefined = unchanged, null = erased. */
export interface CommunityTexts {
  title?: string | null;
  sidebar?: string | null;
  summary?: string | null;
}

/** Refuses NSFW where the site does (`nsfw_not_allowed`). */
export function checkCommunityNsfw(ctx: Ctx, nsfw: boolean | undefined): void {
  if (nsfw && ctx.site.local_site.nsfw_content_disallowed) {
    throw new LemmyError("nsfw_not_allowed", { field: "nsfw" });
  }
}

/** The texts of a new community, checked in the order of content §3.1. */
function checkNewTexts(ctx: Ctx, input: CreateCommunity): CommunityTexts {
  checkCommunityNsfw(ctx, input.nsfw);
  checkSlurs(ctx, input.name, "name");
  if (input.title) checkSlurs(ctx, input.title, "title");
  const sidebar = edited(
    input.sidebar,
    (text) => pipelineInput(ctx, text, "sidebar"),
  );
  const title = edited(input.title, (text) => checkDisplayName(text, "title"));
  if (sidebar) checkBody(sidebar, LIMITS.body, "sidebar");
  const summary = edited(input.summary, (text) => checkSummary(text));
  if (summary) checkSlurs(ctx, summary, "summary");
  return { title, sidebar, summary };
}

/**
 * Creates a community; its creator becomes moderator and follower (content §3.1).
 * @throws LemmyError `only_admins_can_create_communities`, `nsfw_not_allowed`, `slurs`,
 * `blocked_url`, `invalid_display_name`, `invalid_body_field`, `site_description_length_overflow`,
 * `invalid_name`, `already_exists`, `language_not_allowed`
 */
export async function createCommunity(
  ctx: Ctx,
  input: CreateCommunity,
): Promise<CommunityView> {
  const viewer = requireActiveUser(ctx);
  const { config, site } = ctx;
  if (
    site.local_site.community_creation_admin_only && !viewer.local_user.admin
  ) {
    throw new LemmyError("only_admins_can_create_communities");
  }
  const fields = checkNewTexts(ctx, input);
  checkActorName(input.name, "name");
  await requireFreeName(ctx, input.name);
  const languages = input.discussion_languages;
  if (languages) checkSiteLanguages(ctx, languages);
  const keys = await generateKeyPair();
  const ap_id = localActorId(config, "community", input.name);
  return await inTransaction(ctx, async (ctx) => {
    const row = await ctx.db.insertInto("community").values({
      name: input.name,
      title: fields.title ?? null,
      sidebar: fields.sidebar ?? null,
      summary: fields.summary ?? null,
      nsfw: input.nsfw ?? false,
      posting_restricted_to_mods: input.posting_restricted_to_mods ?? false,
      visibility: input.visibility ?? "public",
      ap_id,
      followers_url: `${ap_id}/followers`,
      moderators_url: `${ap_id}/moderators`,
      featured_url: `${ap_id}/featured`,
      inbox_url: `${config.origin}/inbox`,
      instance_id: site.instance.id,
      published_at: ctx.now.toISOString(),
      ...keys,
    }).onConflict((conflict) => conflict.doNothing()).returning("id")
      .executeTakeFirst();
    if (!row) throw new LemmyError("already_exists", { field: "name" });
    await ctx.db.insertInto("community_actions").values({
      person_id: viewer.person.id,
      community_id: row.id,
      followed_at: ctx.now.toISOString(),
      follow_state: "accepted",
      became_moderator_at: ctx.now.toISOString(),
    }).execute();
    await setCommunityLanguages(
      ctx,
      row.id,
      await initialLanguages(ctx, languages),
    );
    await recordEvent(ctx, { kind: "community_created", community_id: row.id });
    delete viewer.relations;
    return await readCommunity(ctx, row.id);
  });
}

async function requireFreeName(ctx: Ctx, name: string): Promise<void> {
  const rows = await query(
    ctx,
    "select from community where lower(name) = lower($1) and instance_id = $2::int4",
    [name, ctx.site.instance.id],
  );
  if (rows.length > 0) {
    throw new LemmyError("already_exists", { field: "name" });
  }
}

/** The given languages, else the creator's that the site offers; none means all of the site. */
async function initialLanguages(
  ctx: Ctx,
  given: number[] | undefined,
): Promise<number[]> {
  if (given) return given.length > 0 ? given : ctx.site.discussion_languages;
  const rows = await query<{ language_id: number }>(
    ctx,
    "select language_id from local_user_language where local_user_id = $1::int4",
    [ctx.viewer!.local_user.id],
  );
  const own = new Set(rows.map((row) => row.language_id));
  const shared = ctx.site.discussion_languages.filter((id) => own.has(id));
  return shared.length > 0 ? shared : ctx.site.discussion_languages;
}
