import type { ComponentChildren } from "preact";
import type { ReceivedActivityView } from "../lib/domain/instance/inbox.ts";
import type { UnsentEventView } from "../lib/domain/instance/outbox.ts";
import type { FederationQueueView } from "../lib/domain/instance/queue.ts";
import { formatDuration } from "../lib/i18n/mod.ts";
import { Time } from "./time.tsx";
import type { Ui } from "./ui.ts";

/** Where the forms of these cards lead. */
export const FEDERATION_PATH = "/admin/federation";

/** How far another server has what is sent, with the button that stops or resumes it. */
export function QueueCard(
  { ui, queue }: { ui: Ui; queue: FederationQueueView },
) {
  const { t } = ui;
  const { instance, paused, fail_count, lag, lag_seconds } = queue;
  const id = `queue-${instance.id}`;
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>
        <bdi dir="ltr">{instance.domain}</bdi>
      </h2>
      <div class="meta">
        {paused && (
          <span class="badge warn">{t("admin.federation_paused")}</span>
        )}
        {fail_count > 0 && (
          <span class="badge red">
            {t("admin.federation_failures", { count: fail_count })}
          </span>
        )}
        <Fact ui={ui} name="admin.federation_waiting">{lag}</Fact>
        {lag > 0 && (
          <Fact ui={ui} name="admin.federation_lag">
            {formatDuration(t.language, lag_seconds)}
          </Fact>
        )}
        <Moment
          ui={ui}
          name="admin.federation_last_success"
          at={queue.last_successful_published_time_at}
        />
        <Moment
          ui={ui}
          name="admin.federation_next_attempt"
          at={queue.next_attempt_at}
        />
      </div>
      {queue.last_error && (
        <Reason
          label={t("admin.federation_last_error")}
          text={queue.last_error}
        />
      )}
      <Form ui={ui} field="instance" id={instance.id}>
        <button
          class="btn"
          type="submit"
          name={paused ? "resume" : "pause"}
          value="true"
          aria-describedby={id}
        >
          {t(paused ? "action.resume" : "action.pause")}
        </button>
      </Form>
    </section>
  );
}

/** An activity that waits to be carried out, or was refused. */
export function ReceivedCard(
  { ui, activity }: { ui: Ui; activity: ReceivedActivityView },
) {
  const { t } = ui;
  const id = `activity-${activity.id}`;
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>
        <bdi dir="ltr">{activity.kind}</bdi>
      </h2>
      <div class="meta">
        <bdi dir="ltr">{activity.actor_id}</bdi>
        <Time ui={ui} at={activity.received_at} />
        <Attempts ui={ui} count={activity.attempts} />
        <Moment
          ui={ui}
          name="admin.federation_next_attempt"
          at={activity.next_attempt_at}
        />
      </div>
      <p class="small">
        <bdi dir="ltr">{activity.activity_id}</bdi>
      </p>
      {activity.reason && (
        <Reason
          label={t("admin.federation_last_error")}
          text={activity.reason}
        />
      )}
      <Decide ui={ui} field="id" id={activity.id} about={id} />
    </section>
  );
}

/** Something that happened here and that other servers have not been told yet. */
export function UnsentCard({ ui, event }: { ui: Ui; event: UnsentEventView }) {
  const { t } = ui;
  const id = `event-${event.id}`;
  const path = event.comment_id !== null
    ? `/comment/${event.comment_id}`
    : event.post_id !== null
    ? `/post/${event.post_id}`
    : null;
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>
        <bdi dir="ltr">{event.kind}</bdi>
      </h2>
      <div class="meta">
        {path && (
          <a href={path}>
            <bdi dir="ltr">{path}</bdi>
          </a>
        )}
        <Time ui={ui} at={event.published_at} />
        <Attempts ui={ui} count={event.attempts} />
        <Moment
          ui={ui}
          name="admin.federation_next_attempt"
          at={event.next_attempt_at}
        />
      </div>
      <Reason label={t("admin.federation_last_error")} text={event.reason} />
      <Decide ui={ui} field="event" id={event.id} about={id} />
    </section>
  );
}

type FactName =
  | "admin.federation_waiting"
  | "admin.federation_lag"
  | "admin.federation_last_success"
  | "admin.federation_next_attempt";

function Fact(
  { ui, name, children }: {
    ui: Ui;
    name: FactName;
    children: ComponentChildren;
  },
) {
  return <span>{ui.t(name)}: {children}</span>;
}

/** A fact that is a time; nothing when there is none. */
function Moment(
  { ui, name, at }: { ui: Ui; name: FactName; at: string | null },
) {
  if (at === null) return null;
  return (
    <Fact ui={ui} name={name}>
      <Time ui={ui} at={at} />
    </Fact>
  );
}

function Attempts({ ui, count }: { ui: Ui; count: number }) {
  if (count === 0) return null;
  return <span>{ui.t("admin.federation_attempts", { count })}</span>;
}

/** Reasons are as the log has them, in English. */
function Reason({ label, text }: { label: string; text: string }) {
  return (
    <p class="small">
      {label}: <bdi dir="ltr" lang="en">{text}</bdi>
    </p>
  );
}

function Form(
  { ui, field, id, children }: {
    ui: Ui;
    field: "instance" | "id" | "event";
    id: number;
    children: ComponentChildren;
  },
) {
  return (
    <form method="post" action={FEDERATION_PATH} class="row">
      <input type="hidden" name="return" value={ui.here} />
      <input type="hidden" name={field} value={id} />
      {children}
    </form>
  );
}

/** The buttons that try something again, or give it up once that was confirmed. */
function Decide(
  { ui, field, id, about }: {
    ui: Ui;
    field: "id" | "event";
    id: number;
    about: string;
  },
) {
  const { t } = ui;
  return (
    <Form ui={ui} field={field} id={id}>
      <button
        class="btn"
        type="submit"
        name="retry"
        value="true"
        aria-describedby={about}
      >
        {t("action.retry")}
      </button>
      <details>
        <summary class="btn" aria-describedby={about}>
          {t("action.discard")}
        </summary>
        <p>{t("help.federation_discard")}</p>
        <button
          class="btn bad"
          type="submit"
          name="discard"
          value="true"
          aria-describedby={about}
        >
          {t("action.discard")}
        </button>
      </details>
    </Form>
  );
}
