import { jwtVerify, SignJWT } from "jose";
import { batched } from "../../db/batcher.ts";
import { LOCAL_USER, PERSON, rowsOf, select } from "../columns.ts";
import { type Ctx, type Db, query, queryViews } from "../context.ts";
import { LemmyError } from "../errors.ts";
import type { SiteState } from "../site/load.ts";
import type { LocalUser, LoginToken, Person } from "../views.ts";
import { relationColumns, type Relations, relationsOf } from "./relations.ts";

/** The signed-in user of a request. */
export interface Viewer {
  local_user: LocalUser;
  person: Person;
  /** Banned from this site; such users may read, export and delete their account. */
  banned: boolean;
  ban_expires_at?: string;
  /** SHA-256 of the session's token, which names the session in `login_token`. */
  tokenHash: Uint8Array;
  /** Offices, blocks and languages, read when a listing first needs them. */
  relations?: Promise<Relations>;
  /** Communities with an accepted follow, read when a listing first needs them. */
  followed?: Promise<number[]>;
}

/** Who signed in from where; kept with the session for the user's own list. */
export interface ClientInfo {
  ip?: string;
  userAgent?: string;
}

const WEEK_SECONDS = 7 * 24 * 3600;
/** `exp` of a session that stays: the constant that Lemmy's clients know (accounts-and-site §2.8). */
const FOREVER_SECONDS = 8_210_266_876_799;
const LEEWAY_SECONDS = 60;

async function hashToken(token: string): Promise<Uint8Array> {
  return new Uint8Array(
    await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)),
  );
}

function hmacKey(site: SiteState): Uint8Array {
  return new TextEncoder().encode(site.jwtSecret);
}

/** Issues a session token for the user and stores the session. */
export async function createSession(
  ctx: Ctx,
  localUserId: number,
  options: { stayLoggedIn: boolean; client: ClientInfo },
): Promise<string> {
  const issuedAt = Math.floor(ctx.now.getTime() / 1000);
  const expiresAt = options.stayLoggedIn
    ? FOREVER_SECONDS
    : issuedAt + WEEK_SECONDS;
  const token = await new SignJWT({
    // Two sign-ins within a second must not share a session.
    jti: crypto.randomUUID(),
  }).setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(String(localUserId)).setIssuer(ctx.config.hostname)
    .setIssuedAt(issuedAt).setExpirationTime(expiresAt)
    .sign(hmacKey(ctx.site));
  await ctx.db.insertInto("login_token").values({
    token_hash: await hashToken(token),
    user_id: localUserId,
    published_at: ctx.now.toISOString(),
    expires_at: options.stayLoggedIn
      ? null
      : new Date(expiresAt * 1000).toISOString(),
    ip: options.client.ip ?? null,
    user_agent: options.client.userAgent?.slice(0, 500) ?? null,
  }).execute();
  return token;
}

/** What a token says once its signature has been checked. */
interface VerifiedToken {
  secret: string;
  userId: number;
  /** Milliseconds since 1970 from when on it is void, leeway included. */
  expires: number;
  tokenHash: Uint8Array;
}

/**
 * Signatures already checked. That a token was signed never changes, so only its time is checked
 * again, and the database says whether the session still exists.
 */
const verifiedTokens = new Map<string, VerifiedToken>();
const MAX_VERIFIED = 5000;
/** Ours have some 230 characters; longer ones are not worth remembering. */
const MAX_TOKEN = 1000;

async function verifyToken(
  site: SiteState,
  token: string,
): Promise<VerifiedToken | null> {
  const known = verifiedTokens.get(token);
  if (known && known.secret === site.jwtSecret) {
    return known.expires > Date.now() ? known : null;
  }
  let payload;
  try {
    ({ payload } = await jwtVerify(token, hmacKey(site), {
      algorithms: ["HS256"],
      clockTolerance: LEEWAY_SECONDS,
    }));
  } catch {
    // A token that does not verify is no token; the reason is of no use to its bearer.
    return null;
  }
  const userId = Number(payload.sub);
  if (!Number.isInteger(userId) || userId < 1 || userId > 0x7fffffff) {
    return null;
  }
  const verified: VerifiedToken = {
    secret: site.jwtSecret,
    userId,
    expires: payload.exp === undefined
      ? Infinity
      : (payload.exp + LEEWAY_SECONDS) * 1000,
    tokenHash: await hashToken(token),
  };
  if (token.length <= MAX_TOKEN) {
    if (verifiedTokens.size >= MAX_VERIFIED) verifiedTokens.clear();
    verifiedTokens.set(token, verified);
  }
  return verified;
}

/**
 * The user of a session token, or why there is none: `not_logged_in` for a token that is broken,
 * expired or revoked, `deleted` for a deleted account.
 */
export async function findSession(
  db: Db,
  site: SiteState,
  token: string,
  options: { relations?: boolean } = {},
): Promise<Found> {
  const verified = await verifyToken(site, token);
  if (verified === null) return "not_logged_in";
  return await (options.relations ? readRelatedSession : readSession)(
    { db },
    verified,
  );
}

type Found = Viewer | "not_logged_in" | "deleted";

/** Sessions in one query. */
const TOGETHER = 50;

const readSession = sessionReader({ relations: false });
const readRelatedSession = sessionReader({ relations: true });

/** Reads sessions, those asked for at the same time in one query. */
function sessionReader(options: { relations: boolean }) {
  return batched(
    async ({ db }: { db: Db }, tokens: VerifiedToken[]): Promise<Found[]> => {
      const found = await readViewers(
        db,
        `${rowsOf(["$1::text[]", "$2::int4[]"], "s (hash, user_id, nr)")}
         join login_token t on t.token_hash = decode(s.hash, 'hex') and t.user_id = s.user_id
         join local_user u on u.id = t.user_id`,
        [
          tokens.map(({ tokenHash }) => tokenHash.toHex()),
          tokens.map(({ userId }) => userId),
        ],
        options,
      );
      return tokens.map(({ tokenHash }, i) => {
        const viewer = found.get(i + 1) ?? "not_logged_in";
        return typeof viewer === "string" ? viewer : { ...viewer, tokenHash };
      });
    },
    { limit: TOGETHER },
  );
}

/**
 * The user of a feed's address. Only feeds may ask: the token stands in addresses, which are passed
 * on, so it must not open anything else.
 */
export async function findFeedReader(
  db: Db,
  token: string,
): Promise<Found> {
  return await readViewer(
    db,
    "feed_token t join local_user u on u.id = t.local_user_id and t.token = $1",
    [token],
  );
}

/** The user who is a person of this site, for what is done in the name of somebody not present. */
export async function findUser(
  db: Db,
  personId: number,
): Promise<Found> {
  return await readViewer(
    db,
    "(select * from local_user where person_id = $1::int4) u",
    [personId],
  );
}

type Row = Omit<Viewer, "tokenHash" | "relations" | "followed"> & {
  nr: number;
  related?: Parameters<typeof relationsOf>[0];
};

/** @param from SQL that gives the user as `u` */
async function readViewer(
  db: Db,
  from: string,
  parameters: readonly unknown[],
): Promise<Found> {
  const found = await readViewers(
    db,
    `(select 1 as nr) n cross join ${from}`,
    parameters,
    { relations: false },
  );
  return found.get(1) ?? "not_logged_in";
}

/**
 * @param from SQL that gives users as `u`, and as `nr` the keys of the answer
 * @param options.relations whether the relations are read as well
 */
async function readViewers(
  db: Db,
  from: string,
  parameters: readonly unknown[],
  options: { relations: boolean },
): Promise<Map<number, Exclude<Found, "not_logged_in">>> {
  const rows = await queryViews<Row>(
    { db },
    `select nr::int4, ${select("u", "local_user", LOCAL_USER)}, ${
      select("p", "person", PERSON)
    },
       b.received_ban_at is not null as banned, b.ban_expires_at${
      options.relations ? `, ${relationColumns("p.id", "u.id")}` : ""
    }
     from ${from}
     join person p on p.id = u.person_id
     left join instance_actions b on b.person_id = p.id and b.instance_id = p.instance_id`,
    parameters,
  );
  return new Map(rows.map(({ nr, related, ...viewer }) => [
    nr,
    viewer.person.deleted ? "deleted" : {
      ...viewer,
      tokenHash: new Uint8Array(),
      ...(related ? { relations: Promise.resolve(relationsOf(related)) } : {}),
    },
  ]));
}

/**
 * Who a token belongs to; anyone else is anonymous (accounts-and-site §9.2).
 * @param options.relations whether the user's relations are read along, which costs a tenth of
 * reading them later
 */
export async function authenticate(
  db: Db,
  site: SiteState,
  token: string | null,
  options: { relations?: boolean } = {},
): Promise<Viewer | null> {
  if (!token) return null;
  const found = await findSession(db, site, token, options);
  return typeof found === "string" ? null : found;
}

/** Ends the session of this request. */
export async function logout(ctx: Ctx): Promise<void> {
  const viewer = requireViewer(ctx);
  await ctx.db.deleteFrom("login_token")
    .where("token_hash", "=", viewer.tokenHash).execute();
}

/** Ends every session of the user. */
export async function endAllSessions(
  ctx: Ctx,
  localUserId: number,
): Promise<void> {
  await ctx.db.deleteFrom("login_token").where("user_id", "=", localUserId)
    .execute();
}

/** A session in the user's own list; `id` names it in pages and tells nothing of its token. */
export interface SessionRow extends LoginToken {
  id: string;
  current: boolean;
}

/** The caller's sessions, newest first. Expired ones are left out. */
export async function listSessions(ctx: Ctx): Promise<SessionRow[]> {
  const viewer = requireViewer(ctx);
  return await queryViews<SessionRow>(
    ctx,
    `select encode(token_hash, 'hex') as id, token_hash = $2::bytea as current, user_id,
       published_at, ip, user_agent
     from login_token where user_id = $1::int4 and (expires_at is null or expires_at > $3::timestamptz)
     order by published_at desc`,
    [viewer.local_user.id, viewer.tokenHash, ctx.now.toISOString()],
  );
}

/** Ends one of the caller's sessions by the id of `listSessions`; an unknown id is `not_found`. */
export async function revokeSession(ctx: Ctx, id: string): Promise<void> {
  const viewer = requireViewer(ctx);
  const rows = /^[0-9a-f]{64}$/.test(id)
    ? await query(
      ctx,
      `delete from login_token where token_hash = decode($1, 'hex') and user_id = $2::int4
       returning user_id`,
      [id, viewer.local_user.id],
    )
    : [];
  if (rows.length === 0) throw new LemmyError("not_found");
}

/** The signed-in user. @throws LemmyError `incorrect_login` (401) for anonymous callers */
export function requireViewer(ctx: Ctx): Viewer {
  if (!ctx.viewer) throw new LemmyError("incorrect_login");
  return ctx.viewer;
}
