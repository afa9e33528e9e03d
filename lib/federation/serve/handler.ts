import { parseActorName } from "../../domain/actor_name.ts";
import { type Ctx, query } from "../../domain/context.ts";
import { instanceDomain } from "../../domain/site/first_start.ts";
import type { Config } from "../../config/mod.ts";
import { allowOrigin } from "../../http/cors.ts";
import { type FedCtx, federationContext } from "../context.ts";
import { FederationError } from "../errors.ts";
import { feedObject } from "../objects/feed.ts";
import {
  groupObject,
  TAG_COLUMNS,
  tagObject,
  type TagRow,
} from "../objects/group.ts";
import { noteObject } from "../objects/note.ts";
import { pageObject } from "../objects/page.ts";
import { personObject } from "../objects/person.ts";
import type { Json } from "../objects/send.ts";
import { siteObject } from "../objects/site.ts";
import { resolveActor } from "../resolve.ts";
import {
  documentAnswer,
  elsewhere,
  errorAnswer,
  gone,
  notFound,
} from "./answer.ts";
import {
  communityFeatured,
  communityFollowers,
  communityModerators,
  communityOutbox,
  emptyOutbox,
  feedFollowing,
  threadContext,
} from "./collections.ts";
import {
  federates,
  type GatedCommunity,
  hasFollower,
  mayRead,
  signerOf,
} from "./gate.ts";

/**
 * Answers another server that GETs one of our documents (§1.2 to §1.7). Whatever it may not see is
 * answered as if it were not there.
 */
export async function serveActivity(
  ctx: Ctx,
  req: Request,
  config: Config,
): Promise<Response> {
  const response = await answered(federationContext(ctx), req);
  const { corsOrigin } = config;
  if (corsOrigin.length === 0 || corsOrigin.includes("*")) {
    // The same to everybody, so that it may be kept with the document.
    response.headers.set("access-control-allow-origin", "*");
  } else allowOrigin(response.headers, req.headers.get("origin"), config);
  return response;
}

async function answered(ctx: FedCtx, req: Request): Promise<Response> {
  if (!ctx.site.local_site.federation_enabled) return notFound();
  const { pathname } = new URL(req.url);
  let parts: string[];
  try {
    parts = pathname.slice(1).split("/").map(decodeURIComponent);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return errorAnswer(400, "unknown", "the path is badly encoded");
  }
  try {
    return await dispatch(ctx, req, parts);
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    return errorAnswer(400, error.code, error.detail);
  }
}

async function dispatch(
  ctx: FedCtx,
  req: Request,
  [kind, name, part, tag]: string[],
): Promise<Response> {
  switch (kind) {
    case "":
      return documentAnswer(await siteObject(ctx));
    case "site_outbox":
      return documentAnswer(emptyOutbox(`${ctx.config.origin}/site_outbox`));
    case "u":
      return await servePerson(ctx, name, part);
    case "c":
      return part === undefined
        ? await serveCommunity(ctx, name)
        : await serveOfCommunity(ctx, req, name, part, tag);
    case "m":
      return await serveFeed(ctx, name, part);
    case "post":
    case "comment":
      return await serveContent(ctx, req, kind, name, part);
    default:
      return await serveSent(ctx, [kind, name, part, tag]);
  }
}

const GATED =
  "c.id, c.ap_id, c.local, c.deleted, c.removed, c.visibility, c.followers_url";

interface Found {
  id: number;
  ap_id: string;
  local: boolean;
  deleted: boolean;
}

/** An actor by `name` or `name@host`; deleted ones too. */
async function findActor<Row extends Found>(
  ctx: FedCtx,
  table: "person" | "community" | "multi_community",
  text: string,
  columns: string,
): Promise<Row | null> {
  const { name, domain } = parseActorName(text, ctx.config.hostname);
  const where = domain === null
    ? "c.local and c.instance_id = $2::int4"
    : "c.instance_id = (select id from instance where lower(domain) = $2)";
  const [row] = await query<Row>(
    ctx,
    `select ${columns} from ${table} c where lower(c.name) = lower($1) and ${where}
     order by c.id desc limit 1`,
    [name, domain === null ? ctx.site.instance.id : instanceDomain(domain)],
  );
  return row ?? null;
}

async function servePerson(
  ctx: FedCtx,
  name: string,
  part: string | undefined,
): Promise<Response> {
  const person = await findActor<Found>(
    ctx,
    "person",
    name,
    "c.id, c.ap_id, c.local, c.deleted",
  );
  if (!person) return notFound();
  if (part === "outbox") {
    return person.deleted || !person.local || name.includes("@")
      ? notFound()
      : documentAnswer(emptyOutbox(`${person.ap_id}/outbox`));
  }
  if (!person.local) return elsewhere(person.ap_id);
  if (person.deleted) return gone(person.ap_id);
  return documentAnswer(await personObject(ctx, person.id));
}

interface FoundCommunity extends Found, GatedCommunity {
  removed: boolean;
}

async function serveCommunity(ctx: FedCtx, name: string): Promise<Response> {
  const community = await findActor<FoundCommunity>(
    ctx,
    "community",
    name,
    GATED,
  );
  if (!community || !federates(community)) return notFound();
  if (!community.local) return elsewhere(community.ap_id);
  if (community.deleted || community.removed) return gone(community.ap_id);
  return documentAnswer(await groupObject(ctx, community.id));
}

/** Collections and tags of a community of this site. */
async function serveOfCommunity(
  ctx: FedCtx,
  req: Request,
  name: string,
  part: string,
  tag: string | undefined,
): Promise<Response> {
  const community = name.includes("@")
    ? null
    : await findActor<FoundCommunity>(ctx, "community", name, GATED);
  const served = community && federates(community) && !community.deleted &&
    !community.removed;
  if (!served) return notFound();
  if (part === "tag") return await serveTag(ctx, community, tag!);
  if (part === "moderators") {
    return documentAnswer(await communityModerators(ctx, community));
  }
  if (part === "followers") {
    const asked = new URL(req.url).searchParams.get("is_follower");
    return asked === null
      ? documentAnswer(await communityFollowers(ctx, community))
      : await answerFollower(ctx, req, community, asked);
  }
  if (!await mayRead(ctx, req, community)) return notFound();
  const secret = community.visibility === "private";
  const collection = part === "outbox"
    ? await communityOutbox(ctx, community)
    : await communityFeatured(ctx, community);
  return documentAnswer(collection, { secret });
}

async function serveTag(
  ctx: FedCtx,
  community: FoundCommunity,
  name: string,
): Promise<Response> {
  const [tag] = await query<TagRow>(
    ctx,
    `select ${TAG_COLUMNS} from community_tag t
     where t.community_id = $1::int4 and lower(t.name) = lower($2) and not t.deleted`,
    [community.id, name],
  );
  return tag ? documentAnswer(tagObject(tag)) : notFound();
}

/** Whether somebody's server may read a private community: asked by servers that may (§1.7). */
async function answerFollower(
  ctx: FedCtx,
  req: Request,
  community: FoundCommunity,
  actorId: string,
): Promise<Response> {
  const headers = { "cache-control": "no-store" };
  if (community.visibility !== "private") {
    return new Response("must be a private community", {
      status: 400,
      headers,
    });
  }
  const signer = await signerOf(ctx, req);
  if (!await hasFollower(ctx, community.id, signer.instance_id)) {
    return notFound();
  }
  const { instance_id } = await resolveActor(ctx, actorId);
  const follows = await hasFollower(ctx, community.id, instance_id);
  return new Response(null, { status: follows ? 200 : 404, headers });
}

async function serveFeed(
  ctx: FedCtx,
  name: string,
  part: string | undefined,
): Promise<Response> {
  const feed = await findActor<Found & { following_url: string }>(
    ctx,
    "multi_community",
    name,
    "c.id, c.ap_id, c.local, c.deleted, c.following_url",
  );
  if (!feed || feed.deleted) return notFound();
  if (part === "following") {
    return feed.local && !name.includes("@")
      ? documentAnswer(await feedFollowing(ctx, feed))
      : notFound();
  }
  if (!feed.local) return elsewhere(feed.ap_id);
  return documentAnswer(await feedObject(ctx, feed.id));
}

interface FoundContent extends Found {
  removed: boolean;
  post_id: number;
  post_ap_id: string;
  community_id: number;
  community_local: boolean;
  visibility: GatedCommunity["visibility"];
  followers_url: string | null;
}

const COMMUNITY_OF_CONTENT =
  "c.id as community_id, c.local as community_local, c.visibility, c.followers_url";
const CONTENT = {
  post: `select p.id, p.ap_id, p.local, p.deleted, p.removed, p.id as post_id,
      p.ap_id as post_ap_id, ${COMMUNITY_OF_CONTENT}
    from post p join community c on c.id = p.community_id
    where p.id = $1::int4 and p.scheduled_publish_time_at is null`,
  comment:
    `select m.id, m.ap_id, m.local, m.deleted, m.removed, p.id as post_id,
      p.ap_id as post_ap_id, ${COMMUNITY_OF_CONTENT}
    from comment m join post p on p.id = m.post_id join community c on c.id = m.community_id
    where m.id = $1::int4`,
};

async function serveContent(
  ctx: FedCtx,
  req: Request,
  kind: "post" | "comment",
  number: string,
  part: string | undefined,
): Promise<Response> {
  if (!/^\d+$/.test(number)) return errorAnswer(400, "unknown", "no number");
  const id = Number(number);
  const [found] = id <= 0x7fffffff
    ? await query<FoundContent>(ctx, CONTENT[kind], [id])
    : [];
  if (!found) return notFound();
  const allowed = await mayRead(ctx, req, {
    id: found.community_id,
    local: found.community_local,
    visibility: found.visibility,
    followers_url: found.followers_url,
  });
  if (!allowed) return notFound();
  if (part === "context" && !found.local) return notFound();
  if (!found.local) return elsewhere(found.ap_id);
  if (found.deleted || found.removed) return gone(found.ap_id);
  const secret = found.visibility === "private";
  return documentAnswer(await contentOf(ctx, kind, found, part), { secret });
}

async function contentOf(
  ctx: FedCtx,
  kind: "post" | "comment",
  found: FoundContent,
  part: string | undefined,
): Promise<Json> {
  if (part === "context") {
    const post = { id: found.post_id, ap_id: found.post_ap_id };
    return await threadContext(ctx, found.ap_id, post);
  }
  return kind === "post"
    ? await pageObject(ctx, found.id)
    : await noteObject(ctx, found.id);
}

/** An activity that was sent before; announcements have longer addresses and are not to be had. */
async function serveSent(
  ctx: FedCtx,
  [kind, type, uuid, more]: (string | undefined)[],
): Promise<Response> {
  if (kind !== "activities" || more !== undefined) return notFound();
  const [sent] = await query<{ data: string; sensitive: boolean }>(
    ctx,
    "select data, sensitive from sent_activity where ap_id = $1",
    [`${ctx.config.origin}/activities/${type}/${uuid}`],
  );
  if (!sent) return notFound();
  if (sent.sensitive) {
    return new Response(null, {
      status: 403,
      headers: { "cache-control": "no-store" },
    });
  }
  return documentAnswer(JSON.parse(sent.data));
}
