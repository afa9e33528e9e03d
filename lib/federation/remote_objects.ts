import type { Ctx } from "../domain/context.ts";
import { LemmyError } from "../domain/errors.ts";
import type {
  ActorKind,
  FoundObject,
  RemoteLookup,
} from "../domain/remote_lookup.ts";
import { type FedCtx, federationContext, FetchBudget } from "./context.ts";
import { FederationError } from "./errors.ts";
import {
  isStale,
  refreshActor,
  type ResolvedActor,
  type ResolvedContent,
  resolveName,
  resolveObject,
} from "./resolve.ts";

/** Milliseconds that a caller waits for; what is under way then goes on for the next one. */
const PATIENCE_MS = 20_000;
/** Actors fetched anew at once; further ones have to wait for the next time they are shown. */
const MAX_REFRESHES = 4;

/** Looks for what other servers have, for one HTTP worker. */
export class RemoteObjects implements RemoteLookup {
  #running = new Set<Promise<unknown>>();
  #budgets = new Set<FetchBudget>();
  #refreshing = new Set<string>();
  #closed = false;

  async object(ctx: Ctx, address: string): Promise<FoundObject> {
    return await this.#find(
      ctx,
      (ctx) => resolveObject(ctx, address),
      address,
    );
  }

  async actor(
    ctx: Ctx,
    name: { name: string; host: string },
    options: { kind?: ActorKind; only?: boolean },
  ): Promise<FoundObject> {
    return await this.#find(
      ctx,
      (ctx) => resolveName(ctx, name, options),
      `${name.name}@${name.host}`,
    );
  }

  refresh(
    ctx: Ctx,
    actor: { ap_id: string; local: boolean; last_refreshed_at: string },
  ): void {
    const { ap_id } = actor;
    if (
      !isStale(ctx, actor) || this.#refreshing.has(ap_id) ||
      this.#refreshing.size >= MAX_REFRESHES || this.#closed
    ) return;
    this.#refreshing.add(ap_id);
    this.#work(ctx, (ctx) => refreshActor(ctx, ap_id)).catch((error) => {
      if (error instanceof FederationError) return;
      ctx.log.error("an actor cannot be refreshed", { id: ap_id, error });
    }).finally(() => this.#refreshing.delete(ap_id));
  }

  /** Ends what is under way: no further request is made. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const budget of this.#budgets) budget.end();
    await Promise.allSettled(this.#running);
  }

  /** Work with a budget of its own, which nobody signed in stands behind. */
  async #work<Result>(
    ctx: Ctx,
    body: (ctx: FedCtx) => Promise<Result>,
  ): Promise<Result> {
    const budget = new FetchBudget();
    if (this.#closed) budget.end();
    const own = { ...ctx, viewer: null, shownImages: new Set<string>() };
    const work = body(federationContext(own, budget));
    this.#budgets.add(budget);
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#budgets.delete(budget);
      this.#running.delete(work);
    }
  }

  async #find(
    ctx: Ctx,
    resolve: (ctx: FedCtx) => Promise<ResolvedActor | ResolvedContent>,
    what: string,
  ): Promise<FoundObject> {
    try {
      const { kind, id } = await this.#patiently(this.#work(ctx, resolve));
      // A site has no page of its own.
      if (kind === "site") throw new FederationError("wrong_type", what);
      return { kind, id };
    } catch (error) {
      if (!(error instanceof FederationError)) throw error;
      ctx.log.debug("a look-up elsewhere failed", {
        what,
        error: error.message,
      });
      throw new LemmyError("resolve_object_failed", {
        detail: causeOf(error),
        cause: error,
      });
    }
  }

  async #patiently<Result>(work: Promise<Result>): Promise<Result> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new FederationError("fetch_failed", "no answer in time", {
              transient: true,
            }),
          ),
        PATIENCE_MS,
      );
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Refusals of hosts, whose detail is the sentence to show. */
const SENTENCES = new Set([
  "federation_disabled",
  "domain_blocked",
  "domain_not_in_allow_list",
]);

/** Rules that a received object may fail: their names are shown (federation §7.1). */
const RULES = new Set([
  "blocked_url",
  "invalid_body_field",
  "invalid_display_name",
  "invalid_url",
  "max_comment_depth_reached",
  "multi_community_entry_limit_reached",
  "nsfw_not_allowed",
  "object_is_not_private",
  "object_is_not_public",
  "person_is_banned_from_community",
  "post_is_locked",
  "site_ban",
  "site_description_length_overflow",
]);

function causeOf(error: FederationError): string {
  if (SENTENCES.has(error.code)) return error.detail ?? error.code;
  if (!RULES.has(error.code)) return error.message;
  return error.code.replace(/(?:^|_)(.)/g, (_, letter) => letter.toUpperCase());
}
