import { constants, zstdCompressSync } from "node:zlib";
import { join, relative } from "node:path";

/** An entry of the payload: a file with its bytes, or a symbolic link. */
export interface Entry {
  path: string;
  /** Permission bits. */
  mode: number;
  size: number;
  /** Target of a symbolic link; then `size` is 0. */
  link?: string;
}

/**
 * Packs a folder: four bytes with the length of a JSON index, the index, then the files' bytes one
 * after the other, all of it compressed by zstd. `unpack.js` reads it; a format of our own because
 * the target may have no tar.
 * @param level of compression, 1 to 22
 */
export async function packFolder(
  folder: string,
  level = 12,
): Promise<Uint8Array> {
  const entries: Entry[] = [];
  const contents: Uint8Array[] = [];
  for await (const path of walk(folder)) {
    const info = await Deno.lstat(path);
    const entry: Entry = {
      path: relative(folder, path),
      mode: (info.mode ?? 0o644) & 0o777,
      size: 0,
    };
    if (info.isSymlink) entry.link = await Deno.readLink(path);
    else {
      const bytes = await Deno.readFile(path);
      entry.size = bytes.length;
      contents.push(bytes);
    }
    entries.push(entry);
  }
  const index = new TextEncoder().encode(JSON.stringify(entries));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, index.length);
  const plain = new Blob([length, index, ...contents] as BlobPart[]);
  return zstdCompressSync(new Uint8Array(await plain.arrayBuffer()), {
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
}

async function* walk(folder: string): AsyncGenerator<string> {
  const names: Deno.DirEntry[] = [];
  for await (const entry of Deno.readDir(folder)) names.push(entry);
  names.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const entry of names) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else yield path;
  }
}
