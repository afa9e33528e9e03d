import process from "node:process";

/** How long the thread's work is summed up before it is judged. */
const WINDOW_MS = 1000;
/** Share of the time from which on the thread counts as busy. */
const BUSY_SHARE = 0.4;
/** Busy windows in a row that are a load, and not the start or one heavy page. */
const BUSY_WINDOWS = 2;

/**
 * Says when a thread has so much to do, with requests or with anything else, that those who ask
 * would be served faster by another one. It looks only when there are requests: nobody waits else.
 */
export class LoadMeter {
  #since = -Infinity;
  #spent = 0;
  #windows = 0;

  /**
   * @param busy called after each window that ends a row of busy ones
   * @param spent milliseconds that the thread has worked or waited for a processor
   * @param now milliseconds of a clock
   */
  constructor(
    readonly busy: () => void,
    readonly spent: () => number = mainThreadTime,
    readonly now: () => number = () => performance.now(),
  ) {}

  /** To be called with each request. */
  look(): void {
    const now = this.now();
    const passed = now - this.#since;
    if (passed < WINDOW_MS) return;
    const spent = this.spent();
    const share = (spent - this.#spent) / passed;
    // After a pause the average says nothing about now.
    const judged = passed < 2 * WINDOW_MS && share >= BUSY_SHARE;
    this.#windows = judged ? this.#windows + 1 : 0;
    this.#since = now;
    this.#spent = spent;
    if (this.#windows >= BUSY_WINDOWS) this.busy();
  }
}

/**
 * Milliseconds that the process's main thread has worked, or has waited for a processor to: where
 * others take their share, that is what those who ask notice.
 */
function mainThreadTime(): number {
  try {
    const path = `/proc/self/task/${Deno.pid}/schedstat`;
    const [worked, waited] = Deno.readTextFileSync(path).split(" ");
    return (Number(worked) + Number(waited)) / 1e6;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // Other systems tell of the whole process, and of its work only.
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}
