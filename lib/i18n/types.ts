import type { en } from "./en.ts";

/** Texts per CLDR plural category; the language decides which ones it needs. */
export type PluralForms = {
  other: string;
  zero?: string;
  one?: string;
  two?: string;
  few?: string;
  many?: string;
};

/** Any key of the catalogue; English names them all. */
export type MessageKey = keyof typeof en;

/** One complete language: text stays text, plural stays plural. */
export type Catalogue = {
  readonly [K in MessageKey]: typeof en[K] extends string ? string
    : PluralForms;
};

/** Values for `{placeholders}`; `count` chooses the plural form. */
export type Params = Record<string, string | number>;
