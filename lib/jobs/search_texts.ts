import { sealTexts } from "../domain/text_index/seal.ts";
import type { JobContext } from "./job.ts";

/** Moves the texts of posts and comments into chunks once there are enough, for the search. */
export async function sealSearchTexts(ctx: JobContext): Promise<void> {
  await sealTexts(ctx.sql, { stopping: ctx.stopping });
}
