import { type Ctx, query } from "../domain/context.ts";
import { isConnectionError } from "../db/connection.ts";
import { isTrue, type JobContext, systemContext } from "../jobs/job.ts";
import { FederationError } from "./errors.ts";
import { type NodeInfo, nodeInfo } from "./nodeinfo.ts";

/**
 * Id of the server with this domain (without port), which gets a row if it has none. The row's
 * place in the log of sent activities comes with it; what it runs is found out in the background.
 */
export async function ensureInstance(
  ctx: Pick<Ctx, "db">,
  domain: string,
): Promise<number> {
  const find = async () =>
    await query<{ id: number }>(
      ctx,
      "select id from instance where lower(domain) = $1",
      [domain.toLowerCase()],
    );
  const [known] = await find();
  if (known) return known.id;
  await query(
    ctx,
    "insert into instance (domain) values ($1) on conflict do nothing",
    [domain.toLowerCase()],
  );
  const [{ id }] = await find();
  return id;
}

/** A sign of life of another server (§5.3); written down once a day at most. */
export async function markAlive(
  ctx: Pick<Ctx, "db">,
  ...instanceIds: number[]
): Promise<void> {
  await query(
    ctx,
    `update instance set updated_at = now() where id = any($1::int4[])
       and (updated_at is null or updated_at < now() - interval '1 day')`,
    [instanceIds],
  );
}

/** Servers asked at once. */
const AT_ONCE = 8;

/** SQL condition on an instance: it is to be asked. */
const DUE = "(checked_at is null or checked_at < now() - interval '1 day')";

interface Candidate {
  id: number;
  domain: string;
  /** Id of an actor there, if one is known. */
  actor: string | null;
}

/**
 * Asks servers what they run (§5.3 b): each one once a day, a new one at once, and one that has not
 * said so far every hour. Any number of processes share the work.
 * @returns whether there was anything to do
 */
export async function checkInstances(job: JobContext): Promise<boolean> {
  const due = await isTrue(
    job,
    `exists (select from instance
       where ${DUE} and id <> (select instance_id from site where id =
         (select site_id from local_site)))`,
  );
  if (!due) return false;
  const ctx = await systemContext(job);
  if (!ctx.site.local_site.federation_enabled) return false;
  const candidates = await query<Candidate>(
    ctx,
    `update instance i set checked_at = now()
     where id in (select id from instance
       where ${DUE} and id <> $1::int4
       order by checked_at nulls first limit ${AT_ONCE} for update skip locked)
     returning id, domain, coalesce(
       (select ap_id from site where instance_id = i.id limit 1),
       (select ap_id from community where instance_id = i.id limit 1),
       (select ap_id from person where instance_id = i.id limit 1)) as actor`,
    [ctx.site.instance.id],
  );
  await Promise.all(candidates.map((candidate) => check(ctx, candidate)));
  return candidates.length === AT_ONCE;
}

async function check(ctx: Ctx, { id, domain, actor }: Candidate) {
  let found: NodeInfo = { alive: false };
  // Only in test mode are there ports, which the domain lacks.
  const origin = ctx.config.fastFederation && actor
    ? new URL(actor).origin
    : `https://${domain}`;
  try {
    found = await nodeInfo(ctx, origin);
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
  }
  const { alive, software = null, version = null } = found;
  await query(
    ctx,
    `update instance set software = coalesce($2, software), version = coalesce($3, version),
       updated_at = case when $4 then now() else updated_at end,
       checked_at = case when $2 is null and software is null
         then now() - interval '23 hours' else checked_at end
     where id = $1::int4`,
    [id, software, version, alive],
  );
}

/** Milliseconds between two looks for servers to ask. */
const POLL_MS = { normal: 5000, fast: 500 };

/** Asks servers what they run, beside everything else. */
export class InstanceChecks {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #working: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(private readonly context: Omit<JobContext, "now">) {}

  start(): void {
    const { fastFederation } = this.context.config;
    const poll = fastFederation ? POLL_MS.fast : POLL_MS.normal;
    const turn = async () => {
      let more = false;
      try {
        more = await checkInstances({ ...this.context, now: new Date() });
      } catch (error) {
        if (!isConnectionError(error)) {
          this.context.log.error("instances cannot be checked", { error });
        }
      }
      plan(more ? 0 : poll);
    };
    const plan = (delay: number) => {
      if (this.#stopped) return;
      this.#timer = setTimeout(() => this.#working = turn(), delay);
    };
    plan(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#working;
  }
}
