import { setTimeout as sleep } from "node:timers/promises";
import { FederationSender } from "../../lib/federation/delivery/sender.ts";
import type { Assertions } from "../harness.ts";
import { makeSender, type Sender } from "./deliveries.ts";
import { type FederationSite, federationSite } from "./federation.ts";
import { type Peer, startPeer } from "./peer.ts";

/** Number of an activity, in the order of the log. */
async function numberOf(request: Request): Promise<number> {
  return (await request.clone().json()).id;
}

/** A site with a sender, and the servers that it sends to. */
export interface Stage {
  site: FederationSite;
  sender: Sender;
  peer: Peer;
  /** Numbers of what each server took, in the order in which it came. */
  taken: Map<string, number[]>;
  /** Follows from a server of this name. */
  follow(name: string): Promise<number>;
  /** Starts delivery, in another process so to speak. */
  start(config?: object): FederationSender;
  /** Resolves when the server has taken so many. */
  until(name: string, count: number): Promise<void>;
  state(name: string): Promise<Record<string, never>>;
}

/** @param answer says what a server answers; nothing means that it takes the activity */
export async function onStage(
  body: (stage: Stage) => Promise<void>,
  answer: (
    name: string,
    number: number,
    request: Request,
  ) => Promise<Response | void> | Response | void = () => {},
): Promise<void> {
  const site = await federationSite();
  const taken = new Map<string, number[]>();
  const senders: FederationSender[] = [];
  const peer = startPeer(async (request, name) => {
    // Asked what it runs: it does not say, but lives.
    if (request.method === "GET") return Response.json({ links: [] });
    const number = await numberOf(request);
    const other = await answer(name, number, request);
    if (other) return other;
    if (!taken.has(name)) taken.set(name, []);
    taken.get(name)!.push(number);
    return new Response(null, { status: 202 });
  });
  try {
    const sender = await makeSender(site.job);
    await body({
      site,
      sender,
      peer,
      taken,
      follow: (name) =>
        sender.follow(`${name}.localhost`, peer.url(name, "/inbox")),
      start(config = {}) {
        const started = new FederationSender({
          ...site.job,
          config: { ...site.job.config, ...config },
        });
        senders.push(started);
        started.start();
        return started;
      },
      async until(name, count) {
        for (let tries = 0; (taken.get(name)?.length ?? 0) < count; tries++) {
          if (tries > 500) {
            throw new Error(
              `${name} has taken ${taken.get(name)?.length ?? 0} of ${count}`,
            );
          }
          await sleep(20);
        }
      },
      async state(name) {
        const [row] = await site.job.sql<[Record<string, never>]>`
          select q.* from federation_queue_state q join instance i on i.id = q.instance_id
          where i.domain = ${`${name}.localhost`}`;
        return row;
      },
    });
  } finally {
    await Promise.all(senders.map((sender) => sender.stop()));
    await peer.stop();
    await site.close();
  }
}

/** Waits until the condition holds. */
export async function eventually(
  t: Assertions,
  condition: () => Promise<boolean>,
  message: string,
): Promise<void> {
  for (let tries = 0; tries < 250; tries++) {
    if (await condition()) return t.ok(true);
    await sleep(20);
  }
  t.ok(false, message);
}

/** The numbers from 1 to `count`. */
export const range = (count: number) =>
  Array.from({ length: count }, (_, i) => i + 1);
