import { type Ctx, query, queryViews } from "../context.ts";

/** What the viewer moderates, hides and reads: ids that listings filter by. */
export interface Relations {
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

/** An SQL array of the communities with an accepted follow of a person, whose id SQL gives. */
export function followedArray(person: string): string {
  return `array(select community_id from community_actions
    where person_id = ${person} and follow_state = 'accepted')`;
}

/**
 * Communities that the viewer follows, with an accepted follow. They may be thousands, and most
 * listings need none of them, so they are not among the relations. Read once per request as well.
 */
export async function followed(ctx: Ctx): Promise<number[]> {
  const { viewer } = ctx;
  if (!viewer) return [];
  viewer.followed ??= loadFollowed(ctx, viewer.person.id);
  return await viewer.followed;
}

async function loadFollowed(ctx: Ctx, personId: number): Promise<number[]> {
  const [{ ids }] = await query<{ ids: number[] }>(
    ctx,
    `select ${followedArray("$1::int4")} as ids`,
    [personId],
  );
  return ids;
}

/** Whether somebody follows widely, and until when that is believed, by the person's id. */
const widely = new Map<number, { answer: boolean; until: number }>();
const MAX_REMEMBERED = 10_000;
const REMEMBERED_MS = 10 * 60_000;
/** Share of the site's posts that is wide. */
const WIDE_SHARE = 0.02;

/**
 * Whether a good part of the site's posts are of communities that the viewer follows: then a walk
 * through all posts finds a page of those soon, and no plan has to be made for these communities.
 * An estimate, which may be ten minutes old.
 */
export async function followsWidely(ctx: Ctx): Promise<boolean> {
  if (!ctx.viewer) return false;
  const { id } = ctx.viewer.person;
  const now = ctx.now.getTime();
  const known = widely.get(id);
  if (known && known.until > now) return known.answer;
  const [{ share }] = await query<{ share: number }>(
    ctx,
    `select (select coalesce(sum(c.posts), 0) from community_actions a
         join community c on c.id = a.community_id
         where a.person_id = $1::int4 and a.follow_state = 'accepted')::float8
       / greatest(1, (select reltuples from pg_class where oid = 'post'::regclass)) as share`,
    [id],
  );
  const answer = share >= WIDE_SHARE;
  if (widely.size >= MAX_REMEMBERED) widely.clear();
  widely.set(id, { answer, until: now + REMEMBERED_MS });
  return answer;
}

/** Relations as their columns give them. */
type Row = Omit<Relations, "languages"> & { languages: number[] };

/** `select` items that give a `Row` as the member `related`, for a person and user given by SQL. */
export function relationColumns(person: string, user: string): string {
  const actions = (table: string, item: string, condition: string) =>
    `array(select ${item} from ${table} where person_id = ${person} and ${condition})`;
  const lists: Record<keyof Row, string> = {
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

const TEXT = `select ${relationColumns("$1::int4", "$2::int4")}`;

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
