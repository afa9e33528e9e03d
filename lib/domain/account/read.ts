import {
  communityTotals,
  INSTANCE,
  PERSON,
  select,
  selectCommunity,
} from "../columns.ts";
import { type Ctx, query, queryViews } from "../context.ts";
import { readFollowedMultiCommunities } from "../multi_community/view.ts";
import { readModerated } from "../person/view.ts";
import type {
  Community,
  CommunityFollowerView,
  Instance,
  MyUserInfo,
  Person,
} from "../views.ts";
import { requireViewer } from "./session.ts";

/** `GET /account`: the caller's settings, follows, blocks and languages (accounts-and-site §3.1). */
export async function readMyUser(ctx: Ctx): Promise<MyUserInfo> {
  const viewer = requireViewer(ctx);
  const me = viewer.person.id;
  const [
    follows,
    moderates,
    multi_community_follows,
    community_blocks,
    instance_communities_blocks,
    instance_persons_blocks,
    person_blocks,
    keywords,
    languages,
  ] = await Promise.all([
    readFollows(ctx, me),
    readModerated(ctx, me),
    readFollowedMultiCommunities(ctx, me),
    readBlockedCommunities(ctx, me),
    readBlockedInstances(ctx, me, "blocked_communities_at"),
    readBlockedInstances(ctx, me, "blocked_persons_at"),
    readBlockedPersons(ctx, me),
    query<{ keyword: string }>(
      ctx,
      "select keyword from local_user_keyword_block where local_user_id = $1::int4 order by keyword",
      [viewer.local_user.id],
    ),
    query<{ language_id: number }>(
      ctx,
      "select language_id from local_user_language where local_user_id = $1::int4 order by language_id",
      [viewer.local_user.id],
    ),
  ]);
  return {
    local_user_view: {
      local_user: viewer.local_user,
      person: viewer.person,
      banned: viewer.banned,
      ban_expires_at: viewer.ban_expires_at ?? null,
    },
    follows,
    moderates,
    multi_community_follows,
    community_blocks,
    instance_communities_blocks,
    instance_persons_blocks,
    person_blocks,
    keyword_blocks: keywords.map((row) => row.keyword),
    discussion_languages: languages.map((row) => row.language_id),
  };
}

/**
 * Communities that a person follows or has asked to follow, by name.
 * @param limit how many at most; all when absent
 */
export async function readFollows(
  ctx: Ctx,
  me: number,
  limit?: number,
): Promise<CommunityFollowerView[]> {
  return await queryViews<CommunityFollowerView>(
    ctx,
    `select ${selectCommunity("c")}, ${select("p", "follower", PERSON)}
     from community_actions a join community c on c.id = a.community_id
     ${communityTotals("c")} join person p on p.id = a.person_id
     where a.person_id = $1::int4 and a.follow_state in ('accepted', 'pending')
       and not (c.deleted or c.removed or c.local_removed)
     order by lower(c.name), c.id limit $2::int8`,
    [me, limit ?? null],
  );
}

async function readBlockedCommunities(
  ctx: Ctx,
  me: number,
): Promise<Community[]> {
  const rows = await queryViews<{ community: Community }>(
    ctx,
    `select ${selectCommunity("c")}
     from community_actions a join community c on c.id = a.community_id ${
      communityTotals("c")
    }
     where a.person_id = $1::int4 and a.blocked_at is not null and not (c.deleted or c.removed)
     order by a.blocked_at`,
    [me],
  );
  return rows.map((row) => row.community);
}

async function readBlockedInstances(
  ctx: Ctx,
  me: number,
  column: "blocked_communities_at" | "blocked_persons_at",
): Promise<Instance[]> {
  const rows = await queryViews<{ instance: Instance }>(
    ctx,
    `select ${select("i", "instance", INSTANCE)}
     from instance_actions a join instance i on i.id = a.instance_id
     where a.person_id = $1::int4 and a.${column} is not null order by a.${column}`,
    [me],
  );
  return rows.map((row) => row.instance);
}

async function readBlockedPersons(ctx: Ctx, me: number): Promise<Person[]> {
  const rows = await queryViews<{ person: Person }>(
    ctx,
    `select ${select("p", "person", PERSON)}
     from person_actions a join person p on p.id = a.target_id
     where a.person_id = $1::int4 and a.blocked_at is not null and not p.deleted
     order by a.blocked_at`,
    [me],
  );
  return rows.map((row) => row.person);
}
