/** Files in which Linux states the memory limit of a container (cgroup 2, then 1). */
const LIMIT_FILES = [
  "/sys/fs/cgroup/memory.max",
  "/sys/fs/cgroup/memory/memory.limit_in_bytes",
];

/** Bytes of memory this machine or container may use. */
export function machineMemory(): number {
  const limits = LIMIT_FILES.map((file) => {
    try {
      return Number(Deno.readTextFileSync(file).trim());
    } catch {
      return NaN; // no such limit
    }
  });
  const total = Deno.systemMemoryInfo().total;
  return Math.min(total, ...limits.filter((limit) => limit > 0));
}
