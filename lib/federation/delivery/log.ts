import { query } from "../../domain/context.ts";
import type { JobContext } from "../../jobs/job.ts";
import { CONTEXT, hostOf } from "../ids.ts";
import { Recent } from "../recent.ts";

/** A row of the log of sent activities. */
export interface SentActivity {
  id: number;
  ap_id: string;
  /** The activity without its @context, as JSON. */
  data: string;
  published_at: string;
  send_inboxes: string[];
  send_community_followers_of: number | null;
  send_all_instances: boolean;
  actor_apub_id: string;
  actor_type: "site" | "community" | "person" | "multi_community";
  changes: string[];
  needs: string[];
}

/** What is posted: compact JSON that begins with the @context (§5.5). */
export function bodyOf({ data }: Pick<SentActivity, "data">): string {
  const json = data.trimStart();
  return `{"@context":${JSON.stringify(CONTEXT)},${json.slice(1)}`;
}

/**
 * Rows read at a time: as many as a queue takes in, so few that hundreds of queues at different
 * places need little memory.
 */
const CHUNK = 32;
/** Chunks in memory: with activities of 2 kB, 8 MB. */
const CHUNKS = 128;
const INBOXES = 5000;

/**
 * The log of sent activities, read in pieces that all queues share: servers that are up to date
 * read the same piece at the same time, and a backlog of any length takes no more memory.
 */
export class SentLog {
  /** Newest id in the log as far as known. */
  newest = 0;
  #chunks = new Recent<string, Promise<SentActivity[]>>(CHUNKS);
  #inboxes = new Recent<string, Promise<number[]>>(INBOXES);

  constructor(private readonly context: Omit<JobContext, "now">) {}

  /**
   * The rows that follow an id, in order, up to `end` at most.
   * @returns what there is in one piece of the log, and the id up to which it was read
   */
  async after(id: number): Promise<{ rows: SentActivity[]; end: number }> {
    const number = Math.floor(id / CHUNK);
    const end = Math.min((number + 1) * CHUNK, this.newest);
    // The last piece grows: with another end it is another one.
    const rows = await this.#chunks.get(
      `${number} ${end}`,
      () => this.#read(number * CHUNK, end),
    );
    return { rows: rows.filter((row) => row.id > id), end };
  }

  async #read(after: number, end: number): Promise<SentActivity[]> {
    return await query<SentActivity>(
      this.context,
      `select id, ap_id, data, published_at, send_inboxes, send_community_followers_of,
         send_all_instances, actor_apub_id, actor_type, changes, needs
       from sent_activity where id > $1::int8 and id <= $2::int8 order by id`,
      [after, end],
    );
  }

  /** The instances to which an inbox belongs: by its host, or as the inbox of an actor there. */
  async instancesOf(inbox: string): Promise<number[]> {
    const found = await this.#inboxes.get(inbox, async () => {
      const rows = await query<{ id: number }>(
        this.context,
        `select id from instance where lower(domain) = $1`,
        [hostOf(inbox) ?? ""],
      );
      const found = rows.length > 0 ? rows : await query<{ id: number }>(
        this.context,
        `select instance_id as id from person where inbox_url = $1 and not local
         union select instance_id from community where inbox_url = $1 and not local
         union select instance_id from site where inbox_url = $1`,
        [inbox],
      );
      return found.map((row) => row.id);
    });
    // An instance may get to be known later.
    if (found.length === 0) this.#inboxes.delete(inbox);
    return found;
  }
}
