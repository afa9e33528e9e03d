import { query } from "../../domain/context.ts";
import type { JobContext } from "../../jobs/job.ts";
import { isLocalId } from "../ids.ts";
import type { SentActivity, SentLog } from "./log.ts";

/** Milliseconds until followers are read anew: additions and removals alike (§5.4, §5.9). */
const MAX_AGE_MS = { normal: 120_000, fast: 1000 };

interface Known {
  site: string | null;
  /** Inboxes of followers by community. */
  followers: Map<number, string[]>;
}

/** Where activities go on one instance (§5.4). */
export class InstanceInboxes {
  #known: Promise<Known> | null = null;
  #readAt = 0;

  constructor(
    private readonly context: Omit<JobContext, "now">,
    private readonly log: SentLog,
    private readonly instanceId: number,
  ) {}

  /** The inboxes that an activity is posted to, none of them twice; mostly none or one. */
  async of(row: SentActivity): Promise<string[]> {
    const inboxes = new Set<string>();
    if (row.send_all_instances || row.send_community_followers_of !== null) {
      const { site, followers } = await this.#current();
      if (row.send_all_instances && site !== null) inboxes.add(site);
      const community = row.send_community_followers_of;
      const following = community === null ? [] : followers.get(community);
      for (const inbox of following ?? []) inboxes.add(inbox);
    }
    for (const inbox of row.send_inboxes) {
      const instances = await this.log.instancesOf(inbox);
      if (!instances.includes(this.instanceId)) continue;
      inboxes.add(inbox);
      // It may be the answer to a follow, after which more is to be sent.
      this.#known = null;
    }
    return [...inboxes].filter((inbox) =>
      !isLocalId(this.context.config, inbox)
    );
  }

  async #current(): Promise<Known> {
    const { fastFederation } = this.context.config;
    const maxAge = fastFederation ? MAX_AGE_MS.fast : MAX_AGE_MS.normal;
    if (this.#known === null || Date.now() - this.#readAt > maxAge) {
      this.#readAt = Date.now();
      this.#known = this.#read();
      this.#known.catch(() => this.#known = null);
    }
    return await this.#known;
  }

  async #read(): Promise<Known> {
    const [[site], rows] = await Promise.all([
      query<{ inbox_url: string }>(
        this.context,
        "select inbox_url from site where instance_id = $1::int4",
        [this.instanceId],
      ),
      query<{ community_id: number; inboxes: string[] }>(
        this.context,
        `select community_id, array_agg(distinct inbox_url) as inboxes from (
           select a.community_id, p.inbox_url
           from person p join community_actions a on a.person_id = p.id
           where p.instance_id = $1::int4 and not p.local and a.follow_state = 'accepted'
           union all
           select f.community_id, c.inbox_url
           from community c join community_follow f on f.follower_id = c.id
           where c.instance_id = $1::int4 and not c.local) following
         group by community_id`,
        [this.instanceId],
      ),
    ]);
    return {
      site: site?.inbox_url ?? null,
      followers: new Map(rows.map((row) => [row.community_id, row.inboxes])),
    };
  }
}
