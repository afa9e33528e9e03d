import { type Ctx, query } from "../../domain/context.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import { renderForElsewhere } from "../../markdown/mod.ts";
import { keyId, PUBLIC } from "../ids.ts";

/** Parts that several of our objects share (§2.3, §2.14). None of them has an `@context`. */

/** An object as it goes over the wire. */
export type Json = Record<string, unknown>;

/** The members that have a value, in their order. */
export function filled(members: Json): Json {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) =>
      value !== undefined && value !== null
    ),
  );
}

/**
 * Markdown as HTML with its source (§2.2), nothing if there is none.
 * @param member where actors and others have their text
 */
export function textMembers(
  ctx: Pick<Ctx, "config">,
  markdown: string | null,
  member: "content" | "summary" = "content",
): Json {
  if (markdown === null || markdown === "") return {};
  return {
    [member]: renderForElsewhere(markdown, ctx.config, "text"),
    mediaType: "text/html",
    source: { content: markdown, mediaType: "text/markdown" },
  };
}

export function imageMember(url: string | null): Json | undefined {
  return url === null ? undefined : { type: "Image", url };
}

/** @param owner id of the actor whose key it is */
export function publicKeyMember(owner: string, publicKeyPem: string): Json {
  return { id: keyId(owner), owner, publicKeyPem };
}

interface LanguageRow {
  code: string;
  name: string;
}

/** The languages that a community or the site allows; none stands for all. */
export async function languageMembers(
  ctx: Pick<Ctx, "db">,
  kind: "community" | "site",
  id: number,
): Promise<Json[]> {
  const rows = await query<LanguageRow>(
    ctx,
    `select l.code, l.name from ${kind}_language a join language l on l.id = a.language_id
     where a.${kind}_id = $1::int4
       and exists (select from language where id not in
         (select language_id from ${kind}_language where ${kind}_id = $1))
     order by l.id`,
    [id],
  );
  return rows.map(languageMember);
}

export function languageMember({ code, name }: LanguageRow): Json {
  return { identifier: code, name };
}

/** Whom the objects and activities of a community are addressed to (§2.14). */
export function audienceOf(
  community: { ap_id: string; visibility: CommunityVisibility },
): string[] {
  return [
    community.ap_id,
    community.visibility === "private"
      ? `${community.ap_id}/followers`
      : PUBLIC,
  ];
}

/** A row by its id; the caller knows that it exists. */
export async function rowOf<Row>(
  ctx: Pick<Ctx, "db">,
  text: string,
  id: number,
): Promise<Row> {
  const [row] = await query<Row>(ctx, text, [id]);
  if (!row) throw new Error(`there is no row ${id} any more`);
  return row;
}
