import process from "node:process";

/**
 * Milliseconds, of ten or so each, for which this thread works on something. Unlike those of a clock
 * they are the same when others have the machine as well.
 */
export function cpuTime(work: () => unknown): number {
  const start = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}
