import type { LemmyHttp } from "lemmy-js-client";
import { ok, startSite } from "../clients/api_server.ts";
import type { Assertions } from "../harness.ts";
import { until } from "./until.ts";

/** One of several sites of ours that federate with each other. */
export interface NetworkSite {
  name: string;
  /** `http://NAME.localhost:PORT`, with which its ids begin. */
  origin: string;
  /** Where a test reaches it. */
  url: string;
  /** Host with port. */
  host: string;
  admin: LemmyHttp;
  sql: Awaited<ReturnType<typeof startSite>>["database"]["sql"];
  /** Registers an account. */
  signUp(name: string): Promise<LemmyHttp>;
  /** A client without account. */
  anonymous: LemmyHttp;
}

/**
 * Starts a site for each name, each with a process and a database of its own, and disposes of them
 * after the body. No server may have failed at anything.
 */
export async function withNetwork(
  t: Assertions,
  names: string[],
  body: (...sites: NetworkSite[]) => Promise<void>,
): Promise<void> {
  const started = await Promise.all(
    names.map((name) =>
      startSite({ name, env: { LEMMY_TEST_FAST_FEDERATION: "1" } })
    ),
  );
  try {
    await body(...started.map((site, i): NetworkSite => {
      const { port } = new URL(site.url);
      const host = `${names[i]}.localhost:${port}`;
      return {
        name: names[i],
        url: site.url,
        host,
        origin: `http://${host}`,
        admin: site.admin,
        sql: site.database.sql,
        signUp: async (name) => site.client(await site.signUp(name)),
        anonymous: site.client(),
      };
    }));
    for (const site of started) t.equal(site.failures, []);
  } finally {
    await Promise.all(started.map((site) => site.close()));
  }
}

/** What an address or name stands for, fetched if need be. */
export async function find(client: LemmyHttp, address: string) {
  return await ok(client.resolveObject({ q: address }));
}

/** Follows a community of another site. @returns its id here, once the follow is accepted */
export async function followed(
  client: LemmyHttp,
  address: string,
): Promise<number> {
  const found = await find(client, address);
  if (found.type_ !== "community") {
    throw new Error(`${address} is no community`);
  }
  const { id } = found.community;
  await ok(client.followCommunity({ community_id: id, follow: true }));
  await until(
    async () =>
      (await ok(client.getCommunity({ id }))).community_view.community_actions
        ?.follow_state,
    (state) => state === "accepted",
  );
  return id;
}

type Row = Record<string, unknown>;

/**
 * Waits until a query gives the same rows on all of the sites, and these are as they should be.
 * @returns the rows
 */
export async function agree(
  sites: readonly NetworkSite[],
  text: string,
  holds: (rows: Row[]) => boolean,
): Promise<Row[]> {
  const [rows] = await until(
    () => Promise.all(sites.map(({ sql }) => sql.unsafe<Row[]>(text))),
    ([first, ...others]) =>
      holds([...first]) &&
      others.every((rows) => JSON.stringify(rows) === JSON.stringify(first)),
    20_000,
  );
  return rows;
}
