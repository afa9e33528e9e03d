import type { JobContext } from "../../lib/jobs/job.ts";
import { actorKeys } from "./peer.ts";

/** A community of ours, with followers on other servers to whom its activities go. */
export interface Sender {
  communityId: number;
  actor: string;
  publicKey: string;
  /** Makes a server known, with a follower whose inbox this is. */
  follow(domain: string, inbox: string): Promise<number>;
  /** Appends activities for all followers; their ids are their numbers, counted from 1. */
  append(activities: Partial<Appended>[]): Promise<void>;
}

interface Appended {
  changes: string[];
  needs: string[];
  send_inboxes: string[];
  send_community_followers_of: number | null;
  send_all_instances: boolean;
  age: string;
}

export async function makeSender({ sql, config }: JobContext): Promise<Sender> {
  const { publicKey, privateKey } = actorKeys();
  const actor = `${config.origin}/c/cats`;
  const [{ id: communityId }] = await sql<[{ id: number }]>`
    insert into community (name, title, ap_id, inbox_url, instance_id, public_key, private_key, local)
    select 'cats', 'Cats', ${actor}, ${
    config.origin + "/inbox"
  }, s.instance_id, ${publicKey},
      ${privateKey}, true from site s join local_site l on l.site_id = s.id returning id`;
  let number = 0;
  return {
    communityId,
    actor,
    publicKey,
    async follow(domain, inbox) {
      const [{ id }] = await sql<[{ id: number }]>`
        insert into instance (domain, checked_at) values (${domain}, now()) returning id`;
      await sql`with follower as (
          insert into person (name, ap_id, inbox_url, instance_id, public_key, local)
          values ('mia', ${
        new URL("/u/mia", inbox).href
      }, ${inbox}, ${id}, 'key', false)
          returning id)
        insert into community_actions (person_id, community_id, followed_at, follow_state)
        select id, ${communityId}, now(), 'accepted' from follower`;
      return id;
    },
    async append(activities) {
      const rows = activities.map((activity) => ({
        number: ++number,
        changes: [],
        needs: [],
        send_inboxes: [],
        send_community_followers_of: communityId,
        send_all_instances: false,
        age: "0",
        ...activity,
      }));
      await sql`
        insert into sent_activity (ap_id, data, sensitive, published_at, send_inboxes,
          send_community_followers_of, send_all_instances, actor_type, actor_apub_id, changes, needs)
        select ${config.origin + "/activities/like/"} || number,
          json_build_object('id', number, 'actor', ${actor}::text)::text, false,
          now() - age::interval, send_inboxes, send_community_followers_of, send_all_instances,
          'community', ${actor}, changes, needs
        from jsonb_to_recordset(${
        JSON.stringify(rows)
      }::text::jsonb) as r(number int, age text,
          send_inboxes text[], send_community_followers_of int, send_all_instances bool,
          changes text[], needs text[]) order by number`;
    },
  };
}
