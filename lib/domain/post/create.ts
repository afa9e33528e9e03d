import { requireViewer } from "../account/session.ts";
import { type Ctx, lockPersons, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { recordEvent } from "../event/record.ts";
import { awaitsAnnouncement } from "../community/announcement.ts";
import { checkLanguage } from "../language.ts";
import { requireCommunityUser } from "../permissions.ts";
import type { PostView } from "../views.ts";
import { wantLinkCheck } from "../link/check.ts";
import { checkNewPost, type PostFields } from "./input.ts";
import { checkSchedule } from "./schedule.ts";
import { checkTags, setPostTags } from "./set_tags.ts";
import { markPostsRead } from "./state.ts";
import { readPost } from "./view.ts";
import { withLink } from "./with_link.ts";

export interface CreatePost extends PostFields {
  name: string;
  community_id: number;
  honeypot?: string;
  language_id?: number;
  tags?: number[];
  /** Unix seconds. */
  scheduled_publish_time_at?: number;
}

/**
 * Creates a post, which its author upvotes and has read (content §1.1).
 * @throws LemmyError the codes of that table, in its order
 */
export async function createPost(
  ctx: Ctx,
  input: CreatePost,
): Promise<PostView> {
  const viewer = requireViewer(ctx);
  if (input.honeypot) throw new LemmyError("honeypot_failed");
  const fields = checkNewPost(ctx, input);
  return await withLink(ctx, async (ctx, held) => {
    await requireExistingCommunity(ctx, input.community_id);
    const community = await requireCommunityUser(ctx, input.community_id);
    if (
      community.posting_restricted_to_mods &&
      community.became_moderator_at === null
    ) {
      throw new LemmyError("not_a_moderator", { field: "community_id" });
    }
    let scheduled: string | null = null;
    if (input.scheduled_publish_time_at !== undefined) {
      // One after the other, or several at once would not see that they are too many.
      await lockPersons(ctx, [viewer.person.id]);
      scheduled = await checkSchedule(ctx, input.scheduled_publish_time_at);
    }
    await checkLanguage(ctx, input.community_id, input.language_id);
    const tags = await checkTags(ctx, input.community_id, input.tags ?? []);
    const [{ id }] = await query<{ id: number }>(
      ctx,
      `insert into post (id, ap_id, name, url, body, alt_text, nsfw, creator_id,
         community_id, language_id, scheduled_publish_time_at, federation_pending, published_at,
         hot_rank, hot_rank_active, scaled_rank)
       select n.id, $1 || '/post/' || n.id, $2, $3, $4, $5, $6::boolean or c.nsfw, $7::int4, c.id,
         $8::int4, $9::timestamptz, $12::boolean, $10::timestamptz, r.rank, r.rank,
         scaled_rank(1, $10::timestamptz, c.interactions_month, $10::timestamptz + interval '1 second')
       from (select nextval(pg_get_serial_sequence('post', 'id'))::int4 as id) n,
         community c,
         hot_rank(1, $10::timestamptz, $10::timestamptz + interval '1 second') as r(rank)
       where c.id = $11::int4
       returning id`,
      [
        ctx.config.origin,
        fields.name,
        fields.url ?? null,
        fields.body ?? null,
        fields.alt_text ?? null,
        input.nsfw ?? false,
        viewer.person.id,
        input.language_id ?? 0,
        scheduled,
        ctx.now.toISOString(),
        input.community_id,
        await awaitsAnnouncement(ctx, community),
      ],
    );
    if (tags.length > 0) await setPostTags(ctx, id, tags);
    const check = fields.url || fields.thumbnail_url
      ? await wantLinkCheck(
        ctx,
        { id, url: fields.url ?? null },
        fields.thumbnail_url ?? null,
        { fresh: true, held },
      )
      : null;
    await query(
      ctx,
      `insert into post_actions (person_id, post_id, voted_at, vote_is_upvote)
       values ($1::int4, $2::int4, $3::timestamptz, true)`,
      [viewer.person.id, id, ctx.now.toISOString()],
    );
    await markPostsRead(ctx, [id]);
    if (scheduled === null) {
      await recordEvent(ctx, {
        kind: "post_created",
        post_id: id,
        community_id: input.community_id,
      });
    }
    return { view: await readPost(ctx, id), check };
  });
}

async function requireExistingCommunity(ctx: Ctx, id: number): Promise<void> {
  const rows = await query(
    ctx,
    "select from community where id = $1::int4 and not deleted and not removed",
    [id],
  );
  if (rows.length === 0) {
    throw new LemmyError("not_found", { field: "community_id" });
  }
}
