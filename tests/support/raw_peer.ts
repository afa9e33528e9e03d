/** A server on this machine that speaks TCP as a test has it speak. */
export interface RawPeer {
  /** A name below `localhost` leads to this machine. */
  url(name: string, path: string): string;
  /** `METHOD path` of the first request of every connection, in order. */
  requests: string[];
  stop(): Promise<void>;
}

/**
 * Starts one. @param serve gets each connection with the first bytes that came, and leaves it open
 * or closes it as it likes; its connections are closed when the peer stops.
 */
export function startRawPeer(
  serve: (
    connection: Deno.TcpConn,
    head: Uint8Array<ArrayBuffer>,
  ) => Promise<void>,
): RawPeer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const open = new Set<Deno.TcpConn>();
  const handle = async (connection: Deno.TcpConn) => {
    open.add(connection);
    try {
      const buffer = new Uint8Array(64 * 1024);
      const head = buffer.subarray(0, await connection.read(buffer) ?? 0);
      requests.push(
        new TextDecoder().decode(head).split(" ", 2).join(" "),
      );
      await serve(connection, head);
    } catch {
      // The other side has gone, or the test has ended.
    } finally {
      open.delete(connection);
      close(connection);
    }
  };
  const serving = (async () => {
    const connections: Promise<void>[] = [];
    for await (const connection of listener) {
      connections.push(handle(connection));
    }
    for (const connection of open) close(connection);
    await Promise.all(connections);
  })();
  const { port } = listener.addr;
  return {
    url: (name, path) => `http://${name}.localhost:${port}${path}`,
    requests,
    async stop() {
      listener.close();
      await serving;
    },
  };
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    // Closed already, by whoever served it.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

/** Passes a connection on to a server on this machine, and its answers back. */
export async function relay(
  connection: Deno.TcpConn,
  head: Uint8Array<ArrayBuffer>,
  port: number,
): Promise<void> {
  const other = await Deno.connect({ hostname: "127.0.0.1", port });
  await other.write(head);
  await Promise.all([
    connection.readable.pipeTo(other.writable),
    other.readable.pipeTo(connection.writable),
  ]);
}
