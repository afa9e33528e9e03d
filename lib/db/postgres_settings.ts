const MiB = 1024 * 1024;
const GiB = 1024 * MiB;

export interface SettingsInput {
  socketDir: string;
  /** Bytes the machine or container has. */
  memory: number;
  /** Processor cores. */
  cores: number;
  maxConnections: number;
  /** False only for throw-away clusters of tests: a power cut then loses everything. */
  durable: boolean;
}

/**
 * `tundra.conf`, written anew at every start so that it follows the machine. One node reads and
 * writes here and nothing replicates, so everything for replication is off. On 1 GB the server
 * rests at about 9 MB (deno-notes, "Memory"); from there its cache grows to a quarter of the
 * memory beyond the first GiB, at most 128 MB: more would rest in memory unused, and the kernel's
 * cache does the rest.
 */
export function postgresSettings(input: SettingsInput): string {
  const { memory, cores, durable } = input;
  const small = memory < 1.25 * GiB;
  const mebibytes = (bytes: number) => `${Math.floor(bytes / MiB)}MB`;
  const settings: Record<string, string | number> = {
    listen_addresses: "",
    unix_socket_directories: quotedList(input.socketDir),
    unix_socket_permissions: "0700",
    max_connections: input.maxConnections,
    shared_buffers: small
      ? "16MB"
      : mebibytes(Math.min(128 * MiB, (memory - GiB) / 4)),
    effective_cache_size: mebibytes(memory / 2),
    work_mem: small ? "2MB" : "8MB",
    maintenance_work_mem: small ? "16MB" : "128MB",
    io_method: "sync",
    wal_level: "minimal",
    max_wal_senders: 0,
    max_replication_slots: 0,
    max_logical_replication_workers: 0,
    max_worker_processes: small ? 2 : 8,
    max_parallel_workers_per_gather: cores > 2 && !small ? 2 : 0,
    autovacuum_max_workers: small ? 1 : 3,
    // Counters and ranks are updated all the time; dead rows are to go while they are few.
    autovacuum_vacuum_scale_factor: 0.05,
    autovacuum_analyze_scale_factor: 0.05,
    min_wal_size: "32MB",
    max_wal_size: small ? "256MB" : "1GB",
    checkpoint_timeout: "15min",
    wal_compression: "on",
    // Flash storage reads anywhere at about the same price.
    random_page_cost: 1.1,
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    log_destination: "stderr",
    logging_collector: "off",
    log_line_prefix: "",
    log_checkpoints: "off",
    // Errors of statements belong to the caller, who reports them without private content.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    fsync: durable ? "on" : "off",
    synchronous_commit: durable ? "on" : "off",
    full_page_writes: durable ? "on" : "off",
  };
  const lines = Object.entries(settings).map(([name, value]) =>
    `${name} = ${quoted(String(value))}`
  );
  return "# Written by the program at every start; changes belong into custom.conf.\n" +
    lines.join("\n") + "\n";
}

/** A value of the configuration file in single quotes. */
function quoted(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** One element of a list-valued setting, safe for commas and blanks. */
function quotedList(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
