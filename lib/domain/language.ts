import { type Ctx, query } from "./context.ts";
import { LemmyError } from "./errors.ts";
import { checkItemCount } from "./text/rules.ts";

/**
 * Refuses a language that the community does not allow (`language_not_allowed`). Absent is
 * "undetermined" and needs no check (content §0.3).
 */
export async function checkLanguage(
  ctx: Ctx,
  communityId: number,
  languageId: number | undefined,
): Promise<void> {
  if (languageId === undefined) return;
  const rows = await query(
    ctx,
    "select from community_language where community_id = $1::int4 and language_id = $2::int4",
    [communityId, languageId],
  );
  if (rows.length === 0) {
    throw new LemmyError("language_not_allowed", { field: "language_id" });
  }
}

/** Language ids of a community, ascending. */
export async function communityLanguages(
  ctx: Ctx,
  communityId: number,
): Promise<number[]> {
  const rows = await query<{ language_id: number }>(
    ctx,
    "select language_id from community_language where community_id = $1::int4 order by language_id",
    [communityId],
  );
  return rows.map((row) => row.language_id);
}

/** Replaces the languages of a community. */
export async function setCommunityLanguages(
  ctx: Ctx,
  communityId: number,
  languages: readonly number[],
): Promise<void> {
  await query(
    ctx,
    `delete from community_language where community_id = $1::int4 and language_id <> all($2::int4[])`,
    [communityId, languages],
  );
  await query(
    ctx,
    `insert into community_language (community_id, language_id)
     select $1::int4, unnest($2::int4[]) on conflict do nothing`,
    [communityId, languages],
  );
}

/** Refuses ids that are no language (`couldnt_update`). */
export async function requireKnownLanguages(
  ctx: Ctx,
  languages: readonly number[],
): Promise<void> {
  const ids = [...new Set(languages)];
  const known = await query(
    ctx,
    "select from language where id = any($1::int4[])",
    [ids],
  );
  if (known.length < ids.length) {
    throw new LemmyError("couldnt_update", { field: "discussion_languages" });
  }
}

/** Refuses languages that the site does not offer. */
export function checkSiteLanguages(
  ctx: Ctx,
  languages: readonly number[],
): void {
  checkItemCount(languages, "discussion_languages");
  const offered = new Set(ctx.site.discussion_languages);
  if (!languages.every((id) => offered.has(id))) {
    throw new LemmyError("language_not_allowed", {
      field: "discussion_languages",
    });
  }
}
