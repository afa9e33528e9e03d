import { type Ctx, query } from "../../domain/context.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import { TAG_COLUMNS, tagObject, type TagRow } from "./group.ts";
import { mentionedActor, mentionedPersons, mentionTags } from "./mentions.ts";
import {
  audienceOf,
  filled,
  imageMember,
  type Json,
  languageMember,
  rowOf,
  textMembers,
} from "./send.ts";

interface Row {
  id: number;
  ap_id: string;
  name: string;
  url: string | null;
  body: string | null;
  alt_text: string | null;
  url_content_type: string | null;
  thumbnail_url: string | null;
  nsfw: boolean;
  published_at: string;
  updated_at: string | null;
  creator: string;
  community: string;
  community_name: string;
  visibility: CommunityVisibility;
  language: string;
  language_name: string;
}

/** A post (§2.8). Persons whom it mentions are those known here; see `learnMentions`. */
export async function pageObject(ctx: Ctx, postId: number): Promise<Json> {
  const row = await rowOf<Row>(
    ctx,
    `select p.id, p.ap_id, p.name, p.url, p.body, p.alt_text, p.url_content_type,
       p.thumbnail_url, p.nsfw, p.published_at, p.updated_at, u.ap_id as creator,
       c.ap_id as community, c.name as community_name, c.visibility, l.code as language,
       l.name as language_name
     from post p join person u on u.id = p.creator_id join community c on c.id = p.community_id
       join language l on l.id = p.language_id
     where p.id = $1::int4`,
    postId,
  );
  const community = {
    ap_id: row.community,
    name: row.community_name,
    visibility: row.visibility,
  };
  const mentioned = await mentionedPersons(ctx, row.body ?? "");
  const { mediaType: _, ...body } = textMembers(ctx, row.body);
  return filled({
    type: "Page",
    id: row.ap_id,
    attributedTo: row.creator,
    to: audienceOf(community),
    cc: mentioned.map(({ ap_id }) => ap_id),
    audience: community.ap_id,
    name: row.name,
    ...body,
    mediaType: "text/html",
    attachment: attachments(row),
    image: imageMember(row.thumbnail_url),
    sensitive: row.nsfw,
    language: languageMember({ code: row.language, name: row.language_name }),
    tag: [
      ...await tagsOf(ctx, row.id),
      { type: "Hashtag", href: row.ap_id, name: `#${community.name}` },
      ...mentionTags([...mentioned, mentionedActor(community)]),
    ],
    context: `${row.ap_id}/context`,
    published: row.published_at,
    updated: row.updated_at,
  });
}

function attachments(row: Row): Json[] {
  if (row.url === null) return [];
  const isImage = row.url_content_type?.startsWith("image") ?? false;
  return [filled(
    isImage
      ? { type: "Image", url: row.url, name: row.alt_text }
      : { type: "Link", href: row.url, mediaType: row.url_content_type },
  )];
}

async function tagsOf(ctx: Ctx, postId: number): Promise<Json[]> {
  const rows = await query<TagRow>(
    ctx,
    `select ${TAG_COLUMNS} from post_tag pt join community_tag t on t.id = pt.community_tag_id
     where pt.post_id = $1::int4 and not t.deleted order by t.name`,
    [postId],
  );
  return rows.map(tagObject);
}
