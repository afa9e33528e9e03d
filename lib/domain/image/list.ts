import { requireViewer } from "../account/session.ts";
import { ID_LIST, PERSON, POST, select } from "../columns.ts";
import { Conditions } from "../conditions.ts";
import { type Ctx, query, queryViews } from "../context.ts";
import {
  checkLimit,
  decodeCursor,
  pageCursors,
  type PagedResponse,
} from "../cursor.ts";
import { pageIds } from "../keyset.ts";
import { requireAdmin } from "../permissions.ts";
import type { Person, Post } from "../views.ts";
import { requireMedia } from "./media.ts";

export interface LocalImageView {
  local_image: LocalImage;
  person: Person;
  /** The post that it is the preview picture of. */
  post?: Post;
}

export interface LocalImage {
  pictrs_alias: string;
  published_at: string;
  person_id?: number;
  thumbnail_for_post_id?: number;
}

interface MediaFilter {
  page_cursor?: string;
  limit?: number;
}

const DEFAULT_LIMIT = 20;
const LOCAL_IMAGE = "pictrs_alias published_at person_id thumbnail_for_post_id"
  .split(" ");

/** The caller's own uploads, by alias (accounts-and-site §3.9). */
export async function listMedia(
  ctx: Ctx,
  filter: MediaFilter,
): Promise<PagedResponse<LocalImageView>> {
  return await list(ctx, filter, requireViewer(ctx).person.id);
}

/**
 * Everybody's uploads, by alias.
 * @throws LemmyError `not_an_admin`
 */
export async function adminListMedia(
  ctx: Ctx,
  filter: MediaFilter,
): Promise<PagedResponse<LocalImageView>> {
  requireAdmin(ctx);
  return await list(ctx, filter, null);
}

async function list(
  ctx: Ctx,
  filter: MediaFilter,
  personId: number | null,
): Promise<PagedResponse<LocalImageView>> {
  requireMedia(ctx);
  const limit = checkLimit(filter.limit, DEFAULT_LIMIT);
  const cursor = filter.page_cursor === undefined
    ? null
    : decodeCursor("li", filter.page_cursor);
  const where = new Conditions();
  where.add("l.person_id is not null");
  if (personId !== null) {
    where.add(`l.person_id = ${where.value(personId, "int4")}`);
  }
  const ids = await pageIds(
    ctx,
    {
      from: "local_image l",
      alias: "l",
      table: "local_image",
      segments: [{
        where: "true",
        keys: [
          { expression: "l.pictrs_alias", type: "text" },
          { expression: "l.id", type: "int4" },
        ],
        direction: "asc",
      }],
    },
    where,
    cursor,
    limit,
  );
  const items = await queryViews<LocalImageView>(
    ctx,
    `select ${select("l", "local_image", LOCAL_IMAGE)},
       ${select("u", "person", PERSON)}, ${select("p", "post", POST)},
       p.id is not null as "post.exists"
     from ${ID_LIST}
     join local_image l on l.id = list.id
     join person u on u.id = l.person_id
     left join post p on p.id = l.thumbnail_for_post_id
     order by list.position`,
    [ids],
    ["post"],
  );
  return { items, ...pageCursors("li", cursor, ids, limit) };
}

/** Bytes in the image store by what they are there for; for admins. */
export interface DiskUse {
  uploads: number;
  thumbnails: number;
  /** Copies of pictures elsewhere and converted variants, which expire. */
  cache: number;
}

/** @throws LemmyError `not_an_admin` */
export async function readDiskUse(ctx: Ctx): Promise<DiskUse> {
  requireAdmin(ctx);
  const [row] = await query<DiskUse>(
    ctx,
    `select coalesce(sum(b.bytes) filter (where not t.thumbnail), 0)::float8 as uploads,
       coalesce(sum(b.bytes) filter (where t.thumbnail), 0)::float8 as thumbnails,
       (select coalesce(sum(bytes), 0)::float8 from image_cache) as cache
     from image_blob b, lateral (select coalesce(bool_and(
       i.thumbnail_for_post_id is not null), false) as thumbnail
       from local_image i where i.hash = b.hash) t`,
  );
  return row;
}
