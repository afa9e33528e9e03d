import type { Config } from "../../config/mod.ts";
import { batched } from "../../db/batcher.ts";
import { type Ctx, query } from "../context.ts";

/** Servers that the admins shut out, or to which they restricted the site; domains in lower case. */
export interface FederationLists {
  blocked: ReadonlySet<string>;
  /** Empty: no restriction. */
  allowed: ReadonlySet<string>;
}

/** How long the lists may be served from memory, in milliseconds (federation §4.4). */
const MAX_AGE_MS = 60_000;

interface Remembered {
  readAt: number;
  lists: Promise<FederationLists>;
}

/** Of each process or worker, which has one configuration. */
const remembered = new WeakMap<Config, Remembered>();

/** The lists, at most a minute old; in the test mode of federation as they are now. */
export async function federationLists(
  ctx: Pick<Ctx, "db" | "config">,
): Promise<FederationLists> {
  const known = remembered.get(ctx.config);
  const maxAge = ctx.config.fastFederation ? 0 : MAX_AGE_MS;
  if (known && Date.now() - known.readAt < maxAge) return await known.lists;
  const lists = listsNow(ctx, null);
  remembered.set(ctx.config, { readAt: Date.now(), lists });
  lists.catch(() => remembered.delete(ctx.config));
  return await lists;
}

/** After a change of the lists: whoever asks next reads them anew. */
export function forgetFederationLists({ config }: Pick<Ctx, "config">): void {
  remembered.delete(config);
}

/** Those who ask at the same time share what is read after that. */
const listsNow = batched(
  async (ctx: Pick<Ctx, "db">, askers: null[]) => {
    const lists = await readLists(ctx);
    return askers.map(() => lists);
  },
  { limit: Infinity },
);

async function readLists(ctx: Pick<Ctx, "db">): Promise<FederationLists> {
  const rows = await query<{ domain: string; blocked: boolean }>(
    ctx,
    `select lower(i.domain) as domain, true as blocked
     from federation_blocklist b join instance i on i.id = b.instance_id
     where b.expires_at is null or b.expires_at > now()
     union all
     select lower(i.domain), false
     from federation_allowlist a join instance i on i.id = a.instance_id`,
  );
  const domains = (blocked: boolean) =>
    new Set(
      rows.filter((row) => row.blocked === blocked).map((row) => row.domain),
    );
  return { blocked: domains(true), allowed: domains(false) };
}
