import type { Sql } from "../db/connection.ts";
import type { KeyPair } from "../domain/keys.ts";
import { CopyWriter } from "../db/copy.ts";
import { Random } from "./random.ts";
import type { SeedState } from "./state.ts";
import { pickVocabulary, prose, title, VOCABULARIES } from "./words.ts";

/** What all batches share. */
export interface Surroundings {
  origin: string;
  localInstance: number;
  /** Ids of the made-up remote instances, by number. */
  instances: readonly number[];
  /** One pair for all: making one takes 170 ms. */
  keys: KeyPair;
  /** Hash of the one password of all example accounts. */
  password: string;
}

export const REMOTE_INSTANCES = 40;
const DAY = 86_400_000;

/** Home of an actor by its number: one in five is local, the rest is spread unevenly. */
export function homeOf(number: number): number | "local" {
  const random = new Random(number * 7919 + 13);
  return random.chance(0.2) ? "local" : random.zipf(REMOTE_INSTANCES);
}

/** Scheme and host of a home. */
export function originOf(s: Surroundings, home: number | "local"): string {
  return home === "local" ? s.origin : `https://instance${home}.example`;
}

/** Creates the remote instances once. @returns their ids by number */
export async function createInstances(sql: Sql): Promise<number[]> {
  const domains = Array.from(
    { length: REMOTE_INSTANCES },
    (_, n) => `instance${n}.example`,
  );
  await sql`insert into instance (domain, software, version, updated_at)
    select d, 'lemmy', '1.0.0', now() from unnest(${domains}::text[]) d on conflict do nothing`;
  const rows = await sql<{ id: number; domain: string }[]>`
    select id, domain from instance where domain = any(${domains}::text[])`;
  const ids = new Map(rows.map((row) => [row.domain, row.id]));
  return domains.map((domain) => ids.get(domain)!);
}

/** Adds people with the numbers from `state.persons` to `until`; local ones get accounts. */
export async function createPersons(
  sql: Sql,
  s: Surroundings,
  state: SeedState,
  until: number,
): Promise<void> {
  const writer = await CopyWriter.open(sql, "person", [
    "id",
    "name",
    "display_name",
    "bio",
    "published_at",
    "ap_id",
    "local",
    "private_key",
    "public_key",
    "inbox_url",
    "bot_account",
    "instance_id",
  ]);
  const local: number[] = [];
  for (let n = state.persons; n < until; n++) {
    const random = new Random(n * 31 + 7);
    const home = homeOf(n);
    const origin = originOf(s, home);
    const vocabulary = pickVocabulary(random);
    if (home === "local") local.push(state.firstPerson + n);
    await writer.write([
      state.firstPerson + n,
      `person_${n}`,
      random.chance(0.4) ? title(random, vocabulary).slice(0, 30) : null,
      random.chance(0.3) ? prose(random, vocabulary, 2) : null,
      new Date(state.now - random.next() * 1400 * DAY).toISOString(),
      `${origin}/u/person_${n}`,
      home === "local",
      home === "local" ? s.keys.private_key : null,
      s.keys.public_key,
      `${origin}/inbox`,
      random.chance(0.02),
      home === "local" ? s.localInstance : s.instances[home],
    ]);
  }
  await writer.close();
  await createAccounts(sql, s, local);
  state.persons = Math.max(state.persons, until);
}

async function createAccounts(
  sql: Sql,
  s: Surroundings,
  persons: readonly number[],
): Promise<void> {
  await sql`insert into local_user (person_id, password_encrypted, accepted_application, default_listing_type)
    select id, ${s.password}, true, 'all' from unnest(${persons}::int4[]) id`;
}

/** Adds communities with the numbers from `state.communities` to `until`. */
export async function createCommunities(
  sql: Sql,
  s: Surroundings,
  state: SeedState,
  until: number,
): Promise<void> {
  const first = state.communities;
  const writer = await CopyWriter.open(sql, "community", [
    "id",
    "name",
    "title",
    "summary",
    "sidebar",
    "published_at",
    "nsfw",
    "ap_id",
    "local",
    "private_key",
    "public_key",
    "followers_url",
    "inbox_url",
    "instance_id",
    "visibility",
    "users_active_day",
    "users_active_week",
    "users_active_month",
    "users_active_half_year",
    "subscribers",
    "interactions_month",
    "hot_rank",
  ]);
  for (let n = first; n < until; n++) {
    const random = new Random(n * 101 + 3);
    const home = homeOf(n + 1_000_003);
    const origin = originOf(s, home);
    const apId = `${origin}/c/community_${n}`;
    // Low numbers are the large ones, as in the distribution of posts.
    const size = Math.ceil(20_000 / (n + 1) ** 0.8);
    await writer.write([
      state.firstCommunity + n,
      `community_${n}`,
      title(random, VOCABULARIES[0]).slice(0, 40),
      random.chance(0.6) ? title(random, VOCABULARIES[1]).slice(0, 100) : null,
      prose(random, VOCABULARIES[0], 6),
      new Date(state.now - (200 + random.next() * 1200) * DAY).toISOString(),
      random.chance(0.04),
      apId,
      home === "local",
      home === "local" ? s.keys.private_key : null,
      s.keys.public_key,
      `${apId}/followers`,
      `${origin}/inbox`,
      home === "local" ? s.localInstance : s.instances[home],
      random.chance(0.02) ? "unlisted" : "public",
      Math.ceil(size / 60),
      Math.ceil(size / 20),
      Math.ceil(size / 8),
      Math.ceil(size / 3),
      size,
      size * 2,
      0,
    ]);
  }
  await writer.close();
  await sql`insert into community_language (community_id, language_id)
    select c, l.id from generate_series(${state.firstCommunity + first}::int4,
      ${state.firstCommunity + until - 1}::int4) c, language l`;
  state.communities = Math.max(state.communities, until);
}

/** Moderators of new communities, and what new local people follow. */
export async function createFollows(
  sql: Sql,
  state: SeedState,
  before: { persons: number; communities: number },
): Promise<void> {
  const writer = await CopyWriter.open(sql, "community_actions", [
    "person_id",
    "community_id",
    "followed_at",
    "follow_state",
    "became_moderator_at",
  ]);
  const at = new Date(state.now - 100 * DAY).toISOString();
  const moderated = new Map<number, Set<number>>();
  for (let c = before.communities; c < state.communities; c++) {
    const random = new Random(c * 17 + 11);
    for (let i = 0; i < 1 + random.below(3); i++) {
      const person = before.persons +
        random.below(state.persons - before.persons);
      const own = moderated.get(person) ?? new Set();
      if (own.has(c)) continue;
      moderated.set(person, own.add(c));
      await writer.write([
        state.firstPerson + person,
        state.firstCommunity + c,
        at,
        "accepted",
        at,
      ]);
    }
  }
  for (let p = before.persons; p < state.persons; p++) {
    if (homeOf(p) !== "local") continue;
    const random = new Random(p * 23 + 5);
    const followed = new Set<number>();
    for (let i = 0; i < random.heavyTail(12, 500); i++) {
      followed.add(random.zipf(state.communities));
    }
    for (const c of followed) {
      if (moderated.get(p)?.has(c)) continue;
      await writer.write([
        state.firstPerson + p,
        state.firstCommunity + c,
        at,
        "accepted",
        null,
      ]);
    }
  }
  await writer.close();
}
