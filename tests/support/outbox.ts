import type { Ctx } from "../../lib/domain/context.ts";
import { query } from "../../lib/domain/context.ts";
import { outbox } from "../../lib/federation/outbox/reaction.ts";
import { OutboxRetries } from "../../lib/federation/outbox/retries.ts";
import { EventConsumer } from "../../lib/jobs/event_consumer.ts";
import type { JobContext } from "../../lib/jobs/job.ts";
import { document } from "../federation/documents.ts";
import type { GuardedClient } from "../../lib/http/guarded_client.ts";
import { remoteInstance, sharedSite } from "../unit/domain/support.ts";
import { makeCommunity, type TestSite } from "./domain.ts";
import { eventsDone } from "./events.ts";

type Json = Record<string, unknown>;

/** A row of the log of sent activities. */
export interface Sent {
  id: number;
  json: Json;
  sensitive: boolean;
  send_inboxes: string[];
  send_community_followers_of: number | null;
  send_all_instances: boolean;
  actor_type: string;
  actor_apub_id: string;
  changes: string[];
  needs: string[];
}

/** Origin of the site whose outbox is tested. */
export const B = "https://tundra.test";

/** The person and the community of far.test. */
export const SOMEBODY = "https://far.test/u/somebody";
export const ELSEWHERE = "https://far.test/c/elsewhere";

/** What the tests of a file share. */
export interface OutboxParts {
  s: TestSite & { admin: Ctx };
  outbox: TestOutbox;
  ann: Ctx;
  /** A community of the admin's. */
  cats: number;
  /** far.test, which has been asked what it runs, with a person and a community. */
  far: { instance: number; person: number; community: number };
}

/**
 * A site with an outbox, made by the first test of a file that asks for it and ended after the last.
 * @param prepare makes what the file needs besides
 * @param outgoing the way to other servers, if the file plays some
 */
export function sharedOutbox<More>(
  prepare: (parts: OutboxParts) => Promise<More>,
  outgoing?: GuardedClient,
): () => Promise<OutboxParts & More> {
  const site = sharedSite();
  let started: Promise<OutboxParts & More> | undefined;
  Deno.test.afterAll(async () => await (await started)?.outbox.stop());
  const start = async () => {
    const s = await site();
    const parts = {
      s,
      outbox: await startOutbox(s, outgoing),
      ann: await s.signUp("ann"),
      cats: await makeCommunity(s.admin, "cats"),
      far: await remoteInstance(s, "far.test"),
    };
    await query(s, "update instance set checked_at = now()");
    return { ...parts, ...await prepare(parts) };
  };
  return () => started ??= start();
}

/** The same, of which the site of far.test is known besides. */
export function sharedOutboxWithFarSite(): () => Promise<OutboxParts> {
  return sharedOutbox(({ s, far }) => addRemoteSite(s, far.instance));
}

/** Makes somebody a member of a community. */
export async function join(
  site: Pick<TestSite, "db">,
  person: number,
  community: number,
): Promise<void> {
  await query(
    site,
    `insert into community_actions (person_id, community_id, followed_at, follow_state)
     values ($1::int4, $2::int4, now(), 'accepted')`,
    [person, community],
  );
}

/** Lets somebody elsewhere follow a person. */
export async function followPerson(
  site: Pick<TestSite, "db">,
  follower: number,
  person: number,
): Promise<void> {
  await query(
    site,
    "insert into person_follow (follower_id, person_id) values ($1::int4, $2::int4)",
    [follower, person],
  );
}

/** Makes the site of an instance known, with an inbox of its own. */
export async function addRemoteSite(
  site: Pick<TestSite, "db">,
  instance: number,
): Promise<void> {
  await query(
    site,
    `insert into site (name, ap_id, inbox_url, public_key, instance_id)
     select 'Far', 'https://' || domain || '/', 'https://' || domain || '/site_inbox', '', id
     from instance where id = $1::int4`,
    [instance],
  );
}

/** The outbox of a site without other tasks. */
export interface TestOutbox {
  job: JobContext;
  /** What has been appended since the last call, when all events have been handled. */
  sent(): Promise<Sent[]>;
  /** What has been appended because of an operation. */
  sentBy(operation: () => unknown): Promise<Sent[]>;
  /** What has been appended after everything due was tried again, by two processes at once. */
  sentLater(): Promise<Sent[]>;
  stop(): Promise<void>;
}

/** The outbox of a test's own site. @param outgoing the way to other servers, if it plays some */
export async function startOutbox(
  site: TestSite & { admin: Ctx },
  outgoing = site.admin.outgoing,
): Promise<TestOutbox> {
  const { db, sql, admin: { config, log } } = site;
  const job = { db, sql, config, log, outgoing, media: null, now: new Date() };
  const consumer = new EventConsumer(job, outbox(() => {}));
  await consumer.start();
  let last = 0;
  const sent = async () => {
    consumer.wake();
    await eventsDone(site);
    const rows = await query<Sent & { data: string }>(
      site,
      "select * from sent_activity where id > $1::int8 order by id",
      [last],
    );
    last = rows.at(-1)?.id ?? last;
    return rows.map(({ data, ...row }) => ({ ...row, json: JSON.parse(data) }));
  };
  return {
    job,
    sent,
    async sentBy(operation) {
      await sent();
      await operation();
      return await sent();
    },
    async sentLater() {
      const retries = [1, 2].map(() => new OutboxRetries(job, () => {}));
      for (const one of retries) one.wake();
      for (;;) {
        const due = await query(
          site,
          `select from outbox_failure f where retry_at <= clock_timestamp()
             and not exists (select from outbox_failure e
               where e.id < f.id and e.objects && f.needs)`,
        );
        if (due.length === 0) break;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await Promise.all(retries.map((one) => one.stop()));
      return await sent();
    },
    stop: () => consumer.stop(),
  };
}

/** Type of an activity with what it contains: `Announce(Undo(Like))`. */
function kind({ type, object }: Json): string {
  const inner = object as Json;
  return typeof object === "object" && inner.type !== undefined
    ? `${type}(${kind(inner)})`
    : String(type);
}

/**
 * A row in words: what, by whom, where to, and whether it may be fetched:
 * `Announce(Like) by /c/cats to followers`, `Follow by /u/mia to b.test, secret`.
 */
export function inWords(row: Sent): string {
  const to = [
    ...row.send_community_followers_of === null ? [] : ["followers"],
    ...row.send_all_instances ? ["all"] : [],
    ...row.send_inboxes.map((inbox) => new URL(inbox).hostname).sort(),
  ];
  const { pathname } = new URL(row.actor_apub_id);
  return `${kind(row.json)} by ${pathname} to ${to.join(" ") || "nobody"}${
    row.sensitive ? ", secret" : ""
  }`;
}

/** The rows without the community's Announces, each of which repeats the row after it. */
export function byPersons(rows: readonly Sent[]): Sent[] {
  return rows.filter((row) => row.actor_type === "person");
}

/** Types and member names of an activity and those in it, to compare with a recorded one. */
export function shapeOf(json: Json, without: readonly string[] = []): string {
  const { type, object } = json;
  const members = Object.keys(json).filter((name) =>
    name !== "@context" && !without.includes(name)
  );
  const inner = typeof object === "object" && "actor" in (object as Json)
    ? ` of ${shapeOf(object as Json, without)}`
    : "";
  return `${type} {${members.sort().join(" ")}}${inner}`;
}

/** That of an activity of Lemmy's, recorded. */
export function recordedShape(
  name: string,
  without: readonly string[] = [],
): string {
  return shapeOf(document(`lemmy/activities/${name}`), without);
}
