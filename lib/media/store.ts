import { join } from "node:path";

/** A stored file as it is read. */
export interface StoredFile {
  /** Bytes of the part that is read. */
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** First and last byte that are wanted, as in HTTP. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Where the bytes of images are kept: a directory, or a bucket. */
export interface MediaStore {
  /** Stores a local file and removes it from where it is. */
  put(key: string, path: string, contentType: string): Promise<void>;
  /** Opens a stored file; null when it is not there. */
  open(key: string, range?: ByteRange): Promise<StoredFile | null>;
  /** A path under which the file can be read until `release`; null when it is not there. */
  local(
    key: string,
  ): Promise<{ path: string; release(): Promise<void> } | null>;
  /** Removes a file; success also when it is gone already. */
  remove(key: string): Promise<void>;
  /** Every stored file. */
  list(): AsyncIterable<{ key: string; modifiedAt: Date }>;
}

/**
 * Keys start with the hash of the content; its first characters are folders, so that none holds
 * too many entries.
 */
function pathOf(root: string, key: string): string {
  if (!/^[0-9a-z-]{8,100}$/.test(key)) throw new Error(`a bad key: ${key}`);
  return join(root, key.slice(0, 2), key.slice(2, 4), key);
}

/** Images in a directory, which several nodes may share. */
export class DirectoryStore implements MediaStore {
  #root: string;

  constructor(directory: string) {
    this.#root = join(directory, "files");
  }

  async put(key: string, path: string, _contentType: string): Promise<void> {
    const target = pathOf(this.#root, key);
    await Deno.mkdir(join(target, ".."), { recursive: true });
    const partial = `${target}.part`;
    // The temporary file may be on another disk.
    await Deno.copyFile(path, partial);
    using file = await Deno.open(partial, { write: true });
    await file.sync();
    await Deno.rename(partial, target);
    await Deno.remove(path);
  }

  async open(key: string, range?: ByteRange): Promise<StoredFile | null> {
    try {
      const file = await Deno.open(pathOf(this.#root, key));
      if (!range) return { body: file.readable };
      await file.seek(range.start, Deno.SeekMode.Start);
      const length = range.end - range.start + 1;
      return { body: file.readable.pipeThrough(firstBytes(length)) };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  async local(key: string) {
    const path = pathOf(this.#root, key);
    try {
      await Deno.stat(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    return { path, release: () => Promise.resolve() };
  }

  async remove(key: string): Promise<void> {
    try {
      await Deno.remove(pathOf(this.#root, key));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  async *list() {
    for await (const path of files(this.#root)) {
      const { mtime } = await Deno.stat(path);
      yield {
        key: path.slice(path.lastIndexOf("/") + 1),
        modifiedAt: mtime ?? new Date(),
      };
    }
  }
}

async function* files(folder: string): AsyncGenerator<string> {
  const entries = [];
  try {
    for await (const entry of Deno.readDir(folder)) entries.push(entry);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* files(path);
    else if (!entry.name.endsWith(".part")) yield path;
  }
}

/** Passes so many bytes and ends. */
function firstBytes(length: number) {
  let left = length;
  return new TransformStream<
    Uint8Array<ArrayBuffer>,
    Uint8Array<ArrayBuffer>
  >({
    transform(chunk, controller) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) controller.enqueue(part);
      if (left === 0) controller.terminate();
    },
  });
}
