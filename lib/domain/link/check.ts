import { OutgoingError } from "../../http/guarded_client.ts";
import { type Ctx, inTransaction, query } from "../context.ts";
import { recordEvent } from "../event/record.ts";
import { imageMode } from "../image/media.ts";
import { ownImage } from "../image/urls.ts";
import { fetchMetadata, type LinkMetadata } from "./metadata.ts";
import { forgetWish, LEASE, postponeWish, type Wish } from "./queue.ts";
import {
  imagePostAddress,
  makeThumbnail,
  thumbnailAddress,
} from "./thumbnail.ts";

const TABLE = "post_link_check";

/** A post whose link is to be looked at. */
export interface LinkCheck extends Wish {
  custom_thumbnail: string | null;
}

/**
 * Wants a post's link to be looked at after the commit (content §1.3). Our own uploads are known
 * already: what is to be known of them is written at once.
 * @param custom_thumbnail the author's own choice; without one the old choice is void
 * @param options.fresh the link is another than before
 * @param options.held the caller looks at it (`checkLink`); the queue does if that comes to nothing
 * @returns the look that is wanted; null when there is nothing to look at
 */
export async function wantLinkCheck(
  ctx: Ctx,
  post: { id: number; url: string | null },
  custom_thumbnail: string | null,
  { fresh, held = false }: { fresh: boolean; held?: boolean },
): Promise<LinkCheck | null> {
  const { id, url } = post;
  if (fresh) await forgetMetadata(ctx, id, custom_thumbnail);
  const stores = imageMode(ctx) === "store_link_previews";
  const own = url === null ? null : ownImage(ctx, url);
  if (own?.kind === "stored" && !stores) {
    const { content_type } = await fetchMetadata(ctx, url!);
    await query(
      ctx,
      `update post set url_content_type = $2,
         thumbnail_url = case when $2 like 'image/%' then url else thumbnail_url end
       where id = $1::int4`,
      [id, content_type ?? null],
    );
    return null;
  }
  const leads = url !== null && /^https?:/.test(url);
  if (!leads && custom_thumbnail === null) return null;
  const attempts = held ? 1 : 0;
  await query(
    ctx,
    `insert into post_link_check (post_id, custom_thumbnail, attempts, due_at)
     values ($1::int4, $2, $4::int4,
       $3::timestamptz + case when $4 > 0 then interval '${LEASE}' else interval '0' end)
     on conflict (post_id) do update set custom_thumbnail = excluded.custom_thumbnail,
       attempts = excluded.attempts, due_at = excluded.due_at`,
    [id, custom_thumbnail, ctx.now.toISOString(), attempts],
  );
  return { post_id: id, custom_thumbnail, attempts };
}

/** What was known of a link is not to be shown with another one. */
async function forgetMetadata(
  ctx: Ctx,
  postId: number,
  custom_thumbnail: string | null,
): Promise<void> {
  await query(
    ctx,
    `update post set embed_title = null, embed_description = null, embed_video_url = null,
       embed_video_width = null, embed_video_height = null, url_content_type = null,
       thumbnail_url = $2
     where id = $1::int4`,
    [postId, custom_thumbnail && thumbnailAddress(ctx, custom_thumbnail)],
  );
}

/**
 * Looks at a post's link and writes down what it finds, with an event of a changed post. What the
 * author changed meanwhile is left to the look that the change has asked for.
 */
export async function checkLink(ctx: Ctx, check: LinkCheck): Promise<void> {
  const [post] = await query<
    {
      id: number;
      url: string | null;
      nsfw: boolean;
      creator_id: number;
      community_id: number;
    }
  >(
    ctx,
    `select id, url, nsfw, creator_id, community_id from post
     where id = $1::int4 and not deleted and not removed`,
    [check.post_id],
  );
  if (!post) return await forgetWish(ctx, TABLE, check);
  let metadata: LinkMetadata = {};
  try {
    if (post.url && /^https?:/.test(post.url)) {
      metadata = await fetchMetadata(ctx, post.url);
    }
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    ctx.log.debug("a link cannot be looked at", { url: post.url, error });
    if (await postponeWish(ctx, TABLE, check, error)) return;
  }
  const isImage = metadata.content_type?.startsWith("image/") ?? false;
  const thumbnail = await thumbnailOf(ctx, post, check, metadata, isImage);
  // Pages show what ends like a picture as one even when nobody could look at it.
  const shown = isImage ||
    metadata.content_type === undefined && endsLikePicture(post.url);
  const url = post.url && shown ? imagePostAddress(ctx, post.url) : post.url;
  await inTransaction(ctx, async (ctx) => {
    const [changed] = await query<{ published: boolean }>(
      ctx,
      // Who has asked anew meanwhile, about another link, is still to be answered. The post is
      // locked first, as where that is asked.
      `with looked as materialized (
         select id, url from post where id = $1::int4 for no key update
       ), had as (
         delete from post_link_check q using looked l
         where q.post_id = l.id and q.attempts = $12::int4
           and l.url is not distinct from $2 and q.custom_thumbnail is not distinct from $11
         returning q.post_id
       )
       update post p set url = $3::text, thumbnail_url = $4::text, url_content_type = $5::text,
         embed_title = $6::text, embed_description = $7::text, embed_video_url = $8::text,
         embed_video_width = $9::int4,
         embed_video_height = $10::int4
       from had
       where p.id = had.post_id
         and (p.url, p.thumbnail_url, p.url_content_type, p.embed_title, p.embed_description,
             p.embed_video_url, p.embed_video_width, p.embed_video_height)
           is distinct from ($3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::int4,
             $10::int4)
       returning p.scheduled_publish_time_at is null as published`,
      [
        post.id,
        post.url,
        url,
        thumbnail,
        metadata.content_type ?? null,
        metadata.title ?? null,
        metadata.description ?? null,
        metadata.embed_video_url ?? null,
        metadata.video_width ?? null,
        metadata.video_height ?? null,
        check.custom_thumbnail,
        check.attempts,
      ],
    );
    if (!changed?.published) return;
    await recordEvent(ctx, {
      kind: "post_updated",
      person_id: post.creator_id,
      community_id: post.community_id,
      post_id: post.id,
      data: { link_checked: true },
    });
  });
}

/** Whether a link has the ending by which pages and apps take it for a picture (web-ui §4.2). */
function endsLikePicture(url: string | null): boolean {
  return url !== null && /^https?:/.test(url) &&
    /\.(?:jpe?g|gif|png|svg|webp|avif)$/i.test(URL.parse(url)?.pathname ?? "");
}

async function thumbnailOf(
  ctx: Ctx,
  post: { id: number; url: string | null; nsfw: boolean; creator_id: number },
  { custom_thumbnail }: LinkCheck,
  metadata: LinkMetadata,
  isImage: boolean,
): Promise<string | null> {
  if (custom_thumbnail !== null && !isImage) {
    // The author's choice is shown as it is unless everything goes through the proxy.
    return imageMode(ctx) === "proxy_all_images"
      ? await makeThumbnail(ctx, custom_thumbnail, post)
      : custom_thumbnail;
  }
  const candidate = isImage ? post.url : metadata.image;
  if (!candidate) return null;
  const allowed = !post.nsfw || ctx.site.site.content_warning !== undefined;
  return allowed ? await makeThumbnail(ctx, candidate, post) : candidate;
}
