import { page } from "fresh";
import { Segments } from "../../components/feed/controls.tsx";
import { Pagination } from "../../components/feed/pagination.tsx";
import { NotificationItem } from "../../components/notification_item.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import { requireViewer } from "../../lib/domain/account/session.ts";
import { NOTIFICATION_TYPES } from "../../lib/domain/enums.ts";
import { listNotifications } from "../../lib/domain/notification/list.ts";
import { define } from "../../lib/http/state.ts";
import { oneOf } from "../(_shared)/params.ts";

/** What the reader was told (web-ui §3.10); unread ones unless all are asked for. */
export const handler = define.handlers({
  async GET(ctx) {
    const { state, url } = ctx;
    requireViewer(state.ctx);
    const query = url.searchParams;
    const type = oneOf(NOTIFICATION_TYPES, query.get("type")) ?? "all";
    const unreadOnly = query.get("unreadOnly") !== "false";
    const notifications = await listNotifications(state.ctx, {
      type_: type,
      unread_only: unreadOnly,
      page_cursor: query.get("cursor") ?? undefined,
    });
    return page({ notifications, type, unreadOnly });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { items, next_page, prev_page } = data.notifications;
  return (
    <Layout ui={ui} title={t("title.notifications")} noindex>
      <div class="row">
        <h1 class="grow">{t("title.notifications")}</h1>
        <form method="post" action="/notifications/read">
          <input type="hidden" name="all" value="true" />
          <input type="hidden" name="return" value={ui.here} />
          <button class="btn" type="submit">{t("action.mark_all_read")}</button>
        </form>
      </div>
      <div class="ctl">
        <Segments
          url={url}
          param="unreadOnly"
          current={String(data.unreadOnly)}
          label={t("title.notifications")}
          options={[
            ["true", t("notification.unread_only")],
            ["false", t("notification.all")],
          ]}
        />
        <Segments
          url={url}
          param="type"
          current={data.type}
          label={t("title.notifications")}
          options={NOTIFICATION_TYPES.map((
            type,
          ) => [type, t(`notification.${type}`)])}
        />
      </div>
      {items.length === 0 && <p>{t("empty.notifications")}</p>}
      <ul class="posts">
        {items.map((view) => (
          <NotificationItem key={view.notification.id} ui={ui} view={view} />
        ))}
      </ul>
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
