import { actorHandle } from "../domain/actor_name.ts";
import type { Ctx } from "../domain/context.ts";
import type { PostView } from "../domain/views.ts";
import type { Translator } from "../i18n/mod.ts";
import { type FeedItem, xml } from "./feed.ts";
import { feedHtml, Html, link, sentence } from "./html.ts";

/** A post as an item of a feed (content §11). */
export function postItem(
  ctx: Ctx,
  t: Translator,
  { post, creator, community }: PostView,
): FeedItem {
  const { origin } = ctx.config;
  const page = `${origin}/post/${post.id}`;
  const submitted = sentence(t.parts<string | Html>("rss.submitted", {
    author: new Html(
      link(`${origin}/u/${actorHandle(creator)}`, actorHandle(creator)),
    ),
    community: new Html(
      link(`${origin}/c/${actorHandle(community)}`, actorHandle(community)),
    ),
  }));
  const counts = [
    t("count.points", { count: post.score }),
    link(page, t("count.comments", { count: post.comments })),
  ].join(" | ");
  const html = [`<p>${submitted}<br>${counts}</p>`];
  if (post.url) html.push(`<p>${urlLink(post.url, post)}</p>`);
  if (post.body) html.push(feedHtml(ctx, post.body, `post-${post.id}`));
  return {
    title: post.name,
    link: page,
    comments: page,
    id: page,
    published: post.published_at,
    updated: post.updated_at,
    author: { name: actorHandle(creator), url: creator.ap_id },
    category: {
      name: community.title ?? community.name,
      url: community.ap_id,
    },
    html: html.join("\n"),
    enclosure: post.url
      ? {
        url: post.url,
        type: post.url_content_type ?? "application/octet-stream",
      }
      : undefined,
    image: post.thumbnail_url,
  };
}

function urlLink(url: string, post: PostView["post"]): string {
  if (!post.url_content_type?.startsWith("image/")) return link(url, url);
  const address = xml(url);
  const alt = xml(post.alt_text ?? "");
  return `<a href="${address}"><img src="${address}" alt="${alt}"></a>`;
}
