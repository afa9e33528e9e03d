import {
  COMMUNITY_ACTIONS,
  communityTotals,
  ID_LIST,
  idList,
  IMAGE_DETAILS,
  joinOnly,
  PERSON,
  PERSON_ACTIONS,
  POST,
  POST_ACTIONS,
  rowsOf,
  select,
  selectCommunity,
} from "../columns.ts";
import { batched } from "../../db/batcher.ts";
import { type Ctx, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { canReadCommunity } from "../community/visibility.ts";
import { readPostTags } from "./tags.ts";
import type {
  Community,
  CommunityActions,
  CommunityTag,
  Post,
  PostView,
} from "../views.ts";

/** SQL for who reads a view: id of the person or 0, and whether it is an admin. */
export interface Reader {
  person: string;
  admin: string;
}

/** The reader of a whole query, by its parameters `$2` and `$4`. */
const READER: Reader = { person: "$2::int4", admin: "$4::boolean" };

/** The reader of each row of `listOfReaders`. */
export const READERS: Reader = {
  person: "list.person",
  admin: "(list.admin = 1)",
};

/** Rows `list (id, person, admin, position)`, where `$3` is another parameter. */
export const READERS_LIST = rowsOf(
  ["$1::int4[]", "$2::int4[]", "$4::int2[]"],
  "list (id, person, admin, position)",
);

/**
 * `select` items that a view takes from its creator `u`, community `c` and the viewer's rows, with
 * the joins of `creatorJoins` (content §0.5). `$3` is the id of the local instance.
 */
export const CREATOR_COLUMNS = `
  ${select("u", "creator", PERSON)}, ${selectCommunity("c")},
  ${select("ca", "community_actions", COMMUNITY_ACTIONS)},
  ca.person_id is not null as "community_actions.exists",
  ${select("pa", "person_actions", PERSON_ACTIONS)},
  pa.person_id is not null as "person_actions.exists",
  coalesce(lu.admin, false) as creator_is_admin,
  cca.became_moderator_at is not null as creator_is_moderator,
  cca.received_ban_at is not null as creator_banned_from_community,
  cca.ban_expires_at as creator_community_ban_expires_at,
  coalesce(bl.received_ban_at, bh.received_ban_at, bc.received_ban_at) is not null as creator_banned`;

/** Whether the viewer may moderate the item (content §0.5). */
export function canMod({ admin } = READER): string {
  return `(${admin} or (not coalesce(lu.admin, false)
  and ca.became_moderator_at is not null
  and (cca.became_moderator_at is null or cca.became_moderator_at >= ca.became_moderator_at)))`;
}

/** Joins of `CREATOR_COLUMNS` for items `item` with `creator_id`. */
export function creatorJoins(item: string, { person } = READER): string {
  return `
  join person u on u.id = ${item}.creator_id
  join community c on c.id = ${item}.community_id
  ${communityTotals("c")}
  left join local_user lu on lu.person_id = u.id and lu.admin
  ${
    joinOnly(
      "community_actions",
      "ca",
      `community_id = c.id and person_id = ${person}`,
    )
  }
  ${
    joinOnly(
      "community_actions",
      "cca",
      "community_id = c.id and person_id = u.id",
    )
  }
  ${
    joinOnly(
      "person_actions",
      "pa",
      `target_id = u.id and person_id = ${person}`,
    )
  }
  left join instance_actions bl on bl.person_id = u.id and bl.instance_id = $3::int4
  left join instance_actions bh on bh.person_id = u.id and bh.instance_id = u.instance_id
  left join instance_actions bc on bc.person_id = u.id and bc.instance_id = c.instance_id`;
}

/**
 * Post columns with the body blanked for whoever may not read it (content §0.6): that of a deleted
 * or removed post, and that of any post in a deleted or removed community, which lists of one's own
 * and comments would show otherwise.
 */
export function selectPost(alias: string, reader = READER): string {
  const body = `case when ${alias}.creator_id <> ${reader.person}
    and ((${alias}.deleted or ${alias}.removed) and not ${canMod(reader)}
      or (c.deleted or c.removed or c.local_removed)
        and not (${reader.admin} or ca.became_moderator_at is not null))
    then '' else ${alias}.body end as "post.body"`;
  return `${select(alias, "post", POST.filter((c) => c !== "body"))}, ${body}`;
}

/** @param list gives the ids as rows `list (id, position)`, and who reads if that differs */
const text = (list: string, reader?: Reader) => `
  select ${reader ? "list.position::int4, " : ""}${
  selectPost("p", reader)
}, ${CREATOR_COLUMNS},
    ${select("d", "image_details", IMAGE_DETAILS)},
    d.link is not null as "image_details.exists",
    ${select("poa", "post_actions", POST_ACTIONS)},
    poa.person_id is not null as "post_actions.exists",
    coalesce(bl.ban_expires_at, bh.ban_expires_at) as creator_ban_expires_at,
    ${canMod(reader)} as can_mod,
    exists (select from post_tag t where t.post_id = p.id) as has_tags
  from ${list}
  join post p on p.id = list.id
  ${creatorJoins("p", reader)}
  left join image_details d on md5(d.link) = md5(p.thumbnail_url) and d.link = p.thumbnail_url
  ${
  joinOnly(
    "post_actions",
    "poa",
    `post_id = p.id and person_id = ${(reader ?? READER).person}`,
  )
}
  order by list.position`;

const TEXT = text(ID_LIST);

export const RELATIONS = [
  "image_details",
  "community_actions",
  "person_actions",
  "post_actions",
  "comment_actions",
];

/** Parameters `$2` to `$4` of every view query. */
export function viewerParameters(ctx: Ctx): [number, number, boolean] {
  return [
    ctx.viewer?.person.id ?? 0,
    ctx.site.instance.id,
    ctx.viewer?.local_user.admin ?? false,
  ];
}

/** The posts with these ids as the viewer sees them, in the order of the ids; unknown ids are left out. */
export async function readPostViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<PostView[]> {
  if (ids.length === 0) return [];
  const views = await queryViews<Untagged<PostView>>(
    ctx,
    TEXT,
    [ids, ...viewerParameters(ctx)],
    RELATIONS,
  );
  return await withTags(ctx, views);
}

/**
 * Parameters that stand before those of the ids' conditions in `readFoundPostViews`.
 */
export function foundParameters(ctx: Ctx): unknown[] {
  return [[], ...viewerParameters(ctx)];
}

/**
 * The posts whose ids an SQL array gives, as the viewer sees them, in its order: with their ids in
 * one statement, where two are sent and answered otherwise.
 * @param ids SQL text of the array
 * @param parameters begin with `foundParameters`
 */
export async function readFoundPostViews(
  ctx: Ctx,
  ids: string,
  parameters: readonly unknown[],
): Promise<PostView[]> {
  const views = await queryViews<Untagged<PostView>>(
    ctx,
    // The parameter of the ids is an empty array here.
    text(idList(`$1::int4[] || ${ids}`)),
    parameters,
    RELATIONS,
  );
  return await withTags(ctx, views);
}

/** A view as its query gives it: with a flag whether its post has tags instead of the tags. */
export type Untagged<View extends { post: Post }> = View & {
  has_tags?: boolean;
};

/** Puts the tags of their posts into views. */
export async function withTags<
  View extends { post: Post; tags: CommunityTag[] },
>(ctx: Ctx, views: Untagged<View>[]): Promise<View[]> {
  const tagged = views.filter((view) => view.has_tags).map((v) => v.post.id);
  const tags = await readPostTags(ctx, tagged);
  for (const view of views) {
    delete view.has_tags;
    view.tags = tags.get(view.post.id) ?? [];
  }
  return views;
}

/** Items in one query. */
const TOGETHER = 50;

/** A single item that somebody reads. */
interface Asked {
  ctx: Ctx;
  id: number;
}

/**
 * A query of single views, which those who ask at the same time share, whoever they are.
 * @param text as `text(READERS_LIST, READERS)`, with the column `position`
 */
export function singleView<View extends { post: Post; tags: CommunityTag[] }>(
  text: string,
): (ctx: Ctx, id: number) => Promise<View | null> {
  const read = batched(
    async (_: Pick<Ctx, "db">, asked: Asked[]) => {
      const [{ ctx }] = asked;
      const views = await queryViews<Untagged<View> & { position: number }>(
        ctx,
        text,
        [
          asked.map(({ id }) => id),
          asked.map(({ ctx }) => viewerParameters(ctx)[0]),
          ctx.site.instance.id,
          asked.map(({ ctx }) => viewerParameters(ctx)[2] ? 1 : 0),
        ],
        RELATIONS,
      );
      const found: (View | null)[] = asked.map(() => null);
      const positions = views.map(({ position }) => position);
      const tagged = await withTags<View>(ctx, views);
      for (const [i, view] of tagged.entries()) {
        delete (view as { position?: number }).position;
        found[positions[i] - 1] = view;
      }
      return found;
    },
    { limit: TOGETHER },
  );
  return (ctx, id) => read(ctx, { ctx, id });
}

const readSingle = singleView<PostView>(text(READERS_LIST, READERS));

/**
 * One post for a direct read or an action's answer (content §0.6, §3.2).
 *
 * @param options.asMod false hides what only moderators and admins may see
 * @throws LemmyError `not_found` when it does not exist or the caller may not see it
 */
export async function readPost(
  ctx: Ctx,
  id: number,
  options: { asMod?: boolean } = {},
): Promise<PostView> {
  const view = await readSingle(ctx, id);
  if (!view || !isPostVisible(ctx, view, options.asMod ?? true)) {
    throw new LemmyError("not_found");
  }
  return view;
}

/** What decides who may see a post by its id. */
export interface PostAccess {
  post: Pick<
    Post,
    | "creator_id"
    | "removed"
    | "deleted"
    | "comments"
    | "scheduled_publish_time_at"
  >;
  community: Pick<
    Community,
    "visibility" | "deleted" | "removed" | "local_removed"
  >;
  community_actions?: Pick<
    CommunityActions,
    "follow_state" | "became_moderator_at"
  >;
}

/**
 * Whether the caller may see the post.
 * @param asMod false leaves out what only moderators and admins may see
 */
export function isPostVisible(
  ctx: Ctx,
  view: PostAccess,
  asMod: boolean,
): boolean {
  const { post, community } = view;
  const { viewer } = ctx;
  const active = viewer !== null && !viewer.banned;
  const mod = asMod && active &&
    (viewer.local_user.admin ||
      view.community_actions?.became_moderator_at !== undefined);
  const author = viewer?.person.id === post.creator_id;
  if (!canReadCommunity(ctx, community, view.community_actions)) return false;
  if (community.local_removed && !viewer?.local_user.admin) return false;
  if ((community.deleted || community.removed) && !(author || mod)) {
    return false;
  }
  if (post.removed && !(author || mod)) return false;
  if (post.deleted && !(author || mod || post.comments > 0)) return false;
  return post.scheduled_publish_time_at === undefined || author;
}
