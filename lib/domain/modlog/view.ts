import {
  COMMENT,
  communityTotals,
  ID_LIST,
  INSTANCE,
  PERSON,
  POST,
  select,
  selectCommunity,
} from "../columns.ts";
import { type Ctx, queryViews } from "../context.ts";
import type { Modlog, ModlogView } from "../views.ts";

/**
 * What its author has deleted stays unread here too: by its author's will it is not part of the
 * record. Removed texts are; the modlog exists to show them.
 */
function kept(alias: string, column: string): string {
  return `case when ${alias}.deleted and ${alias}.creator_id <> $2::int4 and not $3::boolean
    then '' else ${alias}.${column} end`;
}

const without = (columns: readonly string[], column: string) =>
  columns.filter((c) => c !== column);

const TEXT = `
  select l.id, l.kind, l.is_revert, l.reason, l.expires_at, l.published_at,
    l.bulk_action_parent_id, l.child_count,
    ${select("u", "moderator", PERSON)}, $4::boolean as "moderator.exists",
    ${
  select("t", "target_person", PERSON)
}, t.id is not null as "target_person.exists",
    ${
  select("i", "target_instance", INSTANCE)
}, i.id is not null as "target_instance.exists",
    ${
  selectCommunity("c", "target_community")
}, c.id is not null as "target_community.exists",
    ${select("p", "target_post", without(POST, "body"))},
    ${
  kept("p", "body")
} as "target_post.body", p.id is not null as "target_post.exists",
    ${select("m", "target_comment", without(COMMENT, "content"))},
    ${
  kept("m", "content")
} as "target_comment.content", m.id is not null as "target_comment.exists"
  from ${ID_LIST}
  join modlog l on l.id = list.id
  join person u on u.id = l.moderator_id
  left join person t on t.id = l.target_person_id
  left join instance i on i.id = l.target_instance_id
  left join community c on c.id = l.target_community_id
  ${communityTotals("c")}
  left join post p on p.id = l.target_post_id
  left join comment m on m.id = l.target_comment_id
  order by list.position`;

const RELATIONS = [
  "moderator",
  "target_person",
  "target_instance",
  "target_community",
  "target_post",
  "target_comment",
];

/**
 * The entries with these ids, in the order of the ids.
 * @param options.named whether they say who acted
 */
export async function readModlogViews(
  ctx: Ctx,
  ids: readonly number[],
  options: { named: boolean },
): Promise<ModlogView[]> {
  if (ids.length === 0) return [];
  const rows = await queryViews<Modlog & Omit<ModlogView, "modlog">>(
    ctx,
    TEXT,
    [
      ids,
      ctx.viewer?.person.id ?? 0,
      ctx.viewer?.local_user.admin ?? false,
      options.named,
    ],
    RELATIONS,
  );
  return rows.map(
    ({
      id,
      kind,
      is_revert,
      reason = null,
      expires_at = null,
      published_at,
      bulk_action_parent_id = null,
      child_count,
      ...objects
    }) => ({
      modlog: {
        id,
        kind,
        is_revert,
        reason,
        expires_at,
        published_at,
        bulk_action_parent_id,
        child_count,
      },
      ...objects,
    }),
  );
}
