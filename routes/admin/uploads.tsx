import { page } from "fresh";
import { Pagination } from "../../components/feed/pagination.tsx";
import { MediaTable } from "../../components/media/media_table.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { adminListMedia } from "../../lib/domain/image/list.ts";
import { define } from "../../lib/http/state.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const media = await adminListMedia(ctx.state.ctx, {
      page_cursor: ctx.url.searchParams.get("cursor") ?? undefined,
    });
    return page({ media, origin: ctx.state.ctx.config.origin });
  },
});

/** Everybody's uploads, for admins (web-ui §5.2). */
export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { media, origin } = data;
  return (
    <Layout ui={ui} title={t("admin.tab.uploads")} noindex>
      <h1>{t("admin.tab.uploads")}</h1>
      <MediaTable ui={ui} origin={origin} items={media.items} everybody />
      <Pagination
        ui={ui}
        url={url}
        next_page={media.next_page}
        prev_page={media.prev_page}
        empty={media.items.length === 0}
      />
    </Layout>
  );
});
