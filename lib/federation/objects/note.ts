import type { Ctx } from "../../domain/context.ts";
import type { CommunityVisibility } from "../../domain/views.ts";
import { mentionedActor, mentionedPersons, mentionTags } from "./mentions.ts";
import {
  audienceOf,
  filled,
  type Json,
  languageMember,
  rowOf,
  textMembers,
} from "./send.ts";

interface Row {
  ap_id: string;
  content: string;
  distinguished: boolean;
  published_at: string;
  updated_at: string | null;
  creator: string;
  community: string;
  community_name: string;
  visibility: CommunityVisibility;
  parent: string;
  parent_creator: string;
  parent_creator_name: string;
  language: string;
  language_name: string;
}

/**
 * A comment (§2.9). The author of what it answers is mentioned first, then those of the text, as
 * far as they are known here, then the community, so that answers from microblogs address it.
 */
export async function noteObject(ctx: Ctx, commentId: number): Promise<Json> {
  const row = await rowOf<Row>(
    ctx,
    `select m.ap_id, m.content, m.distinguished, m.published_at, m.updated_at,
       u.ap_id as creator, c.ap_id as community, c.name as community_name, c.visibility,
       coalesce(a.ap_id, p.ap_id) as parent, au.ap_id as parent_creator,
       au.name as parent_creator_name, l.code as language, l.name as language_name
     from comment m join person u on u.id = m.creator_id
       join community c on c.id = m.community_id join post p on p.id = m.post_id
       left join comment a on m.level > 1
         and a.id = split_part(m.path, '.', -2)::int4
       join person au on au.id = coalesce(a.creator_id, p.creator_id)
       join language l on l.id = m.language_id
     where m.id = $1::int4`,
    commentId,
  );
  const community = {
    ap_id: row.community,
    name: row.community_name,
    visibility: row.visibility,
  };
  const author = mentionedActor({
    ap_id: row.parent_creator,
    name: row.parent_creator_name,
  });
  const mentioned = [author, ...await mentionedPersons(ctx, row.content)];
  return filled({
    type: "Note",
    id: row.ap_id,
    attributedTo: row.creator,
    to: audienceOf(community),
    cc: [...new Set(mentioned.map(({ ap_id }) => ap_id))],
    audience: community.ap_id,
    inReplyTo: row.parent,
    content: "",
    ...textMembers(ctx, row.content),
    mediaType: "text/html",
    tag: mentionTags([...mentioned, mentionedActor(community)]),
    attachment: [],
    distinguished: row.distinguished,
    language: languageMember({ code: row.language, name: row.language_name }),
    context: `${row.ap_id}/context`,
    published: row.published_at,
    updated: row.updated_at,
  });
}
