import { join } from "node:path";

/** What the executable may find on a bare machine besides its shell. */
const COREUTILS = ["tail", "head", "mkdir", "mv", "rm", "id", "chmod"];

/** A folder with links to coreutils, to be the whole `PATH`. */
export async function coreutilsOnly(folder: string): Promise<string> {
  const path = join(folder, "coreutils");
  await Deno.mkdir(path);
  for (const name of COREUTILS) {
    await Deno.symlink(`/usr/bin/${name}`, join(path, name));
  }
  return path;
}

export interface RunningExecutable {
  /** Milliseconds from the start to the first page. */
  milliseconds: number;
  /** Body of the first page. */
  page: string;
  /** Asks it to end and gives its exit status. */
  stop(): Promise<number>;
}

/** Runs `./tundra` in `folder`, which holds nothing else, until it serves its first page. */
export async function runExecutable(
  folder: string,
  path: string,
  port: number,
  patience = 60_000,
): Promise<RunningExecutable> {
  const started = performance.now();
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", "exec ./tundra"],
    cwd: folder,
    clearEnv: true,
    env: {
      PATH: path,
      HOME: folder,
      TUNDRA_PROGRAM_DIR: join(folder, "program"),
      LEMMY_DATA_DIR: join(folder, "data"),
      LEMMY_HOSTNAME: `localhost:${port}`,
      LEMMY_BIND: "127.0.0.1",
      LEMMY_PORT: String(port),
    },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let log = "";
  const reading = (async () => {
    for await (
      const text of child.stderr.pipeThrough(new TextDecoderStream())
    ) {
      log += text;
    }
  })();
  let ended: Deno.CommandStatus | undefined;
  child.status.then((status) => ended = status);
  const stop = async () => {
    if (!ended) child.kill("SIGTERM");
    const { code } = await child.status;
    await reading;
    return code;
  };
  while (performance.now() - started < patience) {
    if (ended) throw new Error(`the executable ended: ${log}`);
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/setup`);
      const page = await answer.text();
      if (answer.ok) {
        const milliseconds = Math.round(performance.now() - started);
        return { milliseconds, page, stop };
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error(`no page within ${patience} ms: ${log}`);
}
