/** Ports that no system gives to outgoing connections by default (Linux: from 32768 on, others: from 49152 on). */
const FIRST = 20_000, LAST = 32_000;

/**
 * A port that nobody listens on at the moment. It is none of those that the system hands out itself:
 * until a server listens on it, an outgoing connection of another test would take it.
 */
export function freePort(): number {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    try {
      using listener = Deno.listen({ hostname: "127.0.0.1", port });
      return listener.addr.port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
