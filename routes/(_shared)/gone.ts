import { HttpError } from "fresh";
import { LemmyError } from "../../lib/domain/errors.ts";
import type { Gone } from "../../lib/domain/gone.ts";

/**
 * Reads what a page shows. Where it was and is no more the page says so, with status 410 (web-ui
 * §1.4).
 * @param why finds out what became of it when it is not found
 */
export async function readOrGone<T>(
  read: Promise<T>,
  why: () => Promise<Gone | null>,
): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof LemmyError) || error.code !== "not_found") {
      throw error;
    }
    const gone = await why();
    if (gone === null) throw error;
    throw new HttpError(410, gone);
  }
}
