/** A file for the time of one piece of work. */
export interface TemporaryFile {
  path: string;
  /** Removes it, if it is still there. */
  remove(): Promise<void>;
}

/** Name parts by which the clean-up knows what a crash has left behind. */
export const TEMPORARY_PREFIX = "work-";

/** Names a new file in the directory, which is made if need be; the file itself is not made. */
export async function temporaryFile(directory: string): Promise<TemporaryFile> {
  await Deno.mkdir(directory, { recursive: true });
  const path = `${directory}/${TEMPORARY_PREFIX}${crypto.randomUUID()}`;
  return {
    path,
    async remove() {
      try {
        await Deno.remove(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}
