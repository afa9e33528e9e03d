import { type Ctx, query } from "../context.ts";
import { requireViewer } from "./session.ts";

/** 192 random bits, fit for an address. */
function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({
    alphabet: "base64url",
  });
}

/** The token in the caller's feed addresses; made when it is first asked for. */
export async function readFeedToken(ctx: Ctx): Promise<string> {
  const { local_user } = requireViewer(ctx);
  const rows = await query<{ token: string }>(
    ctx,
    "select token from feed_token where local_user_id = $1::int4",
    [local_user.id],
  );
  if (rows.length > 0) return rows[0].token;
  const [{ token }] = await query<{ token: string }>(
    ctx,
    `insert into feed_token (local_user_id, token) values ($1::int4, $2)
     on conflict (local_user_id) do update set token = feed_token.token
     returning token`,
    [local_user.id, newToken()],
  );
  return token;
}

/** Gives the caller's feeds new addresses; the old ones answer nobody any more. */
export async function rotateFeedToken(ctx: Ctx): Promise<void> {
  const { local_user } = requireViewer(ctx);
  await query(
    ctx,
    `insert into feed_token (local_user_id, token) values ($1::int4, $2)
     on conflict (local_user_id) do update set token = excluded.token, published_at = now()`,
    [local_user.id, newToken()],
  );
}
