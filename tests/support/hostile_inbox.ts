import { type ApiServer, ok, startSite } from "../clients/api_server.ts";
import type { Assertions } from "../harness.ts";
import { type DeliveryOptions, Neighbour } from "./neighbour.ts";
import { until } from "./until.ts";

export type Json = Record<string, unknown>;

/** What became of a delivery, and what it cost. */
export interface Outcome {
  /** `applied`; `400 code` and the like; or `failed reason`, `waiting reason`. */
  verdict: string;
  milliseconds: number;
  /** Requests that it caused at the neighbours. */
  fetches: number;
}

/** A site with the community `cats` and a post, its neighbours, and a way to attack it. */
export interface Target {
  site: ApiServer;
  /** The attacker's server, and that of a victim. */
  far: Neighbour;
  near: Neighbour;
  /** Id of the community, of the admin's post in it, and of a member on `far`. */
  cats: string;
  post: string;
  mia: string;
  attack(activity: Json, options?: DeliveryOptions): Promise<Outcome>;
  /** How many rows there are of everything that an attack could leave. */
  stock(): Promise<Json>;
  close(t: Assertions): Promise<void>;
}

/** Starts a site that can be attacked. */
export async function startTarget(): Promise<Target> {
  const site = await startSite({ env: { LEMMY_TEST_FAST_FEDERATION: "1" } });
  const { admin, database: { sql } } = site;
  const far = new Neighbour("far", site.url);
  const near = new Neighbour("near", site.url);
  const { community_view: { community } } = await ok(
    admin.createCommunity({ name: "cats", title: "Cats" }),
  );
  const { post_view } = await ok(
    admin.createPost({ name: "A cat", community_id: community.id }),
  );
  // What the site delivers to its followers meanwhile is no fetch.
  const asked = () =>
    [...far.requests, ...near.requests]
      .filter((request) => !request.startsWith("POST ")).length;

  async function outcomeOf(id: string): Promise<string> {
    const [{ state, reason }] = await until(
      () =>
        sql<{ state: string; attempts: number; reason: string | null }[]>`
          select state, attempts, reason from received_activity where ap_id = ${id}`,
      ([row]) => row?.state !== "waiting" || row.attempts > 0,
    );
    return reason === null ? state : `${state} ${reason}`;
  }

  return {
    site,
    far,
    near,
    cats: `${site.url}/c/cats`,
    post: post_view.post.ap_id,
    mia: far.person("mia"),
    async attack(activity, options) {
      const start = performance.now();
      const before = asked();
      const { status, json } = await far.deliver(activity, options);
      const verdict = status === 202
        ? await outcomeOf(String(activity.id))
        : `${status} ${json.error}`;
      return {
        verdict,
        milliseconds: performance.now() - start,
        fetches: asked() - before,
      };
    },
    async stock() {
      const [counts] = await sql`
        select (select count(*)::int4 from post) as posts,
          (select count(*)::int4 from comment) as comments,
          (select count(*)::int4 from private_message) as messages,
          (select count(*)::int4 from report) as reports,
          (select coalesce(sum(upvotes + downvotes), 0)::int4 from post) as votes,
          (select count(*)::int4 from community_actions
            where became_moderator_at is not null) as moderators,
          (select count(*)::int4 from community_actions
            where followed_at is not null) as followers,
          (select string_agg(concat_ws(' ', name, deleted, removed, locked), ',' order by id)
            from post) as texts`;
      return { ...counts };
    },
    async close(t) {
      await far.stop();
      await near.stop();
      await site.close();
      t.equal(site.failures, []);
      t.noMatch(site.log, /cannot be (?:applied|noted)/);
    },
  };
}

/** A delivery that no honest server makes. */
export interface Attack {
  name: string;
  activity: Json;
  options?: DeliveryOptions;
  /** What is said of it. */
  verdict: string | RegExp;
  /** Requests that it may cause; 10 if not given: objects, links, and actors and sites that are due. */
  fetches?: number;
}

/** Milliseconds that any of them may take, on a slow machine too. */
const PATIENCE_MS = 8000;

/** Makes all attacks, and says of each that went otherwise how. */
export async function surprises(
  { attack: deliver }: Target,
  attacks: readonly Attack[],
): Promise<string[]> {
  const found: string[] = [];
  for (const { name, activity, options, verdict, fetches = 10 } of attacks) {
    const outcome = await deliver(activity, options);
    const fits = typeof verdict === "string"
      ? `${outcome.verdict}$`.startsWith(verdict)
      : verdict.test(outcome.verdict);
    if (!fits) found.push(`${name}: ${outcome.verdict.slice(0, 200)}`);
    if (outcome.fetches > fetches) {
      found.push(`${name}: ${outcome.fetches} fetches`);
    }
    if (outcome.milliseconds > PATIENCE_MS) {
      found.push(`${name}: ${Math.round(outcome.milliseconds)} ms`);
    }
  }
  return found;
}
