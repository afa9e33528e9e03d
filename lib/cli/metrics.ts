import type { Logger } from "./log.ts";
import type { Db } from "../domain/context.ts";
import {
  federationMetrics,
  type Metric,
  metricsText,
} from "../federation/metrics.ts";

/**
 * Serves `/metrics` on an address of its own, for Prometheus: the traffic with other servers, and
 * the process.
 * @throws Error when the address is taken
 */
export function serveMetrics(
  db: Db,
  log: Logger,
  address: { bind: string; port: number },
): Deno.HttpServer {
  return Deno.serve(
    {
      hostname: address.bind,
      port: address.port,
      onListen: ({ hostname, port }) =>
        log.info("metrics", { url: `http://${hostname}:${port}/metrics` }),
      onError(error) {
        log.warn("metrics cannot be read", { error });
        return new Response("the database is away\n", { status: 503 });
      },
    },
    async (req) => {
      if (new URL(req.url).pathname !== "/metrics") {
        return new Response("not found\n", { status: 404 });
      }
      const metrics = [...processMetrics(), ...await federationMetrics({ db })];
      return new Response(metricsText(metrics), {
        headers: { "content-type": "text/plain; version=0.0.4" },
      });
    },
  );
}

const started = Date.now() / 1000;

function processMetrics(): Metric[] {
  const { rss, heapUsed } = Deno.memoryUsage();
  return [
    {
      name: "process_resident_memory_bytes",
      help: "Memory of the process, without the database.",
      values: [{ value: rss }],
    },
    {
      name: "process_heap_bytes",
      help: "Live JavaScript memory of the main thread.",
      values: [{ value: heapUsed }],
    },
    {
      name: "process_start_time_seconds",
      help: "When the process started, since 1970.",
      values: [{ value: started }],
    },
  ];
}
