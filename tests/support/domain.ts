import { GuardedClient } from "../../lib/http/guarded_client.ts";
import { loadConfig } from "../../lib/config/mod.ts";
import { createLogger } from "../../lib/cli/log.ts";
import { findSession } from "../../lib/domain/account/session.ts";
import { register } from "../../lib/domain/account/register.ts";
import type { Ctx, Db } from "../../lib/domain/context.ts";
import { createCommunity } from "../../lib/domain/community/create.ts";
import type { Sql } from "../../lib/db/connection.ts";
import { firstStart } from "../../lib/domain/site/first_start.ts";
import { loadSite } from "../../lib/domain/site/load.ts";
import { testDatabase } from "./database.ts";

/** A site in its own database, for tests of the domain without HTTP. */
export interface TestSite {
  db: Db;
  sql: Sql;
  /** A context for anonymous callers; settings are read anew at each call. */
  anonymous(): Promise<Ctx>;
  /** A fresh account's context; the first one is the admin. */
  signUp(name: string): Promise<Ctx>;
  /** The same user with today's settings and state. */
  refresh(ctx: Ctx): Promise<Ctx>;
  close(): Promise<void>;
}

export const PASSWORD = "correct horse battery";

/** Starts a site that is set up and open for registration, with the admin `admin`. */
export async function testSite(): Promise<TestSite & { admin: Ctx }> {
  const database = await testDatabase();
  const db = database.kysely;
  const config = await loadConfig({
    env: { LEMMY_HOSTNAME: "tundra.test" },
    cwd: "/",
  });
  await firstStart(db, config);
  const outgoing = GuardedClient.of(config);
  const log = createLogger({ write: () => {} });
  const anonymous = async (): Promise<Ctx> => ({
    db,
    config,
    log,
    site: await loadSite(db),
    viewer: null,
    now: new Date(),
    outgoing,
    media: null,
    shownImages: new Set(),
    wake() {},
    shareContent: (_, make) => make(),
    siteChanged() {},
  });
  const signUp = async (name: string): Promise<Ctx> => {
    const ctx = await anonymous();
    const { jwt } = await register(ctx, {
      username: name,
      password: PASSWORD,
      password_verify: PASSWORD,
      answer: "please",
    }, { ip: "127.0.0.1", loopback: true });
    const viewer = await findSession(db, ctx.site, jwt!);
    if (typeof viewer === "string") throw new Error(viewer);
    return { ...ctx, viewer };
  };
  const admin = await signUp("admin");
  await db.updateTable("local_site").set({
    site_setup: true,
    registration_mode: "open",
  }).execute();
  return {
    db,
    sql: database.sql,
    admin,
    anonymous,
    signUp,
    async refresh(ctx) {
      const fresh = await anonymous();
      return {
        ...fresh,
        viewer: ctx.viewer && {
          ...ctx.viewer,
          relations: undefined,
          followed: undefined,
        },
      };
    },
    close: () => database.close(),
  };
}

/** A community of the caller's. */
export async function makeCommunity(
  ctx: Ctx,
  name: string,
  options: Partial<Parameters<typeof createCommunity>[1]> = {},
): Promise<number> {
  const view = await createCommunity(ctx, { name, ...options });
  return view.community.id;
}
