/** Two sites of ours whose processes and databases are cut off amid everything. */
import { test } from "../harness.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { until } from "../support/until.ts";

const ENV = { LEMMY_TEST_FAST_FEDERATION: "1" };

/** A site that can be killed and started again on the same data. */
class Site {
  token = "";

  private constructor(
    readonly name: string,
    readonly database: TestDatabase,
    public server: TestServer,
  ) {}

  static async start(name: string): Promise<Site> {
    const database = await testDatabase();
    const site = new Site(
      name,
      database,
      await startServer({ name, database, env: ENV }),
    );
    site.token = await site.server.login("admin");
    return site;
  }

  get origin(): string {
    return `http://${this.name}.localhost:${this.server.port}`;
  }

  /** As when the power fails, and comes back. */
  async killAndStart(): Promise<void> {
    const { dataDir, port } = this.server;
    await this.server.stopHard();
    this.server = await startServer({
      name: this.name,
      database: this.database,
      dataDir,
      port,
      env: ENV,
    });
  }

  /** What a restart of the database does to whoever is connected. */
  async cutConnections(): Promise<void> {
    await this.database
      .sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
  }

  // deno-lint-ignore no-explicit-any
  async call(method: string, path: string, body?: unknown): Promise<any> {
    const response = await this.server.api(method, path, {
      token: this.token,
      body,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** Repeats a call until the site answers. */
  async insist(method: string, path: string, body: unknown): Promise<void> {
    for (let attempt = 0;; attempt++) {
      try {
        await this.call(method, path, body);
        return;
      } catch (error) {
        if (attempt === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async close(): Promise<void> {
    await this.server.dispose();
    await this.database.close();
  }
}

test("kill -9 of sender and receiver and lost databases leave both sides agreeing", async (t) => {
  const [alpha, beta] = await Promise.all([
    Site.start("alpha"),
    Site.start("beta"),
  ]);
  try {
    const { community_view } = await beta.call("POST", "/community", {
      name: "birds",
      title: "Birds",
    });
    const address = `${beta.origin}/c/birds`;
    const found = await alpha.call(
      "GET",
      `/resolve_object?q=${encodeURIComponent(address)}`,
    );
    await alpha.call("POST", "/community/follow", {
      community_id: found.community.id,
      follow: true,
    });
    await until(
      () =>
        alpha.database.sql`select follow_state as state from community_actions
        where followed_at is not null`,
      ([row]) => row?.state === "accepted",
    );
    const write = async (site: Site, id: number, from: number, to: number) => {
      for (let i = from; i < to; i++) {
        await site.insist("POST", "/post", {
          name: `${site.name} ${i}`,
          community_id: id,
        });
      }
    };
    const both = (from: number, to: number) => [
      write(alpha, found.community.id, from, to),
      write(beta, community_view.community.id, from, to),
    ];
    const pause = (ms: number) =>
      new Promise((resolve) => setTimeout(resolve, ms));
    const writing = both(0, 25);
    await pause(400);
    await beta.killAndStart();
    await pause(400);
    await alpha.killAndStart();
    await Promise.all(writing);
    const more = both(25, 40);
    await pause(200);
    await Promise.all([alpha.cutConnections(), beta.cutConnections()]);
    await Promise.all(more);
    // Everything that was acknowledged is on both sides, once.
    const POSTS = `select ap_id, name, upvotes, federation_pending as pending
      from post order by ap_id`;
    const [a] = await until(
      () =>
        Promise.all(
          [alpha, beta].map((site) => site.database.sql.unsafe(POSTS)),
        ),
      ([a, b]) =>
        a.length >= 80 && JSON.stringify(a) === JSON.stringify(b) &&
        a.every((row) => !row.pending),
      40_000,
    );
    const names = new Set(a.map((row) => row.name));
    t.equal(names.size, 80);
    t.ok(a.every((row) => row.upvotes === 1), "a vote was counted twice");
    const left = await beta.database.sql`
      select state, reason from received_activity where state <> 'applied'`;
    t.equal([...left], []);
  } finally {
    await Promise.all([alpha.close(), beta.close()]);
  }
});
