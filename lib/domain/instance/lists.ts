import { type Ctx, inTransaction, query } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { checkExpiry } from "../moderation/ban_terms.ts";
import { recordModlog } from "../modlog/record.ts";
import { requireAdmin } from "../permissions.ts";
import { forgetFederationLists } from "./federation_lists.ts";
import { type FederatedInstanceView, readInstance } from "./view.ts";

/**
 * Refuses everything from and to a server, or ends that (accounts-and-site §5.6).
 * @param input.instance domain; a server nobody has heard of may be named
 * @throws LemmyError `not_an_admin`, `invalid_unix_time`, `ban_expiration_in_past`,
 * `cannot_combine_federation_blocklist_and_allowlist` while there is an allow list,
 * `invalid_url` for what is no domain, `couldnt_create` for one that is blocked already,
 * `not_found` for this server itself
 */
export async function blockFederatedInstance(
  ctx: Ctx,
  input: {
    instance: string;
    block: boolean;
    reason: string;
    /** Unix seconds. */
    expires_at?: number;
  },
): Promise<FederatedInstanceView> {
  requireAdmin(ctx);
  const expires_at = checkExpiry(ctx, input.expires_at);
  return await changeList(ctx, input, {
    table: "federation_blocklist",
    other: "federation_allowlist",
    add: input.block,
    expires_at,
  });
}

/**
 * Puts a server on the list of the only ones to federate with, or takes it off.
 * @throws LemmyError as `blockFederatedInstance`, the lists exchanged
 */
export async function allowFederatedInstance(
  ctx: Ctx,
  input: { instance: string; allow: boolean; reason: string },
): Promise<FederatedInstanceView> {
  requireAdmin(ctx);
  return await changeList(ctx, input, {
    table: "federation_allowlist",
    other: "federation_blocklist",
    add: input.allow,
  });
}

/** An address or a handle would never match a server, and keep nobody out. */
const NO_DOMAIN = /[\s/\\@?#]/;
/** RFC 1035 §2.3.4. */
const MAX_DOMAIN = 253;

interface Change {
  table: "federation_blocklist" | "federation_allowlist";
  other: "federation_blocklist" | "federation_allowlist";
  add: boolean;
  expires_at?: string | null;
}

async function changeList(
  ctx: Ctx,
  { instance, reason }: { instance: string; reason: string },
  { table, other, add, expires_at }: Change,
): Promise<FederatedInstanceView> {
  const domain = instance.trim().toLowerCase();
  if (add && (NO_DOMAIN.test(domain) || domain.length > MAX_DOMAIN)) {
    throw new LemmyError("invalid_url", { field: "instance" });
  }
  const view = await inTransaction(ctx, async (ctx) => {
    // Two admins who fill both lists at the same moment come one after the other.
    await query(ctx, `lock table federation_blocklist in exclusive mode`);
    const [{ combined }] = await query<{ combined: boolean }>(
      ctx,
      `select exists (select from ${other}) as combined`,
    );
    if (combined) {
      throw new LemmyError("cannot_combine_federation_blocklist_and_allowlist");
    }
    const id = await findOrCreate(ctx, domain);
    if (add) {
      const added = await ctx.db.insertInto(table).values({
        instance_id: id,
        published_at: ctx.now.toISOString(),
        ...(table === "federation_blocklist" && { expires_at }),
      }).onConflict((conflict) => conflict.doNothing())
        .returning("instance_id").executeTakeFirst();
      if (!added) throw new LemmyError("couldnt_create");
    } else {
      await ctx.db.deleteFrom(table).where("instance_id", "=", id).execute();
    }
    await recordModlog(ctx, {
      kind: table === "federation_blocklist"
        ? "admin_block_instance"
        : "admin_allow_instance",
      is_revert: !add,
      reason,
      expires_at,
      target_instance_id: id,
    });
    return await readInstance(ctx, id);
  });
  forgetFederationLists(ctx);
  return view;
}

/** Id of the server with this domain, which gets a row if it has none. */
async function findOrCreate(ctx: Ctx, domain: string): Promise<number> {
  if (domain === "" || domain === ctx.site.instance.domain.toLowerCase()) {
    throw new LemmyError("not_found");
  }
  await query(
    ctx,
    `insert into instance (domain, published_at) values ($1, $2::timestamptz) on conflict do nothing`,
    [domain, ctx.now.toISOString()],
  );
  const [{ id }] = await query<{ id: number }>(
    ctx,
    "select id from instance where lower(domain) = $1",
    [domain],
  );
  return id;
}
