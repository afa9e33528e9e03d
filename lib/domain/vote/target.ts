import { rowsOf } from "../columns.ts";
import { batched } from "../../db/batcher.ts";
import { isCommentVisible } from "../comment/view.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import {
  checkCommunityUser,
  type Standing,
  STANDING_COLUMNS,
  standingJoins,
} from "../permissions.ts";
import { isPostVisible, type PostAccess } from "../post/view.ts";

/** What is voted on. */
export interface VoteTarget {
  id: number;
  creator_id: number;
  post_id: number;
  community_id: number;
}

interface Row extends Standing {
  nr: number;
  creator_id: number;
  post_id: number;
  post_creator_id: number;
  post_removed: boolean;
  post_deleted: boolean;
  comments: number;
  scheduled_publish_time_at: string | null;
  local_removed: boolean;
}

/** Targets in one query. */
const TOGETHER = 100;

/** Somebody who wants to vote on an item. */
interface Asked {
  id: number;
  /** 0 for anonymous callers. */
  personId: number;
}

const ROWS = { post: targetsOf("post"), comment: targetsOf("comment") };

/** Reads the rows of items, those asked for at the same time in one query. */
function targetsOf(kind: "post" | "comment") {
  const item = kind === "post" ? "p" : "m";
  const from = kind === "post"
    ? "join post p on p.id = g.item"
    : "join comment m on m.id = g.item join post p on p.id = m.post_id";
  const text = `select g.nr::int4, ${item}.creator_id, p.id as post_id,
      p.creator_id as post_creator_id, p.removed as post_removed, p.deleted as post_deleted,
      p.comments, p.scheduled_publish_time_at, c.local_removed, ${STANDING_COLUMNS}
    from ${rowsOf(["$1::int4[]", "$2::int4[]"], "g (item, person, nr)")} ${from}
      join community c on c.id = p.community_id ${standingJoins("g.person")}`;
  return batched(
    async (ctx: Pick<Ctx, "db">, asked: Asked[]) => {
      const rows = await query<Row>(ctx, text, [
        asked.map(({ id }) => id),
        asked.map(({ personId }) => personId),
      ]);
      const found: (Row | null)[] = asked.map(() => null);
      for (const row of rows) found[row.nr - 1] = row;
      return found;
    },
    { limit: TOGETHER },
  );
}

/**
 * Reads what decides whether the caller may vote on an item, and checks it: votes are the most
 * frequent change of all, and a whole view costs four times as much.
 * @throws LemmyError `not_found`, and those of `requireCommunityUser`
 */
export async function readVoteTarget(
  ctx: Ctx,
  kind: "post" | "comment",
  id: number,
): Promise<VoteTarget> {
  const row = await ROWS[kind](ctx, {
    id,
    personId: ctx.viewer?.person.id ?? 0,
  });
  if (!row) throw new LemmyError("not_found");
  const access = accessOf(row);
  const visible = kind === "post"
    ? isPostVisible(ctx, access, false)
    : isCommentVisible(ctx, access);
  if (!visible) throw new LemmyError("not_found");
  checkCommunityUser(ctx, row);
  const { creator_id, post_id, community_id } = row;
  return { id, creator_id, post_id, community_id };
}

function accessOf(row: Row): PostAccess {
  return {
    post: {
      creator_id: row.post_creator_id,
      removed: row.post_removed,
      deleted: row.post_deleted,
      comments: row.comments,
      scheduled_publish_time_at: row.scheduled_publish_time_at ?? undefined,
    },
    community: {
      visibility: row.visibility,
      deleted: row.deleted,
      removed: row.removed,
      local_removed: row.local_removed,
    },
    community_actions: {
      follow_state: row.follow_state ?? undefined,
      became_moderator_at: row.became_moderator_at ?? undefined,
    },
  };
}
