import { addVisibility } from "../community/visibility.ts";
import { COMMENT, POST } from "../columns.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, query, queryViews } from "../context.ts";
import { addShownNotifications } from "../notification/shown.ts";
import { PRIVATE_MESSAGE } from "../private_message/view.ts";
import type { Comment, LocalUser, Post, PrivateMessage } from "../views.ts";
import { requireViewer } from "./session.ts";

/**
 * A user's settings and lists as a file, which another server reads too (accounts-and-site §3.10).
 * Members are named by their ActivityPub ids, instances by domain, languages by code. What is
 * absent is null. The names of the keys are for ever.
 */
export interface UserSettingsBackup {
  display_name: string | null;
  bio: string | null;
  avatar: string | null;
  banner: string | null;
  matrix_id: string | null;
  bot_account: boolean | null;
  settings: LocalUser | null;
  followed_communities: string[];
  saved_posts: string[];
  saved_comments: string[];
  blocked_communities: string[];
  blocked_users: string[];
  blocked_instances_communities: string[];
  blocked_instances_persons: string[];
  blocking_keywords: string[];
  discussion_languages: string[];
}

/** The caller's settings as a file; banned users may take theirs along. */
export async function exportSettings(ctx: Ctx): Promise<UserSettingsBackup> {
  const { person, local_user } = requireViewer(ctx);
  type Lists = Omit<
    UserSettingsBackup,
    | "display_name"
    | "bio"
    | "avatar"
    | "banner"
    | "matrix_id"
    | "bot_account"
    | "settings"
  >;
  const [lists] = await query<Lists>(
    ctx,
    `select
       array(select c.ap_id from community_actions a join community c on c.id = a.community_id
         where a.person_id = $1::int4 and a.followed_at is not null order by c.id)
         as followed_communities,
       array(select p.ap_id from post_actions a join post p on p.id = a.post_id
         where a.person_id = $1 and a.saved_at is not null order by a.saved_at, p.id) as saved_posts,
       array(select m.ap_id from comment_actions a join comment m on m.id = a.comment_id
         where a.person_id = $1 and a.saved_at is not null order by a.saved_at, m.id)
         as saved_comments,
       array(select c.ap_id from community_actions a join community c on c.id = a.community_id
         where a.person_id = $1 and a.blocked_at is not null order by c.id) as blocked_communities,
       array(select p.ap_id from person_actions a join person p on p.id = a.target_id
         where a.person_id = $1 and a.blocked_at is not null order by p.id) as blocked_users,
       array(select i.domain from instance_actions a join instance i on i.id = a.instance_id
         where a.person_id = $1 and a.blocked_communities_at is not null order by i.id)
         as blocked_instances_communities,
       array(select i.domain from instance_actions a join instance i on i.id = a.instance_id
         where a.person_id = $1 and a.blocked_persons_at is not null order by i.id)
         as blocked_instances_persons,
       array(select keyword from local_user_keyword_block where local_user_id = $2::int4
         order by keyword) as blocking_keywords,
       array(select l.code from local_user_language u join language l on l.id = u.language_id
         where u.local_user_id = $2 order by l.id) as discussion_languages`,
    [person.id, local_user.id],
  );
  return {
    display_name: person.display_name ?? null,
    bio: person.bio ?? null,
    avatar: person.avatar ?? null,
    banner: person.banner ?? null,
    matrix_id: person.matrix_user_id ?? null,
    bot_account: person.bot_account,
    settings: local_user,
    ...lists,
  };
}

/** Something written, without anything around it. */
export type WrittenItem =
  | ({ type_: "post" } & Post)
  | ({ type_: "comment" } & Comment)
  | ({ type_: "private_message" } & PrivateMessage);

export interface ExportDataResponse {
  notifications: WrittenItem[];
  content: WrittenItem[];
  read_posts: string[];
  liked: string[];
  moderates: string[];
  settings: UserSettingsBackup;
}

/**
 * Everything the site keeps of the caller (accounts-and-site §3.11): what they wrote, read, liked
 * and were told. Posts they have hidden are left out with the comments below them, and so is what
 * they wrote in private communities that they have left.
 */
export async function exportData(ctx: Ctx): Promise<ExportDataResponse> {
  const [notifications, content, lists, settings] = await Promise.all([
    readNotified(ctx),
    readContent(ctx),
    readLists(ctx),
    exportSettings(ctx),
  ]);
  return { notifications, content, ...lists, settings };
}

const columns = (alias: string, names: readonly string[]) =>
  names.map((name) => `${alias}.${name}`).join(", ");

async function readContent(ctx: Ctx): Promise<WrittenItem[]> {
  const me = requireViewer(ctx).person.id;
  const visible = (item: "p" | "m") => {
    const where = new Conditions();
    const id = where.value(me, "int4");
    where.add(`${item}.creator_id = ${id}`);
    addVisibility(where, ctx, { hideUnlisted: false });
    where.add(
      `not exists (select from post_actions h where h.post_id = p.id and h.person_id = ${id}
         and h.hidden_at is not null)`,
    );
    return where;
  };
  const posts = visible("p");
  const comments = visible("m");
  const [p, m, pm] = await Promise.all([
    queryViews<Post>(
      ctx,
      `select ${
        columns("p", POST)
      } from post p join community c on c.id = p.community_id
       where ${posts} order by p.id`,
      posts.parameters,
    ),
    queryViews<Comment>(
      ctx,
      `select ${
        columns("m", COMMENT)
      } from comment m join post p on p.id = m.post_id
       join community c on c.id = m.community_id where ${comments} order by m.id`,
      comments.parameters,
    ),
    queryViews<PrivateMessage>(
      ctx,
      `select ${columns("pm", PRIVATE_MESSAGE)}, false as deleted_by_recipient
       from private_message pm where pm.creator_id = $1::int4 order by pm.id`,
      [me],
    ),
  ]);
  return [
    ...written("post", p),
    ...written("comment", m),
    ...written("private_message", pm),
  ] as WrittenItem[];
}

/** What notifications are about, under the filters of their list; moderators' actions aside. */
async function readNotified(ctx: Ctx): Promise<WrittenItem[]> {
  const where = new Conditions();
  where.add(
    `n.recipient_id = ${where.value(requireViewer(ctx).person.id, "int4")}`,
  );
  where.add("n.kind <> 'mod_action'");
  // Views would blank what is in there; here nothing does.
  where.add("not coalesce(c.deleted or c.removed or c.local_removed, false)");
  await addShownNotifications(where, ctx);
  const items = async (
    type: WrittenItem["type_"],
    alias: string,
    names: readonly string[],
    further: string,
  ) =>
    written(
      type,
      await queryViews(
        ctx,
        `select ${columns(alias, names)} from notification n
         left join comment m on m.id = n.comment_id
         left join post p on p.id = n.post_id
         left join private_message pm on pm.id = n.private_message_id
         left join community c on c.id = p.community_id
         where ${where} and ${further} order by n.published_at, n.id`,
        where.parameters,
      ),
    );
  const found = await Promise.all([
    items("post", "p", POST, "p.id is not null and m.id is null"),
    items("comment", "m", COMMENT, "m.id is not null"),
    items(
      "private_message",
      "pm",
      [...PRIVATE_MESSAGE, "deleted_by_recipient"],
      "pm.id is not null",
    ),
  ]);
  return found.flat() as WrittenItem[];
}

/** Items that say what they are. */
function written<Item>(
  type_: WrittenItem["type_"],
  items: readonly Item[],
): (Item & { type_: string })[] {
  return items.map((item) => ({ type_, ...item }));
}

async function readLists(
  ctx: Ctx,
): Promise<Pick<ExportDataResponse, "read_posts" | "liked" | "moderates">> {
  const [lists] = await query<
    Pick<ExportDataResponse, "read_posts" | "liked" | "moderates">
  >(
    ctx,
    `select
       array(select p.ap_id from post_actions a join post p on p.id = a.post_id
         where a.person_id = $1::int4 and a.read_at is not null order by a.read_at, p.id) as read_posts,
       array(select ap_id from (
         select p.ap_id, a.voted_at from post_actions a join post p on p.id = a.post_id
         where a.person_id = $1 and a.voted_at is not null
         union all
         select m.ap_id, a.voted_at from comment_actions a join comment m on m.id = a.comment_id
         where a.person_id = $1 and a.voted_at is not null) voted order by voted_at, ap_id) as liked,
       array(select c.ap_id from community_actions a join community c on c.id = a.community_id
         where a.person_id = $1 and a.became_moderator_at is not null order by c.id) as moderates`,
    [requireViewer(ctx).person.id],
  );
  return lists;
}
