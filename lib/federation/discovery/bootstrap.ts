import { z } from "zod";
import { type Ctx, inTransaction, query } from "../../domain/context.ts";
import { LemmyError } from "../../domain/errors.ts";
import { welcome } from "../../domain/site/welcome.ts";
import { FederationError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { checkUrl } from "../policy.ts";
import { resolveCommunity } from "../resolve.ts";
import { fetchError } from "../signed_request.ts";
import { finish, resolveTaken, type Taken } from "./queue.ts";

/** A community that a new site gets to know; without an address, the question which ones. */
export interface BootstrapFetch {
  id: number;
  address: string | null;
  attempts: number;
}

/** Communities of the project itself, which every site gets to know. */
const PROJECT = [
  "https://lemmy.ml/c/lemmy",
  "https://lemmy.ml/c/announcements",
];
const MAX_COMMUNITIES = 50;
const PATH =
  `/api/v4/community/list?type_=all&sort=active_monthly&limit=${MAX_COMMUNITIES}`;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;

const list = z.object({
  items: z.array(z.object({
    community: z.object({ ap_id: z.string(), nsfw: z.boolean() }),
  })),
});

/**
 * Takes one step of a new site's bootstrap: gives it a community of its own and asks the configured
 * sites, until one answers, for their busiest ones, or fetches one of these. They are a second
 * apart.
 */
export async function bootstrap(
  ctx: Ctx,
  wish: BootstrapFetch,
  stopping: AbortSignal,
): Promise<void> {
  const taken: Taken = {
    table: "bootstrap_fetch",
    key: "id",
    id: wish.id,
    attempts: wish.attempts,
  };
  const { address } = wish;
  if (address === null) {
    await begin(ctx);
    const found = await busiest(ctx);
    await inTransaction(ctx, async (ctx) => {
      await want(ctx, [...new Set([...PROJECT, ...found])]);
      await finish(ctx, taken);
    });
    return;
  }
  const found = await resolveTaken(
    ctx,
    taken,
    stopping,
    (ctx) => resolveCommunity(ctx, address),
  );
  if (found) await finish(ctx, taken);
}

/** The site's own first community; one that cannot have it does without. */
async function begin(ctx: Ctx): Promise<void> {
  try {
    await welcome(ctx);
  } catch (error) {
    if (!(error instanceof LemmyError)) throw error;
    ctx.log.debug("a new site is not welcomed", { error: error.code });
  }
}

async function want(ctx: Ctx, addresses: readonly string[]): Promise<void> {
  await query(
    ctx,
    `insert into bootstrap_fetch (address, due_at)
     select address, $2::timestamptz + position * interval '1 second'
     from unnest($1::text[]) with ordinality as list (address, position)
     on conflict do nothing`,
    [addresses, ctx.now.toISOString()],
  );
}

/** The busiest communities by the first site that says them; those for adults are left out. */
async function busiest(ctx: Ctx): Promise<string[]> {
  for (const instance of ctx.config.setup.bootstrapInstances) {
    try {
      const { items } = await ask(ctx, instance);
      return items.filter(({ community }) => !community.nsfw)
        .slice(0, MAX_COMMUNITIES).map(({ community }) => community.ap_id);
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      ctx.log.debug("a site does not name its communities", {
        instance,
        error: error.message,
      });
    }
  }
  return [];
}

async function ask(ctx: Ctx, instance: string): Promise<z.output<typeof list>> {
  const url = await checkUrl(ctx, `https://${instance}${PATH}`);
  let text: string;
  try {
    const response = await ctx.outgoing.request(url, {
      timeout: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
      headers: { accept: "application/json" },
    });
    if (response.status !== 200) {
      response.discard();
      throw new FederationError("fetch_failed", `status ${response.status}`);
    }
    text = await response.text();
  } catch (error) {
    throw fetchError(error);
  }
  const found = list.safeParse(parseJson(text));
  if (!found.success) throw new FederationError("unreadable", "is no list");
  return found.data;
}
