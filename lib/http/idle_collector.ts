import v8 from "node:v8";
import vm from "node:vm";

/** How often it is looked whether the thread has become quiet. */
const INTERVAL_MS = 10_000;
/** Requests in an interval from which on the thread counts as busy. */
const BUSY = 50;
/** The first collection leaves empty pages behind, which the second one gives back. */
const COLLECTIONS = 2;

/**
 * Gives back the memory that a load has left to a thread, once the load is over: V8 collects only
 * while something is allocated, and would hold several times what is in use for as long as nobody
 * comes (deno-notes, "Memory"). A collection stops the thread for some 50 ms.
 */
export class IdleCollector {
  #requests = 0;
  /** Collections that are still to be made; the start leaves something behind as well. */
  #due = COLLECTIONS;
  #collect: () => void;
  #timer: ReturnType<typeof setInterval>;

  constructor(collect = collector(), interval = INTERVAL_MS) {
    this.#collect = collect;
    this.#timer = setInterval(() => this.#look(), interval);
  }

  /** Counts a request. */
  count(): void {
    this.#requests++;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const busy = this.#requests >= BUSY;
    this.#requests = 0;
    if (busy) this.#due = COLLECTIONS;
    else if (this.#due > 0) {
      this.#due--;
      this.#collect();
    }
  }
}

/** V8's own collector of this thread, which it shows only to contexts made after the flag. */
function collector(): () => void {
  v8.setFlagsFromString("--expose-gc");
  const collect = vm.runInNewContext("gc");
  const trim = trimmer();
  return () => {
    collect();
    trim();
  };
}

/** Has the C library hand freed memory back: bodies and buffers lie there, scattered. */
function trimmer(): () => void {
  try {
    const { symbols } = Deno.dlopen("libc.so.6", {
      malloc_trim: { parameters: ["usize"], result: "i32" },
    });
    return () => symbols.malloc_trim(0n);
  } catch (error) {
    // Only glibc has this function, and only glibc keeps so much.
    if (!(error instanceof Error)) throw error;
    return () => {};
  }
}
