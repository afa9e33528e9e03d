import { findFeedReader, findSession } from "../domain/account/session.ts";
import { actorHandle } from "../domain/actor_name.ts";
import { findCommunityId } from "../domain/community/find.ts";
import { readCommunity } from "../domain/community/view.ts";
import type { Ctx, UserCtx } from "../domain/context.ts";
import { checkLimit } from "../domain/cursor.ts";
import { POST_SORTS } from "../domain/enums.ts";
import { LemmyError } from "../domain/errors.ts";
import { findMultiCommunity } from "../domain/multi_community/find.ts";
import { requireReadable } from "../domain/permissions.ts";
import { findPersonId } from "../domain/person/find.ts";
import { readPerson } from "../domain/person/view.ts";
import { listPosts, type PostFilter } from "../domain/post/list.ts";
import type { State } from "../http/state.ts";
import { type Translator, translator } from "../i18n/mod.ts";
import { writeAtom } from "./atom.ts";
import type { Feed, FeedFormat, FeedItem } from "./feed.ts";
import { feedHtml } from "./html.ts";
import { modlogItems, notificationItems } from "./own.ts";
import { postItem } from "./posts.ts";
import { writeRss } from "./rss.ts";

const DEFAULT_LIMIT = 20;
const TYPES: Record<FeedFormat, string> = {
  rss: "application/rss+xml; charset=utf-8",
  atom: "application/atom+xml; charset=utf-8",
};
const WRITERS = { rss: writeRss, atom: writeAtom };

/** What a feed is made for. */
interface Job {
  ctx: Ctx;
  t: Translator;
  query: URLSearchParams;
  /** Address without query and ending; with the token left out. */
  path: string;
}

/**
 * `/feeds/…` (content §11): RSS below `.xml`, Atom below `.atom`. Public feeds show what anonymous
 * readers see; private ones have a token in their address, made for that and nothing else.
 */
export async function handleFeed(
  state: State,
  req: Request,
): Promise<Response> {
  const url = new URL(req.url);
  const parts = /^\/feeds\/([a-z]+)(?:\/([^/]+))?\.(xml|atom)$/.exec(
    decodedPath(url),
  );
  if (!parts) return new Response(null, { status: 404 });
  const [, kind, name, ending] = parts;
  const format = ending === "xml" ? "rss" : "atom";
  if (kind === "inbox" && name !== undefined) {
    return new Response(null, {
      status: 302,
      headers: {
        location: `/feeds/notifications/${encodeURIComponent(name)}.${ending}`,
      },
    });
  }
  try {
    const make = name === undefined ? PUBLIC[kind] : NAMED[kind];
    const own = name !== undefined ? OWN[kind] : undefined;
    let feed: Feed;
    if (make) {
      const ctx = { ...state.ctx, viewer: null };
      requireReadable(ctx);
      feed = await make(
        { ctx, t: state.t, query: url.searchParams, path: url.pathname },
        name ?? "",
      );
      feed.self = `${ctx.config.origin}${url.pathname}${url.search}`;
    } else if (own) {
      const ctx = await readerOf(state.ctx, name!);
      const t = languageOf(ctx, state.t);
      feed = await own(
        { ctx, t, query: url.searchParams, path: `/feeds/${kind}` },
        ctx,
      );
    } else return new Response(null, { status: 404 });
    return await respond(feed, format, {
      "cache-control": own
        ? "private, no-cache"
        : name === undefined
        ? "public, max-age=3600"
        : "public, max-age=60",
    });
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    // An unknown name is a bad request here (content §11).
    const [code, message] = error.code === "not_found"
      ? ["unknown", "not_found"]
      : [error.code, error.detail];
    return Response.json({ error: code, message }, { status: 400 });
  }
}

function decodedPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    // No UTF-8: it names nothing.
    return "";
  }
}

async function respond(
  feed: Feed,
  format: FeedFormat,
  headers: Record<string, string>,
): Promise<Response> {
  const body = WRITERS[format](feed);
  const digest = new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body)),
  );
  return new Response(body, {
    headers: {
      ...headers,
      "content-type": TYPES[format],
      // Weak, since the same feed goes out compressed in several ways.
      etag: `W/"${digest.subarray(0, 12).toHex()}"`,
      "last-modified": new Date(feed.updated).toUTCString(),
    },
  });
}

/** The reader whose token stands in the address; old clients send a session's. */
async function readerOf(ctx: Ctx, token: string): Promise<UserCtx> {
  const looksLikeJwt = token.split(".").length === 3;
  const viewer = looksLikeJwt
    ? await findSession(ctx.db, ctx.site, token)
    : await findFeedReader(ctx.db, token);
  if (typeof viewer === "string") throw new LemmyError("not_logged_in");
  return { ...ctx, viewer };
}

function languageOf({ viewer }: UserCtx, t: Translator): Translator {
  const { interface_language } = viewer.local_user;
  return interface_language === "browser" ? t : translator(interface_language);
}

const PUBLIC: Record<string, (job: Job, name: string) => Promise<Feed>> = {
  all: (job) => siteFeed(job, "all"),
  local: (job) => siteFeed(job, "local"),
};

const NAMED: Record<string, (job: Job, name: string) => Promise<Feed>> = {
  async c(job, name) {
    const { ctx } = job;
    const { community } = await readCommunity(
      ctx,
      await findCommunityId(ctx, name),
    );
    const open = community.visibility === "public" ||
      community.visibility === "local_only_public";
    if (!open || community.deleted || community.removed) {
      throw new LemmyError("not_found");
    }
    return await postFeed(job, {
      title: actorHandle(community),
      link: community.ap_id,
      markdown: community.summary,
      since: community.published_at,
      filter: { type_: "all", community_id: community.id },
    });
  },
  async m(job, name) {
    const multi = await findMultiCommunity(job.ctx, name);
    if (multi.deleted) throw new LemmyError("not_found");
    return await postFeed(job, {
      title: actorHandle(multi),
      link: multi.ap_id,
      markdown: multi.summary,
      since: multi.published_at,
      filter: { type_: "all", multi_community_id: multi.id },
    });
  },
  async u(job, name) {
    const { ctx } = job;
    const { person } = await readPerson(ctx, await findPersonId(ctx, name));
    return await postFeed({ ...job, query: withoutSort(job.query) }, {
      title: actorHandle(person),
      link: person.ap_id,
      markdown: person.bio,
      since: person.published_at,
      filter: { type_: "all", creator_id: person.id },
      sort: "new",
    });
  },
};

const OWN: Record<string, (job: Job, ctx: UserCtx) => Promise<Feed>> = {
  front: (job) => siteFeed(job, "subscribed"),
  async notifications({ ctx, t, path }, { viewer }) {
    return frame(ctx, t, path, {
      title: t("notify.label"),
      link: `${ctx.config.origin}/notifications`,
      since: viewer.person.published_at,
      items: await notificationItems(ctx, t),
    });
  },
  async modlog({ ctx, t, path }, { viewer }) {
    return {
      ...frame(ctx, t, path, {
        title: t("title.modlog"),
        link: `${ctx.config.origin}/modlog`,
        since: viewer.person.published_at,
        items: await modlogItems(ctx, t),
      }),
      title: `${viewer.person.name} - ${t("title.modlog")}`,
    };
  },
};

function siteFeed(
  job: Job,
  type_: "all" | "local" | "subscribed",
): Promise<Feed> {
  const { ctx, t } = job;
  return postFeed(job, {
    title: t(`listing.${type_}`),
    link: ctx.config.origin,
    since: ctx.site.site.published_at,
    filter: { type_ },
  });
}

interface PostFeed {
  title: string;
  link: string;
  markdown?: string;
  since: string;
  filter: PostFilter;
  sort?: PostFilter["sort"];
}

async function postFeed(
  { ctx, t, query, path }: Job,
  { filter, sort, ...place }: PostFeed,
): Promise<Feed> {
  const limit = query.get("limit");
  const { items } = await listPosts(ctx, {
    ...filter,
    sort: sort ?? sortOf(query),
    limit: checkLimit(
      limit === null ? undefined : Number(limit),
      DEFAULT_LIMIT,
    ),
    // A feed goes back as far as it is long.
    time_range_seconds: 0,
    mark_as_read: false,
  });
  return frame(ctx, t, path, {
    ...place,
    items: items.map((view) => postItem(ctx, t, view)),
  });
}

function sortOf(query: URLSearchParams): PostFilter["sort"] {
  const wanted = query.get("sort");
  if (wanted === null) return "active";
  const sort = POST_SORTS.find((name) => name === wanted.toLowerCase());
  if (!sort) throw new LemmyError("unknown", { detail: "unknown sort" });
  return sort;
}

function withoutSort(query: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(query);
  rest.delete("sort");
  return rest;
}

function frame(
  ctx: Ctx,
  t: Translator,
  path: string,
  place: {
    title: string;
    link: string;
    markdown?: string;
    since: string;
    items: FeedItem[];
  },
): Feed {
  const { site } = ctx.site;
  const markdown = place.markdown ?? site.summary;
  const times = place.items.map((item) => item.updated ?? item.published);
  return {
    title: `${site.name} - ${place.title}`,
    link: place.link,
    id: `${ctx.config.origin}${path}`,
    html: markdown && feedHtml(ctx, markdown, "channel"),
    language: t.language,
    updated: times.reduce(
      (latest, time) => Date.parse(time) > Date.parse(latest) ? time : latest,
      place.since,
    ),
    items: place.items,
  };
}
