import type { Middleware } from "../types.ts";

const encoder = new TextEncoder();

/** Tells open pages to reload, over an event stream. */
export class LiveReload {
  #start = crypto.randomUUID();
  #readers = new Set<ReadableStreamDefaultController<Uint8Array>>();

  /** Answers the address that the development script of pages listens on. */
  middleware<State>(): Middleware<State> {
    return (ctx) => {
      if (ctx.url.pathname !== "/_frsh/alive") return ctx.next();
      let reader: ReadableStreamDefaultController<Uint8Array>;
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          reader = controller;
          this.#readers.add(controller);
          // A page that knows another start was made by an older server.
          controller.enqueue(event("start", this.#start));
        },
        cancel: () => {
          this.#readers.delete(reader);
        },
      });
      return new Response(body, {
        headers: {
          "content-type": "text/event-stream",
          "cache-control": "no-store, no-transform",
        },
      });
    };
  }

  /** Reloads all open pages. */
  reload(): void {
    for (const reader of this.#readers) reader.enqueue(event("reload", ""));
  }
}

function event(name: string, data: string): Uint8Array {
  return encoder.encode(`event: ${name}\ndata: ${data}\n\n`);
}
