import { type Ctx, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireAdmin } from "../permissions.ts";
import { shared } from "../site/load.ts";
import { cleanUrl } from "../text/urls.ts";
import type { AdminOAuthProvider, PublicOAuthProvider } from "../views.ts";

/** Providers that people may sign in through (accounts-and-site §2.11). */

/** What may be told to admins: all but the secret. */
const COLUMNS = `id display_name issuer authorization_endpoint token_endpoint
  userinfo_endpoint id_claim client_id scopes auto_verify_email account_linking_enabled enabled
  published_at updated_at use_pkce`.split(/\s+/).join(", ");

export interface CreateOAuthProvider {
  display_name: string;
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint: string;
  /** Member of the user info that names the user for ever, such as `sub`. */
  id_claim: string;
  client_id: string;
  client_secret: string;
  scopes: string;
  auto_verify_email?: boolean;
  account_linking_enabled?: boolean;
  use_pkce?: boolean;
  enabled?: boolean;
}

/** Absent and "" mean unchanged. Issuer and client id stay as they are. */
export type EditOAuthProvider =
  & { id: number }
  & Partial<Omit<CreateOAuthProvider, "issuer" | "client_id">>;

/**
 * Adds a provider.
 * @throws LemmyError `not_an_admin`, `unknown` for an address that is none, `couldnt_create` when
 * the client id is taken
 */
export async function createOAuthProvider(
  ctx: Ctx,
  input: CreateOAuthProvider,
): Promise<AdminOAuthProvider> {
  requireAdmin(ctx);
  const url = (field: keyof CreateOAuthProvider) =>
    checkUrl(String(input[field]), () =>
      new LemmyError("unknown", {
        detail: `${field} is not an http(s) URL`,
        field,
      }));
  const row = await ctx.db.insertInto("oauth_provider").values({
    ...input,
    issuer: url("issuer"),
    authorization_endpoint: url("authorization_endpoint"),
    token_endpoint: url("token_endpoint"),
    userinfo_endpoint: url("userinfo_endpoint"),
    published_at: ctx.now.toISOString(),
  }).onConflict((conflict) => conflict.column("client_id").doNothing())
    .returning("id").executeTakeFirst();
  if (!row) throw new LemmyError("couldnt_create", { field: "client_id" });
  ctx.siteChanged();
  return await readProvider(ctx, row.id);
}

/**
 * Changes a provider.
 * @throws LemmyError `not_an_admin`, `invalid_url`, `couldnt_update` for an unknown one
 */
export async function editOAuthProvider(
  ctx: Ctx,
  { id, ...input }: EditOAuthProvider,
): Promise<AdminOAuthProvider> {
  requireAdmin(ctx);
  const kept = (text: string | undefined) => text || undefined;
  const url = (
    field: "authorization_endpoint" | "token_endpoint" | "userinfo_endpoint",
  ) => {
    const text = kept(input[field]);
    return text === undefined
      ? undefined
      : checkUrl(text, () => new LemmyError("invalid_url", { field }));
  };
  const updated = await ctx.db.updateTable("oauth_provider").set({
    ...input,
    display_name: kept(input.display_name),
    authorization_endpoint: url("authorization_endpoint"),
    token_endpoint: url("token_endpoint"),
    userinfo_endpoint: url("userinfo_endpoint"),
    id_claim: kept(input.id_claim),
    client_secret: kept(input.client_secret),
    scopes: kept(input.scopes),
    updated_at: ctx.now.toISOString(),
  }).where("id", "=", id).returning("id").execute();
  if (updated.length === 0) throw new LemmyError("couldnt_update");
  ctx.siteChanged();
  return await readProvider(ctx, id);
}

/**
 * Removes a provider; an unknown one is gone already.
 * @throws LemmyError `not_an_admin`, `deleted` while accounts sign in through it
 */
export async function deleteOAuthProvider(
  ctx: Ctx,
  input: { id: number },
): Promise<void> {
  requireAdmin(ctx);
  try {
    await ctx.db.deleteFrom("oauth_provider").where("id", "=", input.id)
      .execute();
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== FOREIGN_KEY_VIOLATION) {
      throw cause;
    }
    throw new LemmyError("deleted", { cause });
  }
  ctx.siteChanged();
}

const FOREIGN_KEY_VIOLATION = "23503";

/** Only what a browser may be sent to: an address must not run as a script. */
function checkUrl(text: string, error: () => LemmyError): string {
  const url = cleanUrl(text.trim());
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) throw error();
  return url;
}

async function readProvider(
  ctx: Ctx,
  id: number,
): Promise<AdminOAuthProvider> {
  const [provider] = await queryViews<AdminOAuthProvider>(
    ctx,
    `select ${COLUMNS} from oauth_provider where id = $1::int4`,
    [id],
  );
  return provider;
}

/** All providers, as admins see them; kept as long as the site's state. */
export async function listOAuthProviders(
  ctx: Ctx,
): Promise<AdminOAuthProvider[]> {
  return await shared(ctx.site, "oauth providers", async () => {
    return await queryViews<AdminOAuthProvider>(
      ctx,
      `select ${COLUMNS} from oauth_provider order by id`,
    );
  });
}

/** What everybody may know of a provider. */
export function publicProvider(
  provider: AdminOAuthProvider,
): PublicOAuthProvider {
  return {
    id: provider.id,
    display_name: provider.display_name,
    authorization_endpoint: provider.authorization_endpoint,
    client_id: provider.client_id,
    scopes: provider.scopes,
    use_pkce: provider.use_pkce,
  };
}
