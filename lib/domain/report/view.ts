import { readCommentViews } from "../comment/view.ts";
import { ID_LIST, PERSON, select } from "../columns.ts";
import { readCommunityViews } from "../community/view.ts";
import { type Ctx, queryViews } from "../context.ts";
import { readPersonViews } from "../person/view.ts";
import { readPostViews } from "../post/view.ts";
import { readPrivateMessageViews } from "../private_message/view.ts";
import type {
  CommentView,
  CommunityView,
  Person,
  PersonView,
  PostView,
  PrivateMessageView,
} from "../views.ts";
import type {
  CommentReport,
  CommunityReport,
  PostReport,
  PrivateMessageReport,
  ReportCombinedView,
} from "./types.ts";

const COMMON =
  "id creator_id reason resolved resolver_id published_at updated_at conclusion"
    .split(" ");

/** Columns of the report of each type (moderation-and-operations §3.1). */
const REPORT = {
  post: [
    ...COMMON,
    ..."post_id original_post_name original_post_url original_post_body violates_instance_rules"
      .split(" "),
  ],
  comment: [
    ...COMMON,
    ..."comment_id original_comment_text violates_instance_rules".split(" "),
  ],
  community: [
    ...COMMON,
    ..."community_id original_community_name original_community_title original_community_summary original_community_sidebar original_community_icon original_community_banner"
      .split(" "),
  ],
  private_message: [
    ...COMMON,
    "private_message_id",
    "original_pm_text",
  ],
} as const;

const COLUMNS = [...new Set(Object.values(REPORT).flat())];

const TEXT = `
  select r.type_, r.comment_id as item_comment, r.post_id as item_post,
    r.community_id as item_community, r.private_message_id as item_message,
    ${select("r", "report", COLUMNS)},
    ${select("u", "creator", PERSON)}, ${select("v", "resolver", PERSON)},
    v.id is not null as "resolver.exists",
    b.ban_expires_at as instance_ban_expires_at
  from ${ID_LIST}
  join report r on r.id = list.id
  join person u on u.id = r.creator_id
  left join person v on v.id = r.resolver_id
  left join post p on p.id = r.post_id
  left join community c on c.id = r.community_id
  left join instance_actions b on b.person_id = p.creator_id and b.instance_id = c.instance_id
  order by list.position`;

interface Row {
  type_: keyof typeof REPORT;
  item_comment?: number;
  item_post?: number;
  item_community?: number;
  item_message?: number;
  report: Record<string, unknown>;
  creator: Person;
  resolver?: Person;
  /** End of the ban of a post's author by the community's instance, which post views leave out. */
  instance_ban_expires_at?: string;
}

/**
 * The reports with these ids as the viewer sees them, in the order of the ids. Whether the viewer
 * may see them is the caller's to know.
 */
export async function readReportViews(
  ctx: Ctx,
  ids: readonly number[],
): Promise<ReportCombinedView[]> {
  if (ids.length === 0) return [];
  const rows = await queryViews<Row>(ctx, TEXT, [ids], ["resolver"]);
  const items = await readItems(ctx, rows);
  return rows.map((row) => reportView(ctx, row, items));
}

interface Items {
  posts: Map<number, PostView>;
  comments: Map<number, CommentView>;
  communities: Map<number, CommunityView>;
  messages: Map<number, PrivateMessageView>;
  /** Writers of the messages. */
  persons: Map<number, PersonView>;
}

/** What the reports are about. */
async function readItems(ctx: Ctx, rows: readonly Row[]): Promise<Items> {
  const idsOf = (type: Row["type_"], member: keyof Row) =>
    rows.filter((row) => row.type_ === type).map((row) =>
      row[member] as number
    );
  const [posts, comments, communities, messages] = await Promise.all([
    readPostViews(ctx, idsOf("post", "item_post")),
    readCommentViews(ctx, idsOf("comment", "item_comment")),
    readCommunityViews(ctx, idsOf("community", "item_community")),
    readPrivateMessageViews(ctx, idsOf("private_message", "item_message")),
  ]);
  const persons = await readPersonViews(ctx, messages.map((m) => m.creator.id));
  return {
    posts: new Map(posts.map((view) => [view.post.id, view])),
    comments: new Map(comments.map((view) => [view.comment.id, view])),
    communities: new Map(communities.map((view) => [view.community.id, view])),
    messages: new Map(messages.map((view) => [view.private_message.id, view])),
    persons: new Map(persons.map((view) => [view.person.id, view])),
  };
}

function reportView(ctx: Ctx, row: Row, items: Items): ReportCombinedView {
  const { type_, creator } = row;
  const report = Object.fromEntries(
    Object.entries(row.report).filter(([key]) =>
      (REPORT[type_] as readonly string[]).includes(key)
    ),
  ) as unknown;
  const people = row.resolver ? { creator, resolver: row.resolver } : {
    creator,
  };
  switch (type_) {
    case "post": {
      const { creator: post_creator, can_mod: _, image_details: __, ...view } =
        items.posts.get(row.item_post!)!;
      const end = view.creator_ban_expires_at ?? row.instance_ban_expires_at;
      return {
        type_,
        post_report: report as PostReport,
        ...view,
        ...(end === undefined ? {} : { creator_ban_expires_at: end }),
        post_creator,
        ...people,
      };
    }
    case "comment": {
      const { creator: comment_creator, can_mod: _, ...view } = items.comments
        .get(row.item_comment!)!;
      return {
        type_,
        comment_report: report as CommentReport,
        ...view,
        comment_creator,
        ...people,
      };
    }
    case "community":
      return {
        type_,
        community_report: report as CommunityReport,
        community: items.communities.get(row.item_community!)!.community,
        ...people,
        // A community has no author that these could describe.
        creator_is_admin: false,
        creator_is_moderator: false,
        creator_banned: false,
        creator_banned_from_community: false,
      };
    case "private_message": {
      const message = items.messages.get(row.item_message!)!;
      const author = items.persons.get(message.creator.id)!;
      const { private_message } = message;
      const hidden = (private_message.deleted || private_message.removed) &&
        !ctx.viewer?.local_user.admin;
      return {
        type_,
        private_message_report: report as PrivateMessageReport,
        // The reporter keeps what was reported, not what became of it since.
        private_message: hidden
          ? { ...private_message, content: "" }
          : private_message,
        private_message_creator: message.creator,
        ...people,
        creator_is_admin: author.is_admin,
        creator_banned: author.banned,
        ...(author.ban_expires_at === undefined
          ? {}
          : { creator_ban_expires_at: author.ban_expires_at }),
      };
    }
  }
}
