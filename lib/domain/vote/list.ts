import { PERSON, select } from "../columns.ts";
import { Conditions } from "../conditions.ts";
import { readComment } from "../comment/view.ts";
import { type Ctx, queryViews } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { LemmyError } from "../errors.ts";
import { pageIds } from "../keyset.ts";
import { isModOrAdmin, requireActiveUser, standing } from "../permissions.ts";
import { readPost } from "../post/view.ts";
import type { Person } from "../views.ts";

/** Who voted on an item, and how. */
export interface VoteView {
  creator: Person;
  creator_banned: boolean;
  creator_banned_from_community: boolean;
  is_upvote: boolean;
}

interface Page {
  page_cursor?: string;
  limit?: number;
}

const DEFAULT_LIMIT = 20;

/**
 * Votes on a post, downvotes first, then the oldest first (content §5.4).
 * @throws LemmyError `not_found`, `not_a_mod_or_admin`, cursor errors
 */
export async function listPostLikes(
  ctx: Ctx,
  input: Page & { post_id: number },
): Promise<PagedResponse<VoteView>> {
  requireActiveUser(ctx);
  const { post, community } = await readPost(ctx, input.post_id);
  await requireModOrAdmin(ctx, community.id);
  return await listVotes(ctx, input, "post", post.id, community.id);
}

/** Votes on a comment, as `listPostLikes`. */
export async function listCommentLikes(
  ctx: Ctx,
  input: Page & { comment_id: number },
): Promise<PagedResponse<VoteView>> {
  requireActiveUser(ctx);
  const { comment, community } = await readComment(ctx, input.comment_id);
  await requireModOrAdmin(ctx, community.id);
  return await listVotes(ctx, input, "comment", comment.id, community.id);
}

async function requireModOrAdmin(ctx: Ctx, communityId: number): Promise<void> {
  const s = await standing(ctx, communityId);
  if (!s || !isModOrAdmin(ctx, s)) throw new LemmyError("not_a_mod_or_admin");
}

async function listVotes(
  ctx: Ctx,
  input: Page,
  kind: "post" | "comment",
  itemId: number,
  communityId: number,
): Promise<PagedResponse<VoteView>> {
  const list = kind === "post" ? "vp" : "vc";
  const limit = checkLimit(input.limit, DEFAULT_LIMIT);
  const cursor = input.page_cursor === undefined
    ? null
    : decodeCursor(list, input.page_cursor);
  // The item's votes under the names that a keyset scan uses.
  const votes =
    `(select person_id as id, vote_is_upvote, voted_at from ${kind}_actions
    where ${kind}_id = ${itemId} and voted_at is not null)`;
  const keyset = {
    from: `${votes} v`,
    alias: "v",
    table: votes,
    segments: [{
      where: "true",
      keys: [
        { expression: "v.vote_is_upvote", type: "bool" },
        { expression: "v.voted_at", type: "timestamptz" },
        { expression: "v.id", type: "int4" },
      ],
      direction: "asc" as const,
    }],
  };
  const ids = await pageIds(ctx, keyset, new Conditions(), cursor, limit);
  const items = await readVoteViews(ctx, votes, ids, communityId);
  return { items, ...pageCursors(list, cursor, ids, limit) };
}

async function readVoteViews(
  ctx: Ctx,
  votes: string,
  personIds: readonly number[],
  communityId: number,
): Promise<VoteView[]> {
  return await queryViews<VoteView>(
    ctx,
    `select ${select("u", "creator", PERSON)},
       coalesce(bl.received_ban_at, bh.received_ban_at) is not null as creator_banned,
       ca.received_ban_at is not null as creator_banned_from_community,
       v.vote_is_upvote as is_upvote
     from unnest($1::int4[]) with ordinality as list (id, position)
     join ${votes} v on v.id = list.id
     join person u on u.id = v.id
     left join community_actions ca on ca.person_id = u.id and ca.community_id = $2::int4
     left join instance_actions bl on bl.person_id = u.id and bl.instance_id = $3::int4
     left join instance_actions bh on bh.person_id = u.id and bh.instance_id = u.instance_id
     order by list.position`,
    [personIds, communityId, ctx.site.instance.id],
  );
}
