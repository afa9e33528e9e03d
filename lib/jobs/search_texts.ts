import { sealTexts } from "../domain/text_index/seal.ts";
import type { JobContext } from "./job.ts";

/** Milliseconds after which it lets other tasks have their turn; it is due again each minute. */
const TURN = 45_000;

/** Moves the texts of posts and comments into chunks once there are enough, for the search. */
export async function sealSearchTexts(ctx: JobContext): Promise<void> {
  const end = Date.now() + TURN;
  await sealTexts(ctx.sql, {
    stopping: () => ctx.stopping?.() || Date.now() > end,
  });
}
