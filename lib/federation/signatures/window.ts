import { FederationError } from "../errors.ts";

/** How old a signature may be, and how far ahead our clock's: one hour (§6.4). */
const WINDOW_MS = 3_600_000;

/** Times that a signed request names: milliseconds since 1970, those that are there. */
export interface SignatureTimes {
  created?: number;
  expires?: number;
}

/**
 * Judges when a request was signed (§6.4): its `Date` and the signature's own times.
 * @throws FederationError `signature_expired`, `signature_invalid` when `Date` is none
 */
export function checkWindow(
  headers: Headers,
  { created, expires }: SignatureTimes,
  now: Date,
): void {
  const header = headers.get("date");
  const date = header === null ? undefined : Date.parse(header);
  for (const [name, time] of Object.entries({ date, created })) {
    if (time === undefined) continue;
    if (!Number.isFinite(time)) {
      throw new FederationError("signature_invalid", `${name} is no time`);
    }
    if (Math.abs(now.getTime() - time) > WINDOW_MS) {
      throw new FederationError(
        "signature_expired",
        `${name} is more than an hour away`,
      );
    }
  }
  if (expires !== undefined && !(expires >= now.getTime())) {
    throw new FederationError("signature_expired", "expires is past");
  }
}
