import { page } from "fresh";
import {
  FEDERATION_PATH,
  QueueCard,
  ReceivedCard,
  UnsentCard,
} from "../../components/federation_queues.tsx";
import { Segments } from "../../components/feed/controls.tsx";
import { Pagination } from "../../components/feed/pagination.tsx";
import { Layout } from "../../components/shell/layout.tsx";
import { uiOf } from "../../components/ui.ts";
import type { Ctx } from "../../lib/domain/context.ts";
import { LemmyError } from "../../lib/domain/errors.ts";
import {
  discardReceivedActivity,
  listReceivedActivities,
  retryReceivedActivity,
} from "../../lib/domain/instance/inbox.ts";
import {
  discardUnsentEvent,
  listUnsentEvents,
  retryUnsentEvent,
} from "../../lib/domain/instance/outbox.ts";
import {
  listFederationQueues,
  pauseFederationQueue,
} from "../../lib/domain/instance/queue.ts";
import { define } from "../../lib/http/state.ts";
import { perform, type Values } from "../(_shared)/forms.ts";

const VIEWS = ["servers", "failing", "unsent", "waiting", "refused"] as const;
type View = typeof VIEWS[number];

/** What a view lists, a page of it. */
async function listed(ctx: Ctx, view: View, page_cursor?: string) {
  switch (view) {
    case "servers":
    case "failing": {
      const failing_only = view === "failing";
      const found = await listFederationQueues(ctx, {
        failing_only,
        page_cursor,
      });
      return { ...found, of: "queues" as const };
    }
    case "unsent": {
      const found = await listUnsentEvents(ctx, { page_cursor });
      return { ...found, of: "events" as const };
    }
    default: {
      const state = view === "waiting" ? "waiting" : "failed";
      const found = await listReceivedActivities(ctx, { state, page_cursor });
      return { ...found, of: "activities" as const };
    }
  }
}

/** @throws LemmyError `not_found` for what is no id */
function idOf(text: string): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(id) || id < 1) throw new LemmyError("not_found");
  return id;
}

/**
 * Does what a form of the page asks for.
 * @returns the key of what is told then
 * @throws LemmyError `not_found`, `unknown` when the form names nothing to do
 */
async function decide(ctx: Ctx, values: Values): Promise<string> {
  if (values.instance !== undefined && (values.pause || values.resume)) {
    const instance_id = idOf(values.instance);
    if (instance_id > 0x7fffffff) throw new LemmyError("not_found");
    await pauseFederationQueue(ctx, {
      instance_id,
      pause: values.pause !== undefined,
    });
    return "flash.saved";
  }
  const { retry, discard } = values.event === undefined
    ? { retry: retryReceivedActivity, discard: discardReceivedActivity }
    : { retry: retryUnsentEvent, discard: discardUnsentEvent };
  const id = idOf(values.event ?? values.id ?? "");
  if (values.retry) {
    await retry(ctx, { id });
    return "flash.federation_retried";
  }
  if (!values.discard) {
    throw new LemmyError("unknown", { detail: "retry or discard is missing" });
  }
  await discard(ctx, { id });
  return "flash.federation_discarded";
}

/** The queues to and from other servers, for admins (web-ui §5.2, federation §5.8). */
export const handler = define.handlers({
  async GET({ state, url }) {
    const given = url.searchParams.get("view");
    const view = VIEWS.find((view) => view === given) ?? "servers";
    const cursor = url.searchParams.get("cursor") ?? undefined;
    return page({ view, found: await listed(state.ctx, view, cursor) });
  },
  POST: (ctx) =>
    perform(ctx, FEDERATION_PATH, async (values) => ({
      kind: "success",
      key: await decide(ctx.state.ctx, values),
    })),
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { view, found } = data;
  return (
    <Layout ui={ui} title={t("admin.tab.federation")} noindex>
      <h1>{t("admin.tab.federation")}</h1>
      <div class="ctl">
        <Segments
          url={url}
          param="view"
          current={view}
          label={t("admin.tab.federation")}
          options={VIEWS.map((view) => [view, t(`admin.federation.${view}`)])}
        />
      </div>
      <p>{t(`help.federation.${view}`)}</p>
      {found.items.length === 0 && <p class="card">{t("empty.nothing")}</p>}
      {found.of === "queues" &&
        found.items.map((queue) => (
          <QueueCard key={queue.instance.id} ui={ui} queue={queue} />
        ))}
      {found.of === "events" &&
        found.items.map((event) => (
          <UnsentCard key={event.id} ui={ui} event={event} />
        ))}
      {found.of === "activities" &&
        found.items.map((activity) => (
          <ReceivedCard key={activity.id} ui={ui} activity={activity} />
        ))}
      <Pagination
        ui={ui}
        url={url}
        next_page={found.next_page}
        prev_page={found.prev_page}
        empty={found.items.length === 0}
      />
    </Layout>
  );
});
