import process from "node:process";

/** How long the thread's processor time is summed up before it is judged. */
const WINDOW_MS = 1000;
/** Share of a processor from which on the thread counts as busy. */
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
   * @param spent milliseconds of processor time that the thread has used
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

/** Milliseconds in a tick of Linux's accounts, the same on all its platforms. */
const TICK_MS = 10;

/** Milliseconds of processor time of the process's main thread. */
function mainThreadTime(): number {
  let stat: string;
  try {
    stat = Deno.readTextFileSync(`/proc/self/task/${Deno.pid}/stat`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    // Other systems tell of the whole process only.
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
  // proc_pid_stat(5): utime and stime are the 12th and 13th field after the name, which may have spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
