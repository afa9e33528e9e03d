/**
 * Puts every file of a folder through the checks and the copying of uploads, in a process of its
 * own whose memory can be told: `torture_child.ts FOLDER` writes one line of JSON.
 */
import { join } from "node:path";
import {
  inspect,
  type Inspection,
  isVideo,
  makeCopy,
  MediaError,
  type PictureFormat,
} from "../../lib/media/mod.ts";

export interface Verdict {
  name: string;
  /** Why it was refused; absent if it was taken. */
  refused?: string;
  milliseconds: number;
  /** MiB of the process at most meanwhile. */
  peak: number;
}

export interface TortureReport {
  verdicts: Verdict[];
  /** MiB of the process at rest. */
  before: number;
}

const TIMEOUT_MS = 5000;
const [folder] = Deno.args;

async function memory(field: "VmRSS" | "VmHWM"): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  const kilobytes = new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1];
  return Math.round(Number(kilobytes) / 1024);
}

async function treat(name: string): Promise<void> {
  const path = join(folder, name);
  const source: Inspection = await inspect(path);
  if (isVideo(source.format)) {
    await Deno.copyFile(path, join(folder, "out", name));
    return;
  }
  await makeCopy(path, join(folder, "out", name), source, {
    format: source.format as PictureFormat,
    maxSize: 1024,
    timeout: TIMEOUT_MS,
  });
}

const names = [];
for await (const entry of Deno.readDir(folder)) {
  if (entry.isFile) names.push(entry.name);
}
names.sort();
await Deno.mkdir(join(folder, "out"));
// The library itself is no file's fault.
await treat(names.find((name) => name.startsWith("good"))!);
const before = await memory("VmRSS");
const verdicts: Verdict[] = [];
for (const name of names) {
  // Begins the measuring of the highest memory anew.
  await Deno.writeTextFile("/proc/self/clear_refs", "5");
  const start = performance.now();
  let refused: string | undefined;
  try {
    await treat(name);
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    refused = error.message;
  }
  const milliseconds = Math.round(performance.now() - start);
  const peak = await memory("VmHWM");
  verdicts.push({ name, refused, milliseconds, peak });
}
const report: TortureReport = { verdicts, before };
console.log(JSON.stringify(report));
