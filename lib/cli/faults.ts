import type { Logger } from "./log.ts";

/** More uncaught errors than this within a minute mean that the process is not itself any more. */
const MAX_FAULTS = 20;
const WINDOW_MS = 60_000;

/**
 * Logs what nobody has caught and goes on: a fault of one request must not end those of others.
 * @param fatal called when it happens too often
 */
export function surviveFaults(
  log: Logger,
  fatal: (error: Error) => void,
): void {
  let faults: number[] = [];
  const count = (error: unknown) => {
    log.error("an error was caught by nobody", { error });
    const now = Date.now();
    faults = [...faults.filter((at) => now - at < WINDOW_MS), now];
    if (faults.length > MAX_FAULTS) {
      fatal(new Error("too many uncaught errors", { cause: error }));
    }
  };
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    count(event.reason);
  });
  addEventListener("error", (event) => {
    event.preventDefault();
    count(event.error ?? event.message);
  });
}
