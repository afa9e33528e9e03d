import { LemmyError } from "../domain/errors.ts";
import type { LocalSiteRateLimit } from "../domain/views.ts";
import { limitKey } from "./client_address.ts";
import type { Counter, CounterKey, SharedTable } from "./shared_table.ts";
import { RATE_BUCKETS, type RateBucket, type RequestLimits } from "./state.ts";

interface Taken {
  bucket: RateBucket;
  key: CounterKey;
  counter: Counter;
  max: number;
}

/** Counts the requests of one sender, for one request of it (accounts-and-site §4.6). */
export class ClientLimits implements RequestLimits {
  #table: SharedTable;
  #address: string;
  #settings: () => LocalSiteRateLimit;
  #taken: Taken[] = [];
  #refused: Taken | null = null;
  #counted = false;
  /** Whether the `message` that every request counts as has been claimed by the handler. */
  #claimed = false;

  /** @param settings the site's limits, asked for when the first request is counted */
  constructor(
    table: SharedTable,
    address: string,
    settings: () => LocalSiteRateLimit,
  ) {
    this.#table = table;
    this.#address = address;
    this.#settings = settings;
  }

  /** Counts the request as `message`; further calls do nothing. */
  countRequest(): void {
    if (this.#counted) return;
    this.#counted = true;
    this.#count("message");
  }

  /** For a rendering on behalf of readers who are counted elsewhere. */
  markCounted(): void {
    this.#counted = true;
  }

  take(bucket: RateBucket): void {
    if (bucket === "message" && !this.#claimed) {
      this.#claimed = true;
      this.countRequest();
      return;
    }
    this.#count(bucket);
  }

  headers(): Headers {
    const headers = new Headers();
    // With two buckets those of `message`, which is counted first, are shown.
    const shown = this.#refused ?? this.#taken[0];
    if (!shown) return headers;
    const { max, counter } = shown;
    const seconds = Math.max(0, Math.ceil((counter.end - Date.now()) / 1000));
    headers.set("x-ratelimit-limit", String(max));
    headers.set(
      "x-ratelimit-remaining",
      String(Math.max(0, max - counter.count)),
    );
    headers.set("x-ratelimit-reset", String(seconds));
    if (this.#refused) headers.set("retry-after", String(Math.max(1, seconds)));
    return headers;
  }

  /** Takes back what was counted, for answers that are our own fault (5xx). */
  refund(): void {
    for (const { key, counter } of this.#taken) {
      this.#table.undo(key, counter.end);
    }
  }

  #count(bucket: RateBucket): void {
    const settings = this.#settings();
    const max = settings[`${bucket}_max_requests`];
    const interval = settings[`${bucket}_interval_seconds`];
    const { family, high, low } = limitKey(this.#address);
    const key = {
      tag: family * 16 + RATE_BUCKETS.indexOf(bucket),
      key1: high,
      key2: low,
      key3: 0,
    };
    const counter = this.#table.hit(key, Date.now(), interval * 1000);
    const taken = { bucket, key, counter, max };
    if (counter.count > max) {
      this.#refused = taken;
      throw new LemmyError("too_many_requests");
    }
    this.#taken.push(taken);
  }
}
