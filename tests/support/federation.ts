import { createLogger } from "../../lib/cli/log.ts";
import { loadConfig } from "../../lib/config/mod.ts";
import {
  type FedCtx,
  federationContext,
} from "../../lib/federation/context.ts";
import { firstStart } from "../../lib/domain/site/first_start.ts";
import { loadSite } from "../../lib/domain/site/load.ts";
import { GuardedClient } from "../../lib/http/guarded_client.ts";
import type { JobContext } from "../../lib/jobs/job.ts";
import { testDatabase } from "./database.ts";

/** A site without accounts, in the test mode of federation, for tests of what crosses servers. */
export interface FederationSite {
  /** What its tasks work with. */
  job: JobContext;
  /** A context with a full budget; settings are read anew. */
  context(): Promise<FedCtx>;
  close(): Promise<void>;
}

/** @param options.production without the test mode */
export async function federationSite(
  options: { production?: boolean } = {},
): Promise<FederationSite> {
  const database = await testDatabase();
  const config = await loadConfig({
    env: {
      LEMMY_HOSTNAME: "tundra.localhost",
      ...!options.production && { LEMMY_TEST_FAST_FEDERATION: "1" },
    },
    cwd: "/",
  });
  await firstStart(database.kysely, config);
  const outgoing = GuardedClient.of(config);
  const job: JobContext = {
    db: database.kysely,
    sql: database.sql,
    config,
    log: createLogger({ write: () => {} }),
    outgoing,
    media: null,
    now: new Date(),
  };
  return {
    job,
    async context() {
      return federationContext({
        ...job,
        site: await loadSite(job.db),
        viewer: null,
        now: new Date(),
        shownImages: new Set(),
        wake() {},
        shareContent: (_, make) => make(),
        siteChanged() {},
      });
    },
    async close() {
      await outgoing.close();
      await database.close();
    },
  };
}
