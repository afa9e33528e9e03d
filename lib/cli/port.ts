import type { Config } from "../config/mod.ts";
import { explainListenError } from "./explain.ts";

type Address = Pick<Config, "bind" | "port">;

const RETRY_SECONDS = 2;

/**
 * Finds out whether the port is free. With `reusePort` a second server would start beside the
 * first one without a word, and get half of its visitors.
 * @throws OperatorError with the remedy
 */
export function probePort({ bind, port }: Address): void {
  try {
    Deno.listen({ hostname: bind, port }).close();
  } catch (error) {
    throw explainListenError(error, { bind, port });
  }
}

/** Answers every request with 503 until the server is ready (moderation-and-operations §9.3). */
export function startingResponder({ bind, port }: Address): Deno.HttpServer {
  return Deno.serve(
    { hostname: bind, port, reusePort: true, onListen: () => {} },
    () =>
      Response.json({ error: "Tundra is starting" }, {
        status: 503,
        headers: {
          "retry-after": String(RETRY_SECONDS),
          "cache-control": "no-store",
          connection: "close",
        },
      }),
  );
}
