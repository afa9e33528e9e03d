import type { Ctx } from "../../domain/context.ts";

/** What activities are built with: in a transaction, so that nothing is fetched. */
export interface Building extends Ctx {
  /** Whether mentions have been looked up: those still unknown then stay so. */
  mentionsLookedUp: boolean;
}
