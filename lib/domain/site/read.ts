import { COMPATIBLE_VERSION } from "../../config/version.ts";
import { isCaptchaActive } from "../account/captcha.ts";
import { type Ctx, query, queryViews } from "../context.ts";
import { listOAuthProviders, publicProvider } from "../oauth/provider.ts";
import { readAdmins } from "../person/view.ts";
import type { GetSiteResponse, SiteView, Tagline } from "../views.ts";
import { listLanguages, shared } from "./load.ts";

/** `GET /site` (accounts-and-site §4.1); never closed by a private instance. */
export async function getSite(ctx: Ctx): Promise<GetSiteResponse> {
  const [admins, all_languages, tagline, [{ seconds }], providers] =
    await Promise
      .all([
        shared(ctx.site, "admins", () => readAdmins({ ...ctx, viewer: null })),
        shared(ctx.site, "languages", () => listLanguages(ctx)),
        randomTagline(ctx),
        query<{ seconds: number | null }>(
          ctx,
          `select (select extract(epoch from updated_at - published_at)::int4
         from registration_application where admin_id is not null and updated_at is not null
         order by updated_at desc limit 1) as seconds`,
        ),
        listOAuthProviders(ctx),
      ]);
  const response: GetSiteResponse = {
    site_view: siteView(ctx),
    admins,
    version: COMPATIBLE_VERSION,
    all_languages,
    discussion_languages: ctx.site.discussion_languages,
    oauth_providers: providers.filter((provider) => provider.enabled)
      .map(publicProvider),
    admin_oauth_providers: ctx.viewer?.local_user.admin ? providers : [],
    blocked_urls: ctx.site.blocked_urls,
    active_plugins: [],
    captcha_enabled: isCaptchaActive(ctx),
  };
  if (tagline) response.tagline = tagline;
  if (seconds !== null) response.last_application_duration_seconds = seconds;
  return response;
}

/** The public part of the site's state. */
export function siteView(ctx: Ctx): SiteView {
  const { site, local_site, local_site_rate_limit, instance } = ctx.site;
  return { site, local_site, local_site_rate_limit, instance };
}

/** One of the site's taglines at random. */
export async function randomTagline(ctx: Ctx): Promise<Tagline | undefined> {
  const taglines = await shared(ctx.site, "taglines", async () => {
    return await queryViews<Tagline>(
      ctx,
      "select id, content, published_at, updated_at from tagline order by id",
    );
  });
  return taglines[Math.floor(Math.random() * taglines.length)];
}
