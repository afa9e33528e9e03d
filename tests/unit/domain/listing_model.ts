/** The rules of listings as content §6 has them, over rows in memory: slow, and plain to read. */
import type { Ctx } from "../../../lib/domain/context.ts";
import type { CommentFilter } from "../../../lib/domain/comment/list.ts";
import type { PostFilter } from "../../../lib/domain/post/list.ts";
import type {
  CommentRow,
  CommunityRow,
  Item,
  PostRow,
  World,
} from "./listing_world.ts";
import { type Site, sql } from "./support.ts";

/** What a reader is to the communities, people and posts of the world. */
export interface Reader {
  ctx: Ctx;
  /** 0 for anonymous readers. */
  me: number;
  admin: boolean;
  communities: Map<number, {
    follow_state: string | null;
    followed_at: string | null;
    became_moderator_at: string | null;
    blocked_at: string | null;
  }>;
  blockedPersons: Set<number>;
  /** Instances whose communities, and whose people, are hidden. */
  hiddenPlaces: Set<number>;
  hiddenPeople: Set<number>;
  keywords: string[];
  languages: Set<number>;
  marks: Map<number, { read_at: string | null; hidden_at: string | null }>;
}

/** Reads what a caller is to everything. */
export async function readerOf(site: Site, ctx: Ctx): Promise<Reader> {
  const me = ctx.viewer?.person.id ?? 0;
  const user = ctx.viewer?.local_user.id ?? 0;
  const rows = async <Row>(text: string, id = me) =>
    await sql<Row>(site, `select * from ${text} = $1::int4`, id);
  const ids = (found: { id: number }[]) => new Set(found.map(({ id }) => id));
  const hidden = (column: string) =>
    sql<{ id: number }>(
      site,
      `select instance_id as id from instance_actions
       where person_id = $1::int4 and ${column} is not null`,
      me,
    );
  const actions = await rows<
    & { community_id: number }
    & NonNullable<
      ReturnType<Reader["communities"]["get"]>
    >
  >("community_actions where person_id");
  const marks = await rows<
    { post_id: number; read_at: string | null; hidden_at: string | null }
  >("post_actions where person_id");
  const blocked = await rows<{ target_id: number }>(
    "person_actions where blocked_at is not null and person_id",
  );
  const keywords = await rows<{ keyword: string }>(
    "local_user_keyword_block where local_user_id",
    user,
  );
  const languages = await rows<{ language_id: number }>(
    "local_user_language where local_user_id",
    user,
  );
  return {
    ctx,
    me,
    admin: ctx.viewer?.local_user.admin ?? false,
    communities: new Map(actions.map((row) => [row.community_id, row])),
    blockedPersons: new Set(blocked.map((row) => row.target_id)),
    hiddenPlaces: ids(await hidden("blocked_communities_at")),
    hiddenPeople: ids(await hidden("blocked_persons_at")),
    keywords: keywords.map((row) => row.keyword.toLowerCase()),
    languages: new Set(languages.map((row) => row.language_id)),
    marks: new Map(marks.map((row) => [row.post_id, row])),
  };
}

type Type = PostFilter["type_"];

function follows({ communities }: Reader, id: number): boolean {
  return communities.get(id)?.follow_state === "accepted";
}

function moderates({ communities }: Reader, id: number): boolean {
  return Boolean(communities.get(id)?.became_moderator_at);
}

/** Content §3.2. */
function mayRead(reader: Reader, { id, visibility }: CommunityRow): boolean {
  if (visibility === "local_only_private") return reader.me !== 0;
  return visibility !== "private" || reader.admin || follows(reader, id) ||
    moderates(reader, id);
}

/** The rows "type" of the tables of §6.2 and §6.4 that both have. */
function isOfType(
  world: World,
  reader: Reader,
  type: Type,
  { id }: CommunityRow,
): boolean {
  switch (type) {
    case "subscribed":
      return follows(reader, id);
    case "moderator_view":
      return moderates(reader, id);
    case "suggested":
      return reader.ctx.site.local_site.suggested_multi_community_id ===
          world.multi && world.listed.includes(id);
    default:
      return true;
  }
}

/** Content §6.8. */
function isUnblocked(
  world: World,
  reader: Reader,
  community: CommunityRow,
  creator: number,
): boolean {
  const mine = reader.communities.get(community.id);
  return (!reader.hiddenPlaces.has(community.instance_id) ||
    Boolean(mine?.followed_at)) &&
    !mine?.blocked_at &&
    !reader.blockedPersons.has(creator) &&
    !reader.hiddenPeople.has(world.persons.get(creator)!.instance_id);
}

/** What posts and comments have in common: who may see them, and whom the reader wants to see. */
function isShown(
  world: World,
  reader: Reader,
  item: Item,
  type: Type,
  filter: { creator_id?: number; time_range_seconds?: number },
): boolean {
  const { ctx, me } = reader;
  const user = ctx.viewer?.local_user;
  const seconds = filter.time_range_seconds ?? 0;
  const age = ctx.now.getTime() - Date.parse(item.published_at);
  return (!item.federation_pending || item.creator_id === me) &&
    (filter.creator_id ?? item.creator_id) === item.creator_id &&
    (user?.show_bot_accounts !== false ||
      !world.persons.get(item.creator_id)!.bot_account) &&
    (seconds === 0 || age < seconds * 1000) &&
    (type === "moderator_view" ||
      isUnblocked(
        world,
        reader,
        world.communities.get(item.community_id)!,
        item.creator_id,
      ));
}

/** Content §6.7: the words in their order, without regard to case. */
function contains(text: string | null, term: string): boolean {
  const words = term.split(" ").map((word) => RegExp.escape(word));
  return text !== null && new RegExp(words.join("[^]*"), "iu").test(text);
}

/** Posts of a listing in its order (content §6.2, §6.3). */
export function expectedPosts(
  world: World,
  reader: Reader,
  filter: PostFilter,
): number[] {
  const { ctx, me, admin } = reader;
  const user = ctx.viewer?.local_user;
  const type = filter.community_id !== undefined ? "all" : filter.type_;
  const bySite = filter.community_id === undefined &&
    filter.multi_community_id === undefined &&
    (type === "all" || type === "local");
  const nsfw = filter.show_nsfw ?? user?.show_nsfw ?? false;
  const found = world.posts.filter((post) => {
    const community = world.communities.get(post.community_id)!;
    const own = me === post.creator_id;
    const mark = reader.marks.get(post.id);
    const media = /^(image|video)\//.test(post.url_content_type ?? "");
    const texts = [post.name, post.url, post.body];
    return !community.deleted && (!post.deleted || own) &&
      (post.scheduled_publish_time_at === null || own) &&
      (admin ||
        !(community.removed || community.local_removed || post.removed)) &&
      (filter.community_id ?? community.id) === community.id &&
      (filter.multi_community_id === undefined ||
        world.listed.includes(community.id)) &&
      (type !== "local" || community.local) &&
      isOfType(world, reader, type, community) &&
      !(bySite && community.visibility === "unlisted" &&
        !follows(reader, community.id)) &&
      mayRead(reader, community) &&
      isShown(world, reader, post, type, filter) &&
      (!filter.search_term || contains(post.name, filter.search_term) ||
        !filter.search_title_only &&
          contains(post.body, filter.search_term)) &&
      (nsfw || !(post.nsfw || community.nsfw)) &&
      (!filter.no_comments_only || post.comments === 0) &&
      (filter.show_read ?? user?.show_read_posts ?? true
        ? true
        : !mark?.read_at) &&
      (filter.show_hidden || !mark?.hidden_at) &&
      !(media &&
        (filter.hide_posts_with_media ?? user?.hide_posts_with_media)) &&
      (type === "moderator_view" || !user ||
        reader.languages.has(post.language_id) &&
          !reader.keywords.some((word) =>
            texts.some((text) => text?.toLowerCase().includes(word))
          ));
  });
  const pin = (post: PostRow) =>
    Number(bySite ? post.featured_local : post.featured_community);
  const date = (post: PostRow) => Date.parse(post.published_at);
  const newest = (post: PostRow) =>
    Date.parse(post.newest_comment_time_at ?? post.published_at);
  const keys: Record<
    NonNullable<PostFilter["sort"]>,
    (post: PostRow) => number[]
  > = {
    active: (post) => [pin(post), post.hot_rank_active, date(post)],
    hot: (post) => [pin(post), post.hot_rank, date(post)],
    scaled: (post) => [pin(post), post.scaled_rank, date(post)],
    controversial: (post) => [pin(post), post.controversy_rank, date(post)],
    top: (post) => [pin(post), post.score, date(post)],
    most_comments: (post) => [pin(post), post.comments, date(post)],
    new_comments: (post) => [pin(post), newest(post)],
    new: (post) => [date(post)],
    old: (post) => [date(post)],
  };
  return ordered(found, keys[filter.sort!], filter.sort === "old");
}

/** Comments of a listing in its order (content §6.4). */
export function expectedComments(
  world: World,
  reader: Reader,
  filter: CommentFilter,
): number[] {
  const user = reader.ctx.viewer?.local_user;
  const parent = world.comments.find(({ id }) => id === filter.parent_id);
  const within = filter.post_id !== undefined || parent !== undefined;
  const narrow = within || filter.community_id !== undefined;
  const type = filter.community_id !== undefined ? "all" : filter.type_;
  const posts = new Map(world.posts.map((post) => [post.id, post]));
  const found = world.comments.filter((comment) => {
    const community = world.communities.get(comment.community_id)!;
    const post = posts.get(comment.post_id)!;
    return (filter.post_id ?? comment.post_id) === comment.post_id &&
      (!parent || `${comment.path}.`.startsWith(`${parent.path}.`)) &&
      comment.level <=
        (parent?.level ?? 0) + (filter.max_depth ?? Infinity) &&
      (filter.community_id ?? community.id) === community.id &&
      (narrow || type !== "local" || community.local) &&
      (narrow || type !== "all" && type !== "local" ||
        community.visibility !== "unlisted" ||
        follows(reader, community.id)) &&
      isOfType(world, reader, type, community) &&
      mayRead(reader, community) &&
      (reader.admin || !community.local_removed) &&
      isShown(world, reader, comment, type, filter) &&
      (!user || reader.languages.has(comment.language_id)) &&
      (!filter.search_term ||
        !(comment.deleted || comment.removed) &&
          contains(comment.content, filter.search_term)) &&
      (user?.show_nsfw || !(post.nsfw || community.nsfw)) &&
      (post.scheduled_publish_time_at === null ||
        post.creator_id === reader.me);
  });
  const { sort } = filter;
  const above = (comment: CommentRow) => comment.path.replace(/\.\d+$/, "");
  const rank = (comment: CommentRow) =>
    sort === "hot"
      ? [comment.hot_rank, comment.score]
      : sort === "top"
      ? [comment.score]
      : sort === "controversial"
      ? [comment.controversy_rank]
      : [Date.parse(comment.published_at)];
  const byDate = sort === "new" || sort === "old";
  return ordered(found, (comment) => [
    ...within && filter.max_depth !== undefined ? [above(comment)] : [],
    ...within && !byDate ? [Number(comment.distinguished)] : [],
    ...rank(comment),
  ], sort === "old");
}

function ordered<Row extends { id: number }>(
  rows: readonly Row[],
  keys: (row: Row) => (number | string)[],
  ascending: boolean,
): number[] {
  const keyed = rows.map((row) => ({
    id: row.id,
    keys: [...keys(row), row.id],
  }));
  keyed.sort((a, b) => {
    const at = a.keys.findIndex((key, i) => key !== b.keys[i]);
    return (a.keys[at] < b.keys[at] ? -1 : 1) * (ascending ? 1 : -1);
  });
  return keyed.map(({ id }) => id);
}
