/**
 * Signed activities taken and carried out in a second by the whole program: comments, votes and
 * posts, of one community of another server and of twenty, and of persons directly:
 * `deno run --allow-all tests/bench/incoming.ts [COUNT]`
 */
import { ok, startSite } from "../clients/api_server.ts";
import { signRequest } from "../../lib/federation/signatures/sign.ts";
import { Neighbour } from "../support/neighbour.ts";
import { statOf } from "./support.ts";

type Json = Record<string, unknown>;

const COUNT = Number(Deno.args[0] ?? 3000);
const SENDERS = 16;
const PERSONS = 50;
/** Clock ticks of /proc in a second. */

const site = await startSite({
  env: { LEMMY_TEST_FAST_FEDERATION: "1" },
  config: { tundra: { workers: 2 } },
});
const { admin, database: { sql } } = site;
const far = new Neighbour("far", site.url);
const persons = Array.from(
  { length: PERSONS },
  (_, i) => far.person(`person${i}`),
);
try {
  await ok(admin.createCommunity({ name: "cats", title: "Cats" }));
  const groups = Array.from({ length: 20 }, (_, i) => far.group(`group${i}`));
  await warmUp(groups, persons);

  console.log(`${COUNT} activities each: 60 % votes, 35 % comments, 5 % posts`);
  await measure("first ones after the start", [groups[1]], true);
  await measure("one community, announced", [groups[0]], true);
  await measure("twenty communities, announced", groups, true);
  await measure("a community of ours, direct", [`${site.url}/c/cats`], false);
} finally {
  await far.stop();
  await site.close();
}

async function measure(
  name: string,
  communities: string[],
  announced: boolean,
) {
  const activities = make(communities, announced);
  const requests = await Promise.all(activities.map((json) => sign(json)));
  const cpu = await cpuTimes();
  const start = performance.now();
  let next = 0;
  const statuses = new Map<number, number>();
  await Promise.all(Array.from({ length: SENDERS }, async () => {
    while (next < requests.length) {
      const { headers, body } = requests[next++];
      const response = await fetch(`${site.url}/inbox`, {
        method: "POST",
        headers,
        body,
      });
      await response.body?.cancel();
      statuses.set(
        response.status,
        (statuses.get(response.status) ?? 0) + 1,
      );
    }
  }));
  const taken = performance.now() - start;
  for (;;) {
    const [{ left }] = await sql<[{ left: number }]>`
      select count(*)::int4 as left from received_activity where state = 'waiting'`;
    if (left === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const applied = performance.now() - start;
  const failed = await sql<{ reason: string; n: number }[]>`
    select reason, count(*)::int4 as n from received_activity
    where state = 'failed' group by reason limit 5`;
  const spent = await cpuTimes();
  const rate = (ms: number) => Math.round(COUNT / ms * 1000);
  const each = (who: keyof typeof cpu) =>
    ((spent[who] - cpu[who]) / COUNT).toFixed(2);
  console.log(
    `${name}: taken ${rate(taken)}/s, carried out ${rate(applied)}/s`,
    `(CPU ms each: server ${each("server")}, PostgreSQL ${
      each("postgres")
    }, sender ${each("sender")})`,
    Object.fromEntries(statuses),
    failed.length > 0 ? failed : "",
  );
}

/** Milliseconds of processor time that each part has used, whatever else the machine does. */
async function cpuTimes(): Promise<
  Record<"server" | "postgres" | "sender", number>
> {
  const [{ pid }] = await sql<
    [{ pid: number }]
  >`select pg_backend_pid() as pid`;
  const postmaster = (await statOf(pid)).parent;
  // Backends that have ended are in the time of the children of the one that started them.
  let postgres = (await statOf(postmaster)).withChildren;
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const { parent, own } = await statOf(Number(name));
    if (parent === postmaster) postgres += own;
  }
  return {
    server: (await statOf(site.pid)).own,
    postgres,
    sender: (await statOf(Deno.pid)).own,
  };
}

/** Posts, then comments and votes on them. */
function make(communities: string[], announced: boolean): Json[] {
  const posts = new Map<string, string[]>();
  return Array.from({ length: COUNT }, (_, i) => {
    const community = communities[i % communities.length];
    const author = persons[i % PERSONS];
    const known = posts.get(community) ?? [];
    posts.set(community, known);
    const round = Math.floor(i / communities.length) % 20;
    let inner: Json;
    if (known.length === 0 || round === 0) {
      const page = far.page(author, community);
      known.push(String(page.id));
      inner = far.activity("Create", author, page, community);
    } else {
      const post = known[i % known.length];
      inner = round < 8
        ? far.activity(
          "Create",
          author,
          far.note(author, community, post),
          community,
        )
        : far.activity(
          i % 5 === 0 ? "Dislike" : "Like",
          author,
          post,
          undefined,
          {
            audience: community,
          },
        );
    }
    return announced ? far.announce(community, inner) : inner;
  });
}

/** Everybody is known, and every community followed. */
async function warmUp(groups: string[], persons: string[]): Promise<void> {
  for (const person of persons) {
    await far.deliver(far.activity("Follow", person, `${site.url}/u/admin`));
  }
  for (const group of groups) {
    await far.deliver(
      far.announce(group, far.activity("Like", persons[0], far.url("/none"))),
    );
  }
  // Test mode asks for actors anew after twenty seconds; here they are a day fresh.
  await sql`update person set last_refreshed_at = now() + interval '1 hour'`;
  await sql`update community set last_refreshed_at = now() + interval '1 hour'`;
  const communities = await sql<{ id: number }[]>`
    select id from community where not local`;
  for (const { id } of communities) {
    await ok(admin.followCommunity({ community_id: id, follow: true }));
  }
}

async function sign(json: Json) {
  const body = JSON.stringify(json);
  const { host: _, ...headers } = await signRequest({
    scheme: "draft",
    method: "POST",
    url: `${site.url}/inbox`,
    headers: { "content-type": "application/activity+json" },
    body,
    keyId: `${json.actor}#main-key`,
    privateKeyPem: far.privateKey,
  });
  return { body, headers };
}
