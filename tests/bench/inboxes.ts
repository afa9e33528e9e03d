/** Thread of the delivery bench: the inboxes of all the other servers, under one address. */
const SLOW_MS = 300;
const received = { healthy: 0, slow: 0, last: 0 };
/** Milliseconds between the making of an activity, which it carries, and its arrival. */
const lags: number[] = [];

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  async (request) => {
    const slow = request.headers.get("host")!.startsWith("slow");
    const { published } = await request.json();
    if (slow) {
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      received.slow++;
    } else {
      received.healthy++;
      received.last = Date.now();
      if (published) lags.push(Date.now() - published);
    }
    return new Response(null, { status: 202 });
  },
);
const scope = self as unknown as Worker;
scope.onmessage = () =>
  scope.postMessage({ ...received, lags: lags.splice(0) });
scope.postMessage({ port: server.addr.port });
