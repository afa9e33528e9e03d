/**
 * Numbers and times in the reader's language. `Intl` formatters cost tens of microseconds to
 * make and are made once per language and style.
 */

const cache = new Map<string, unknown>();

function cached<T>(key: string, make: () => T): T {
  let found = cache.get(key) as T | undefined;
  if (found === undefined) {
    found = make();
    cache.set(key, found);
  }
  return found;
}

/** Exact number with the language's grouping: `12,345`. */
export function formatNumber(language: string, value: number): string {
  const small = Number.isInteger(value) && value >= 0 && value < SMALL;
  if (!small) return numberFormat(language).format(value);
  const texts = cached<string[]>(`small ${language}`, () => []);
  return texts[value] ??= numberFormat(language).format(value);
}

/** Numbers below are on every page; their texts are kept. */
const SMALL = 1000;

function numberFormat(language: string): Intl.NumberFormat {
  return cached(`number ${language}`, () => new Intl.NumberFormat(language));
}

/** Short number of three significant digits, as next to votes: `1.23K`, `45.6M`. */
export function formatNumberCompact(language: string, value: number): string {
  const exact = Math.abs(value) < 1000;
  return exact
    ? formatNumber(language, value)
    : cached(`compact ${language}`, () =>
      new Intl.NumberFormat(language, {
        notation: "compact",
        maximumSignificantDigits: 3,
      })).format(value);
}

/** Share from 0 to 1 as whole per cent: `87%`. */
export function formatPercent(language: string, share: number): string {
  return cached(`percent ${language}`, () =>
    new Intl.NumberFormat(language, {
      style: "percent",
      maximumFractionDigits: 0,
    })).format(share);
}

/** Lengths in seconds; a month is 30 days here because only the largest whole unit is shown. */
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/**
 * Distance in the largest unit that fits, cut off, without rounding words: `3 hours ago`,
 * `in 2 days`.
 *
 * @param from the moment spoken of
 * @param now the reader's present
 */
export function formatRelativeTime(
  language: string,
  from: Date | string | number,
  now: Date | string | number,
): string {
  const seconds = (toTime(from) - toTime(now)) / 1000;
  const format = cached(
    `relative ${language}`,
    () => new Intl.RelativeTimeFormat(language, { numeric: "always" }),
  );
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ??
    UNITS[UNITS.length - 1];
  // `-0` would be written "in 0 seconds" as "0 seconds ago": the latter is meant for the present.
  const amount = Math.trunc(seconds / length);
  return format.format(amount === 0 ? -0 : amount, unit);
}

/** A length of time in the largest unit that fits, cut off: `3 hours`. */
export function formatDuration(language: string, seconds: number): string {
  const [unit, length] = UNITS.find(([, size]) => seconds >= size) ??
    UNITS[UNITS.length - 1];
  return cached(
    `duration ${language} ${unit}`,
    () =>
      new Intl.NumberFormat(language, {
        style: "unit",
        unit,
        unitDisplay: "long",
        maximumFractionDigits: 0,
      }),
  ).format(Math.trunc(seconds / length));
}

/**
 * Date, or date and time, in a time zone (UTC unless told, with the zone written behind the
 * time: pages without JavaScript cannot know the reader's zone).
 */
export function formatDate(
  language: string,
  date: Date | string | number,
  style: "date" | "datetime" = "datetime",
  timeZone = "UTC",
): string {
  const format = cached(
    `${style} ${language} ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(dateLocale(language), {
        timeZone,
        year: "numeric",
        month: "long",
        day: "numeric",
        ...(style === "datetime" && {
          hour: "2-digit",
          minute: "2-digit",
          timeZoneName: "short",
        }),
      }),
  );
  return format.format(toTime(date));
}

/** Irish shows English dates (web-ui §8.2). */
function dateLocale(language: string): string {
  return language.split("-")[0] === "ga" ? "en-IE" : language;
}

function toTime(value: Date | string | number): number {
  return typeof value === "number" ? value : new Date(value).getTime();
}
