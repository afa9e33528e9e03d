import type { Ctx } from "../context.ts";
import { LemmyError } from "../errors.ts";
import { requireMedia } from "./media.ts";

const KEY = "00000000-health";

/**
 * Writes, reads and removes a file of the image store.
 * @throws LemmyError `unknown` with what went wrong
 */
export async function checkImageHealth(ctx: Ctx): Promise<void> {
  const { store, newFile } = requireMedia(ctx);
  const key = `${KEY}-${crypto.randomUUID().slice(0, 8)}`;
  try {
    const file = await newFile();
    await Deno.writeTextFile(file.path, "health");
    await store.put(key, file.path, "text/plain");
    const stored = await store.open(key);
    const text = stored && await new Response(stored.body).text();
    await store.remove(key);
    if (text !== "health") throw new Error("a stored file cannot be read");
  } catch (error) {
    ctx.log.error("the image store does not work", { error });
    throw new LemmyError("unknown", {
      detail: "the image store does not work",
      cause: error,
    });
  }
}
