import type { Logger } from "./log.ts";

/**
 * Resolves when the process is asked to stop. Under `deno task` Ctrl-C comes twice, so further
 * signals mean no more than the first.
 */
export function stopRequest(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      Deno.addSignalListener(signal, () => {
        log.debug("signal", { signal });
        resolve();
      });
    }
  });
}
