import { type Ctx, query, queryViews } from "../context.ts";

/** What the viewer moderates, hides and reads: ids that listings filter by. */
export interface Relations {
  /**
   * Communities with an accepted follow, where they were read along; `followed` has them always.
   * They may be thousands, and most listings need none of them.
   */
  followed?: number[];
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
  moderated: [],
  blockedCommunities: [],
  blockedPersons: [],
  blockedInstanceCommunities: [],
  blockedInstancePersons: [],
  keywords: [],
  languages: null,
};

/**
 * The viewer's relations, read once per request, with the session or when first needed; those of
 * anonymous callers are empty.
 */
export async function relations(ctx: Ctx): Promise<Relations> {
  const { viewer } = ctx;
  if (!viewer) return NONE;
  viewer.relations ??= load(ctx, viewer.person.id, viewer.local_user.id);
  return await viewer.relations;
}

/** Communities that the viewer follows, with an accepted follow. */
export async function followed(ctx: Ctx): Promise<number[]> {
  const related = await relations(ctx);
  if (!related.followed) {
    const rows = await query<{ followed: number[] }>(
      ctx,
      `select ${followedList("$1::int4")} as followed`,
      [ctx.viewer!.person.id],
    );
    related.followed = rows[0].followed;
  }
  return related.followed;
}

/** Relations as their columns give them. */
type Row = Omit<Relations, "languages"> & { languages: number[] };

const followedList = (person: string) =>
  `array(select community_id from community_actions
     where person_id = ${person} and follow_state = 'accepted')`;

/**
 * `select` items that give a `Row` as the member `related`, for a person and user given by SQL.
 * @param subscribed SQL for whether the communities followed are wanted as well
 */
export function relationColumns(
  person: string,
  user: string,
  subscribed: string,
): string {
  const actions = (table: string, item: string, condition: string) =>
    `array(select ${item} from ${table} where person_id = ${person} and ${condition})`;
  const lists: Record<keyof Row, string> = {
    // Whose feed is made of them asks for them most of the time.
    followed: `case when ${subscribed} then ${followedList(person)} end`,
    moderated: actions(
      "community_actions",
      "community_id",
      "became_moderator_at is not null",
    ),
    blockedCommunities: actions(
      "community_actions",
      "community_id",
      "blocked_at is not null",
    ),
    blockedPersons: actions(
      "person_actions",
      "target_id",
      "blocked_at is not null",
    ),
    blockedInstanceCommunities: actions(
      "instance_actions",
      "instance_id",
      "blocked_communities_at is not null",
    ),
    blockedInstancePersons: actions(
      "instance_actions",
      "instance_id",
      "blocked_persons_at is not null",
    ),
    keywords:
      `array(select keyword from local_user_keyword_block where local_user_id = ${user})`,
    languages:
      `array(select language_id from local_user_language where local_user_id = ${user})`,
  };
  return Object.entries(lists).map(([name, list]) =>
    `${list} as "related.${name}"`
  ).join(", ");
}

/** The relations of a row with `relationColumns`. */
export function relationsOf(row: Row): Relations {
  const known = row.languages.length;
  return {
    ...row,
    // Whoever reads every language of the table, or never chose any, needs no filter.
    languages: known === 0 || known >= LANGUAGE_COUNT ? null : row.languages,
  };
}

const TEXT = `select ${relationColumns("$1::int4", "$2::int4", "false")}`;

async function load(
  ctx: Ctx,
  personId: number,
  localUserId: number,
): Promise<Relations> {
  const [{ related }] = await queryViews<{ related: Row }>(
    ctx,
    TEXT,
    [personId, localUserId],
  );
  return relationsOf(related);
}

/** Rows of the language table: "undetermined" and 183 languages. */
export const LANGUAGE_COUNT = 184;
