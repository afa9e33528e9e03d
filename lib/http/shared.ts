import { SharedTable } from "./shared_table.ts";

/** 256 shards of 256 slots: 65,536 windows of limits in two megabytes. */
const LIMIT_SHARDS = 256;
const IDEMPOTENCY_SHARDS = 16;
const HEAD_BYTES = 16;
const CONTENT = 0, SITE = 1;

/** What the HTTP workers of one process have in common; the memory can be posted to them. */
export class Shared {
  readonly limits: SharedTable;
  readonly idempotency: SharedTable;
  #head: Int32Array;

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(
      HEAD_BYTES + SharedTable.bytes(LIMIT_SHARDS) +
        SharedTable.bytes(IDEMPOTENCY_SHARDS),
    );
  }

  constructor(readonly memory: SharedArrayBuffer) {
    this.#head = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.limits = new SharedTable(memory, HEAD_BYTES, LIMIT_SHARDS);
    this.idempotency = new SharedTable(
      memory,
      HEAD_BYTES + SharedTable.bytes(LIMIT_SHARDS),
      IDEMPOTENCY_SHARDS,
    );
  }

  /** Grows with every change that pages may show. */
  get contentVersion(): number {
    return Atomics.load(this.#head, CONTENT);
  }

  contentChanged(): void {
    Atomics.add(this.#head, CONTENT, 1);
  }

  /** Grows with every change of the site's settings. */
  get siteVersion(): number {
    return Atomics.load(this.#head, SITE);
  }

  siteChanged(): void {
    Atomics.add(this.#head, SITE, 1);
    this.contentChanged();
  }
}
