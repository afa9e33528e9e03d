import { type Ctx, query } from "../context.ts";

/** What the viewer follows, moderates, hides and reads: ids that listings filter by. */
export interface Relations {
  /** Communities with an accepted follow. */
  followed: number[];
  /** Communities with a follow row of any state; they escape an instance block (content §6.8). */
  followedAny: number[];
  moderated: number[];
  blockedCommunities: number[];
  blockedPersons: number[];
  /** Instances whose communities, or whose people, the viewer hides. */
  blockedInstanceCommunities: number[];
  blockedInstancePersons: number[];
  keywords: string[];
  /** Languages the viewer reads, or null for all of them. */
  languages: number[] | null;
}

const NONE: Relations = {
  followed: [],
  followedAny: [],
  moderated: [],
  blockedCommunities: [],
  blockedPersons: [],
  blockedInstanceCommunities: [],
  blockedInstancePersons: [],
  keywords: [],
  languages: null,
};

/** The viewer's relations, read once per request; those of anonymous callers are empty. */
export async function relations(ctx: Ctx): Promise<Relations> {
  const { viewer } = ctx;
  if (!viewer) return NONE;
  viewer.relations ??= load(ctx, viewer.person.id, viewer.local_user.id);
  return await viewer.relations;
}

async function load(
  ctx: Ctx,
  personId: number,
  localUserId: number,
): Promise<Relations> {
  const rows = await query<Relations & { allLanguages: boolean }>(
    ctx,
    `select
       array(select community_id from community_actions
         where person_id = $1::int4 and follow_state = 'accepted') as followed,
       array(select community_id from community_actions
         where person_id = $1 and followed_at is not null) as "followedAny",
       array(select community_id from community_actions
         where person_id = $1 and became_moderator_at is not null) as moderated,
       array(select community_id from community_actions
         where person_id = $1 and blocked_at is not null) as "blockedCommunities",
       array(select target_id from person_actions
         where person_id = $1 and blocked_at is not null) as "blockedPersons",
       array(select instance_id from instance_actions
         where person_id = $1 and blocked_communities_at is not null) as "blockedInstanceCommunities",
       array(select instance_id from instance_actions
         where person_id = $1 and blocked_persons_at is not null) as "blockedInstancePersons",
       array(select keyword from local_user_keyword_block where local_user_id = $2::int4) as keywords,
       array(select language_id from local_user_language where local_user_id = $2) as languages`,
    [personId, localUserId],
  );
  const row = rows[0];
  const known = row.languages?.length ?? 0;
  return {
    ...row,
    // Whoever reads every language of the table, or never chose any, needs no filter.
    languages: known === 0 || known >= LANGUAGE_COUNT ? null : row.languages,
  };
}

/** Rows of the language table: "undetermined" and 183 languages. */
export const LANGUAGE_COUNT = 184;
