import { parseActorName } from "../actor_name.ts";
import { readComment } from "../comment/view.ts";
import { findCommunityId } from "../community/find.ts";
import { readCommunity } from "../community/view.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { findMultiCommunity } from "../multi_community/find.ts";
import { readMultiCommunity } from "../multi_community/view.ts";
import { requireReadable } from "../permissions.ts";
import { findPersonId } from "../person/find.ts";
import { readPerson } from "../person/view.ts";
import { readPost } from "../post/view.ts";
import {
  type FoundObject as Found,
  mayLookElsewhere,
  refreshShown,
} from "../remote_lookup.ts";
import type { ResolveObjectView } from "../views.ts";

/**
 * `GET /resolve_object`: the object that an ActivityPub address names, or (for signed-in callers)
 * a name such as `!community@host` and `@person@host`, as the caller may see it (content §9.2).
 * What is not known here is looked for on its server, for members.
 * @throws LemmyError `resolve_object_failed` for what cannot be had, `not_found` for what the
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
  const view = await read(ctx, found);
  if (view.type_ === "person") refreshShown(ctx, view.person);
  if (view.type_ === "community") refreshShown(ctx, view.community);
  if (view.type_ === "multi_community") refreshShown(ctx, view.multi);
  return view;
}

async function find(ctx: Ctx, text: string): Promise<Found | null> {
  const member = ctx.viewer !== null && !ctx.viewer.banned ||
    ctx.config.fastFederation;
  if (!/^https?:\/\//i.test(text)) {
    return member ? await findByName(ctx, text) : null;
  }
  const address = URL.parse(text)?.href;
  if (address === undefined) return null;
  const known = await findByAddress(ctx, address) ??
    (member ? await findByOwnAddress(ctx, address) : null);
  if (known || !mayLookElsewhere(ctx)) return known;
  return await ctx.remote.object(ctx, address);
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
  const [, kind, number, actorKind, actor] =
    /^\/(?:(post|comment)\/(\d{1,10})|([cum])\/([^/?#]+))$/.exec(path) ?? [];
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
  const name = decoded(actor);
  if (name === null) return null;
  if (actorKind === "m") {
    const multi = await orNull(findMultiCommunity(ctx, name));
    return multi && { kind: "multi_community", id: multi.id };
  }
  return await findByName(ctx, (actorKind === "c" ? "!" : "@") + name);
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not every percent sign begins a code.
    return null;
  }
}

/**
 * `!name@host` is a community, `@name@host` a person, `name@host` either; what the host knows by
 * the name is taken whatever the sign (federation §7.1).
 */
async function findByName(ctx: Ctx, text: string): Promise<Found | null> {
  if (!/^[!@]?[^\s@!]+(@[^\s@]+)?$/.test(text)) return null;
  const sigil = /^[!@]/.exec(text)?.[0];
  if (!sigil && !text.includes("@")) return null;
  const here = { ...ctx, remote: undefined };
  if (sigil !== "!") {
    const id = await orNull(findPersonId(here, text));
    if (id !== null) return { kind: "person", id };
  }
  if (sigil !== "@") {
    const id = await orNull(findCommunityId(here, text));
    if (id !== null) return { kind: "community", id };
  }
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  if (domain === null || !mayLookElsewhere(ctx)) return null;
  const kind = sigil === undefined
    ? undefined
    : sigil === "!"
    ? "community"
    : "person";
  return await ctx.remote.actor(ctx, {
    name: name.toLowerCase(),
    host: domain,
  }, { kind });
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
