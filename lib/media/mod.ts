import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../config/mod.ts";
import { S3Store } from "./s3_store.ts";
import { DirectoryStore, type MediaStore } from "./store.ts";
import { type TemporaryFile, temporaryFile } from "./temporary.ts";

export { blurhashOf, inspect, type Inspection, makeCopy } from "./pictures.ts";
export { MediaError } from "./limits.ts";
export * from "./kinds.ts";

/** Where images are kept and worked on. */
export interface Media {
  store: MediaStore;
  /** Directory for files that are being worked on. */
  temp: string;
  newFile(): Promise<TemporaryFile>;
}

/** The image store of the configuration; null when images are switched off. */
export function openMedia(
  config: Pick<Config, "pictrsEnabled" | "images" | "dataDir">,
): Media | null {
  if (!config.pictrsEnabled) return null;
  const { images } = config;
  const temp = join(
    images.kind === "directory" ? images.directory : config.dataDir,
    "work",
  );
  const store = images.kind === "directory"
    ? new DirectoryStore(images.directory)
    : new S3Store(images, temp);
  return { store, temp, newFile: () => temporaryFile(temp) };
}

/** SHA-256 of a text, hexadecimal. */
export function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** SHA-256 of a file, hexadecimal, read piece by piece. */
export async function hashFile(path: string): Promise<string> {
  using file = await Deno.open(path);
  const hash = createHash("sha256");
  const buffer = new Uint8Array(64 * 1024);
  for (;;) {
    const count = await file.read(buffer);
    if (count === null) return hash.digest("hex");
    hash.update(buffer.subarray(0, count));
  }
}
