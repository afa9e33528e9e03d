import { Agent, get } from "node:http";
import { test } from "../harness.ts";
import { startServer } from "../support/server.ts";

/** A client that keeps its connection, as proxies do. */
class Reader {
  statuses = new Set<number>();
  /** Our ports, one after the other: of the connections that it has had. */
  ports: number[] = [];
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(readonly origin: string) {}

  read(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      get(this.origin + path, { agent: this.#agent }, (answer) => {
        const port = answer.socket.localPort!;
        if (this.ports.at(-1) !== port) this.ports.push(port);
        this.statuses.add(answer.statusCode!);
        answer.resume();
        answer.on("end", resolve);
        answer.on("error", reject);
      }).on("error", reject);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

test("a load starts another worker, to which connections from before move once", async (t) => {
  const server = await startServer({ config: { tundra: { workers: 2 } } });
  const readers = Array.from({ length: 16 }, () => new Reader(server.origin));
  try {
    const grown = () => server.log.includes(" workers=2");
    t.ok(!grown());
    let n = 0;
    await Promise.all(readers.map(async (reader) => {
      for (const end = Date.now() + 60_000; !grown() && Date.now() < end;) {
        await reader.read(`/?n=${n++}`);
      }
      for (let i = 0; i < 20; i++) await reader.read(`/?n=${n++}`);
    }));
    t.ok(grown());
    for (const { statuses, ports } of readers) {
      t.equal([...statuses], [200]);
      t.equal(ports.length, 2);
    }
  } finally {
    for (const reader of readers) reader.close();
    await server.dispose();
  }
});
