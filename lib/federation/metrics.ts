import { type Ctx, query } from "../domain/context.ts";
import { nextAttempt } from "../domain/instance/retry.ts";

/** One measured value in Prometheus' text format; labels are escaped by `metricsText`. */
export interface Metric {
  name: string;
  help: string;
  values: { labels?: Record<string, string>; value: number }[];
}

interface Queue {
  domain: string;
  lag: number;
  lag_seconds: number;
  fail_count: number;
  last_retry_at: string | null;
  not_before: string | null;
  paused: boolean;
}

/** Servers that are listed by name; the totals count all of them. */
const MAX_SERVERS = 1000;

/** How far the traffic with other servers has come, read from the database (§5.8). */
export async function federationMetrics(
  ctx: Pick<Ctx, "db">,
): Promise<Metric[]> {
  const now = Date.now();
  const [[inbox], [outbox], queues] = await Promise.all([
    query<{ waiting: number; failed: number; age: number }>(
      ctx,
      `select count(*) filter (where state = 'waiting')::int4 as waiting,
         count(*) filter (where state = 'failed')::int4 as failed,
         coalesce(extract(epoch from now() - min(received_at)
           filter (where state = 'waiting')), 0)::float8 as age
       from received_activity where state <> 'applied'`,
    ),
    query<{ waiting: number }>(
      ctx,
      "select count(*)::int4 as waiting from outbox_failure",
    ),
    query<Queue>(
      ctx,
      `select i.domain, greatest(log.newest - q.last_successful_id, 0) as lag,
         coalesce(extract(epoch from now() - oldest.published_at), 0)::float8 as lag_seconds,
         q.fail_count, q.last_retry_at, q.not_before, q.paused
       from federation_queue_state q join instance i on i.id = q.instance_id
       cross join (select coalesce(max(id), 0) as newest from sent_activity) log
       cross join local_site l join site s on s.id = l.site_id
       left join lateral (select published_at from sent_activity
         where id > q.last_successful_id order by id limit 1) oldest on true
       where i.id <> s.instance_id and q.last_successful_id < log.newest
       order by oldest.published_at nulls last, i.id`,
    ),
  ]);
  const failing = queues.filter((queue) => queue.fail_count > 0);
  const of = (value: (queue: Queue) => number) =>
    queues.slice(0, MAX_SERVERS).map((queue) => ({
      labels: { domain: queue.domain },
      value: value(queue),
    }));
  const single = (value: number) => [{ value }];
  return [
    {
      name: "tundra_federation_inbox_waiting",
      help: "Received activities that are not carried out yet.",
      values: single(inbox.waiting),
    },
    {
      name: "tundra_federation_inbox_waiting_seconds",
      help: "Age of the oldest of them.",
      values: single(inbox.age),
    },
    {
      name: "tundra_federation_inbox_failed",
      help: "Received activities refused within seven days.",
      values: single(inbox.failed),
    },
    {
      name: "tundra_federation_outbox_waiting",
      help: "Events of which no activity could be made yet.",
      values: single(outbox.waiting),
    },
    {
      name: "tundra_federation_servers_behind",
      help: "Servers that do not have everything that is sent.",
      values: single(queues.length),
    },
    {
      name: "tundra_federation_servers_failing",
      help: "Servers that did not take the last delivery.",
      values: single(failing.length),
    },
    {
      name: "tundra_federation_queue_activities",
      help: "Activities of the log that a server has not been given yet.",
      values: of((queue) => Number(queue.lag)),
    },
    {
      name: "tundra_federation_queue_seconds",
      help: "Age of the oldest of them.",
      values: of((queue) => queue.lag_seconds),
    },
    {
      name: "tundra_federation_queue_failures",
      help: "Deliveries to a server that failed in a row.",
      values: of((queue) => queue.fail_count),
    },
    {
      name: "tundra_federation_queue_retry_seconds",
      help: "Seconds until a server is tried again.",
      values: of((queue) => Math.max(0, (nextAttempt(queue) - now) / 1000)),
    },
    {
      name: "tundra_federation_queue_paused",
      help: "Whether an admin has stopped what is sent to a server.",
      values: of((queue) => Number(queue.paused)),
    },
  ];
}

/** Metrics as gauges in Prometheus' text format. */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.flatMap(({ name, help, values }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...values.map(({ labels = {}, value }) => {
      const list = Object.entries(labels).map(([label, text]) =>
        `${label}="${text.replace(/[\\"\n]/g, "_")}"`
      );
      return `${name}${list.length > 0 ? `{${list.join(",")}}` : ""} ${value}`;
    }),
  ]).join("\n") + "\n";
}
