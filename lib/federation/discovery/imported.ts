import {
  type ImportLists,
  importLists,
} from "../../domain/account/import_lists.ts";
import { findUser } from "../../domain/account/session.ts";
import { type Ctx, inTransaction } from "../../domain/context.ts";
import type { FedCtx } from "../context.ts";
import { hostOf } from "../ids.ts";
import {
  resolveComment,
  resolveCommunity,
  resolvePerson,
  resolvePost,
  resolveSite,
} from "../resolve.ts";
import { finish, resolveTaken, type Taken } from "./queue.ts";

/** An entry of an imported file that is not known here yet. */
export interface ImportFetch {
  id: number;
  person_id: number;
  list: keyof ImportLists;
  entry: string;
  attempts: number;
}

/** How an entry of each list is found; the result is what `importLists` knows it by. */
const FINDERS: Record<
  keyof ImportLists,
  (ctx: FedCtx, entry: string) => Promise<string>
> = {
  followed_communities: community,
  saved_posts: async (ctx, id) => (await resolvePost(ctx, id)).ap_id,
  saved_comments: async (ctx, id) => (await resolveComment(ctx, id)).ap_id,
  blocked_communities: community,
  blocked_users: async (ctx, id) => (await resolvePerson(ctx, id)).ap_id,
  blocked_instances_communities: domain,
  blocked_instances_persons: domain,
};

async function community(ctx: FedCtx, id: string): Promise<string> {
  return (await resolveCommunity(ctx, id)).ap_id;
}

async function domain(ctx: FedCtx, domain: string): Promise<string> {
  const { ap_id } = await resolveSite(ctx, `https://${domain}/`);
  return hostOf(ap_id)!;
}

/**
 * Fetches what a person has imported, and follows, saves or blocks it as the person might do by
 * hand (accounts-and-site §3.10). What cannot be had is logged and forgotten.
 */
export async function fetchImported(
  ctx: Ctx,
  wish: ImportFetch,
  stopping: AbortSignal,
): Promise<void> {
  const taken: Taken = {
    table: "import_fetch",
    key: "id",
    id: wish.id,
    attempts: wish.attempts,
  };
  const viewer = await findUser(ctx.db, wish.person_id);
  if (typeof viewer === "string" || viewer.banned) {
    return await finish(ctx, taken);
  }
  const entry = await resolveTaken(
    ctx,
    taken,
    stopping,
    (ctx) => FINDERS[wish.list](ctx, wish.entry),
  );
  if (entry === undefined) return;
  await inTransaction({ ...ctx, viewer }, async (ctx) => {
    await importLists(ctx, { ...NOTHING, [wish.list]: [entry] });
    await finish(ctx, taken);
  });
}

const NOTHING: ImportLists = {
  followed_communities: [],
  saved_posts: [],
  saved_comments: [],
  blocked_communities: [],
  blocked_users: [],
  blocked_instances_communities: [],
  blocked_instances_persons: [],
};
