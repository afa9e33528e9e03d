import { page } from "fresh";
import { CommunityItem } from "../../components/community/community_item.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { actorHandle } from "../../lib/domain/actor_name.ts";
import { LemmyError } from "../../lib/domain/errors.ts";
import { requireActiveUser } from "../../lib/domain/permissions.ts";
import { resolveObject } from "../../lib/domain/search/resolve.ts";
import type {
  CommunityView,
  ResolveObjectView,
} from "../../lib/domain/views.ts";
import { define } from "../../lib/http/state.ts";

interface Data {
  uri: string;
  /** The community that the address leads to, or null for what cannot be had. */
  view: CommunityView | null;
}

/** Where other sites send members of this one who want to follow or answer (web-ui §3.17). */
export const handler = define.handlers({
  async GET(ctx) {
    const { ctx: domain, limits } = ctx.state;
    requireActiveUser(domain);
    const uri = ctx.url.searchParams.get("uri")?.trim() ?? "";
    limits.take("search");
    let found: ResolveObjectView;
    try {
      found = await resolveObject(domain, uri);
    } catch (error) {
      if (!(error instanceof LemmyError)) throw error;
      return page<Data>({ uri, view: null }, { status: 404 });
    }
    const path = pathOf(found);
    if (path !== null) return ctx.redirect(path, 303);
    const view = found.type_ === "community" ? found : null;
    return page<Data>({ uri, view });
  },
});

/** The page of what is no community; lists of communities have none yet. */
function pathOf(found: ResolveObjectView): string | null {
  switch (found.type_) {
    case "post":
      return `/post/${found.post.id}`;
    case "comment":
      return `/comment/${found.comment.id}`;
    case "person":
      return `/u/${encodeURIComponent(actorHandle(found.person))}`;
    default:
      return null;
  }
}

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { uri, view } = data;
  return (
    <Layout ui={ui} title={t("title.remote_follow")} noindex>
      <h1>{t("title.remote_follow")}</h1>
      {view
        ? (
          <ul class="posts">
            <CommunityItem ui={ui} view={view} />
          </ul>
        )
        : (
          <div class="card">
            <p>{t("remote.failed")}</p>
            {/^https?:\/\//i.test(uri) && URL.canParse(uri) && (
              <p>
                <a href={uri} rel="nofollow noopener">
                  {t("remote.open", { url: uri })}
                </a>
              </p>
            )}
          </div>
        )}
    </Layout>
  );
});
