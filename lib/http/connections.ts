/** Connections that are remembered at most; the others stay where they are. */
const MAX_SEEN = 4096;
/** A connection that is quiet for so long need not move. */
const MOVING_MS = 30_000;

/**
 * Lets a new thread have its share. Threads that share a port get new connections only, and apps,
 * browsers and proxies keep theirs: so each connection from before is ended after its next answer,
 * once, and the client's next one goes to any of the threads.
 */
export class Connections {
  #seen: Set<string> | undefined;
  #moving = false;

  /** Begins to remember whose requests come, before another thread listens. */
  watch(): void {
    this.#seen = new Set();
    this.#moving = false;
  }

  /** Has the remembered ones end; to be called when the other thread listens. */
  move(): void {
    this.#moving = true;
    const seen = this.#seen;
    const timer = setTimeout(() => {
      if (this.#seen === seen) this.#seen = undefined;
    }, MOVING_MS);
    // A server that stops meanwhile has no more to move.
    Deno.unrefTimer(timer);
  }

  /** Whether the connection of this request is to end after its answer. */
  ends({ remoteAddr }: Deno.ServeHandlerInfo): boolean {
    const seen = this.#seen;
    if (!seen || remoteAddr.transport !== "tcp") return false;
    const key = `${remoteAddr.hostname} ${remoteAddr.port}`;
    if (this.#moving) return seen.delete(key);
    if (seen.size < MAX_SEEN) seen.add(key);
    return false;
  }
}

/** The answer after which HTTP/1 ends its connection; HTTP/2 has no such header. */
export function lastOfConnection(response: Response): Response {
  if (response.status === 101) return response;
  response.headers.set("connection", "close");
  return response;
}
