import type { Logger } from "../cli/log.ts";

/**
 * A name for all processes of one cluster: they carry it in their command line
 * (`cluster_name`), which every user may read, unlike their working directory.
 */
export async function clusterTag(directory: string): Promise<string> {
  const bytes = new TextEncoder().encode(directory);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `tundra-${new Uint8Array(digest).toHex().slice(0, 16)}`;
}

/** Process ids of a cluster that runs. */
export interface ClusterProcesses {
  /** Absent when it was killed and its children have not noticed yet. */
  postmaster?: number;
  children: number[];
}

/** Finds the processes of the cluster. */
export async function clusterProcesses(
  tag: string,
): Promise<ClusterProcesses> {
  const unnamed: number[] = [];
  const children: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    let command: string;
    try {
      command = await Deno.readTextFile(`/proc/${name}/cmdline`);
    } catch {
      continue; // It has just ended.
    }
    if (command.startsWith(`postgres: ${tag}:`)) children.push(Number(name));
    else if (command.split("\0").includes(`cluster_name=${tag}`)) {
      unnamed.push(Number(name));
    }
  }
  // A fresh child looks like its parent until it names itself.
  const [postmaster, ...fresh] = unnamed.sort((a, b) => a - b);
  return { postmaster, children: [...fresh, ...children] };
}

/** Milliseconds a postmaster gets for each way to end. */
const WAYS: [Deno.Signal, number][] = [
  // Fast shutdown: disconnects everyone and writes a checkpoint.
  ["SIGINT", 60_000],
  // Immediate: the next start recovers from the log.
  ["SIGQUIT", 5_000],
];
/** Milliseconds for children to notice that their parent is gone. */
const ORPHANS_PATIENCE = 2_000;
const KILL_PATIENCE = 10_000;

/**
 * Stops what a killed server left running on the cluster. With the postmaster gone its children
 * end by themselves, and must have ended before a new one starts; those that do not are killed,
 * which loses nothing, because the log is replayed.
 */
export async function stopLeftovers(tag: string, log: Logger): Promise<void> {
  const { postmaster, children } = await clusterProcesses(tag);
  if (postmaster !== undefined) {
    log.warn("stopping the database that an earlier run left behind", {
      pid: postmaster,
    });
    for (const [signal, patience] of WAYS) {
      kill(postmaster, signal);
      if (await allEnded(tag, patience)) return;
    }
  } else if (children.length === 0) return;
  if (await allEnded(tag, ORPHANS_PATIENCE)) return;
  const rest = await clusterProcesses(tag);
  for (const pid of [rest.postmaster, ...rest.children]) {
    if (pid !== undefined) kill(pid, "SIGKILL");
  }
  if (await allEnded(tag, KILL_PATIENCE)) return;
  throw new Error(`processes of ${tag} do not end, even by SIGKILL`);
}

async function allEnded(tag: string, patience: number): Promise<boolean> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    const { postmaster, children } = await clusterProcesses(tag);
    if (postmaster === undefined && children.length === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/** Signals a process that may have ended already. */
export function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
