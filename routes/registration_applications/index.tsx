import { page } from "fresh";
import { ApplicationItem } from "../../components/application_item.tsx";
import { Segments } from "../../components/feed/controls.tsx";
import { Pagination } from "../../components/feed/pagination.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { listApplications } from "../../lib/domain/account/application.ts";
import { define } from "../../lib/http/state.ts";

/** Who would like an account (web-ui §3.12); those that wait unless all are asked for. */
export const handler = define.handlers({
  async GET(ctx) {
    const { state, url } = ctx;
    const unread = url.searchParams.get("view") !== "all";
    const applications = await listApplications(state.ctx, {
      unread_only: unread,
      page_cursor: url.searchParams.get("cursor") ?? undefined,
    });
    return page({ applications, unread });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { items, next_page, prev_page } = data.applications;
  return (
    <Layout ui={ui} title={t("title.applications")} noindex>
      <h1>{t("title.applications")}</h1>
      <div class="ctl">
        <Segments
          url={url}
          param="view"
          current={data.unread ? "unread" : "all"}
          label={t("title.applications")}
          options={[
            ["unread", t("application.unread")],
            ["all", t("application.all")],
          ]}
        />
      </div>
      {items.length === 0 && <p>{t("empty.applications")}</p>}
      {items.map((view) => (
        <ApplicationItem
          key={view.registration_application.id}
          ui={ui}
          view={view}
        />
      ))}
      <Pagination
        ui={ui}
        url={url}
        next_page={next_page}
        prev_page={prev_page}
        empty={items.length === 0}
      />
    </Layout>
  );
});
