import { readComment } from "../comment/view.ts";
import { findCommunityId } from "../community/find.ts";
import { readCommunity } from "../community/view.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { readMultiCommunity } from "../multi_community/view.ts";
import { requireReadable } from "../permissions.ts";
import { findPersonId } from "../person/find.ts";
import { readPerson } from "../person/view.ts";
import { readPost } from "../post/view.ts";
import type { ResolveObjectView } from "../views.ts";

type Kind = ResolveObjectView["type_"];

/** An object of ours, by kind and id. */
interface Found {
  kind: Kind;
  id: number;
}

/**
 * `GET /resolve_object`: the object that an ActivityPub address names, or (for signed-in callers)
 * a name such as `!community@host` and `@person@host`, as the caller may see it (content §9.2).
 * @throws LemmyError `resolve_object_failed` for what is not known, `not_found` for what the
 * caller may not see, `instance_is_private`
 */
export async function resolveObject(
  ctx: Ctx,
  text: string,
): Promise<ResolveObjectView> {
  requireReadable(ctx);
  const found = await find(ctx, text.trim());
  if (!found) {
    throw new LemmyError("resolve_object_failed", {
      detail: "no object of this address is known here",
    });
  }
  return await read(ctx, found);
}

async function find(ctx: Ctx, text: string): Promise<Found | null> {
  const member = ctx.viewer !== null && !ctx.viewer.banned;
  if (/^https?:\/\//i.test(text)) {
    return await findByAddress(ctx, text) ??
      (member ? await findByOwnAddress(ctx, text) : null);
  }
  return member ? await findByName(ctx, text) : null;
}

/** By ActivityPub id: those of actors compare without case. */
async function findByAddress(ctx: Ctx, address: string): Promise<Found | null> {
  const rows = await query<Found>(
    ctx,
    `select 'post' as kind, id from post where ap_id = $1
     union all select 'comment', id from comment where ap_id = $1
     union all select 'person', id from person where lower(ap_id) = lower($1)
     union all select 'community', id from community where lower(ap_id) = lower($1)
     union all select 'multi_community', id from multi_community where lower(ap_id) = lower($1)
     limit 1`,
    [address],
  );
  return rows[0] ?? null;
}

/** A page of ours that shows an object of another server. */
async function findByOwnAddress(
  ctx: Ctx,
  address: string,
): Promise<Found | null> {
  const { origin } = ctx.config;
  const path = address.startsWith(`${origin}/`)
    ? address.slice(origin.length)
    : "";
  const [, kind, number, , actor] =
    /^\/(?:(post|comment)\/(\d{1,10})|(c|u)\/([^/?#]+))$/.exec(path) ?? [];
  if (kind) {
    const id = Number(number);
    if (id > 0x7fffffff) return null;
    const rows = await query<Found>(
      ctx,
      kind === "post"
        ? "select 'post' as kind, id from post where id = $1::int4"
        : "select 'comment' as kind, id from comment where id = $1::int4",
      [id],
    );
    return rows[0] ?? null;
  }
  if (!actor) return null;
  const sigil = path.startsWith("/c/") ? "!" : "@";
  return await findByName(ctx, sigil + decodeURIComponent(actor));
}

/** `!name@host` is a community, `@name@host` a person, `name@host` either. */
async function findByName(ctx: Ctx, text: string): Promise<Found | null> {
  if (!/^[!@]?[^\s@!]+(@[^\s@]+)?$/.test(text)) return null;
  const bare = /^[^!@]/.test(text);
  if (bare && !text.includes("@")) return null;
  if (!text.startsWith("!")) {
    const id = await orNull(findPersonId(ctx, text));
    if (id !== null) return { kind: "person", id };
    if (!bare) return null;
  }
  const id = await orNull(findCommunityId(ctx, text));
  return id === null ? null : { kind: "community", id };
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof LemmyError && error.code === "not_found") return null;
    throw error;
  }
}

async function read(
  ctx: Ctx,
  { kind, id }: Found,
): Promise<ResolveObjectView> {
  switch (kind) {
    case "post": {
      const view = await readPost(ctx, id);
      if (view.post.scheduled_publish_time_at !== undefined) {
        throw new LemmyError("not_found");
      }
      return { type_: "post", ...view };
    }
    case "comment":
      return { type_: "comment", ...await readComment(ctx, id) };
    case "person":
      return { type_: "person", ...await readPerson(ctx, id) };
    case "community": {
      const asMod = ctx.viewer?.local_user.admin ?? false;
      const view = await readCommunity(ctx, id, { asMod });
      return { type_: "community", ...view };
    }
    case "multi_community":
      return { type_: "multi_community", ...await readMultiCommunity(ctx, id) };
  }
}
