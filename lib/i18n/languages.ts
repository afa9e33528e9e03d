import { createRequire } from "node:module";
import { join } from "node:path";
import { appRoot } from "../config/app_root.ts";
import { en } from "./en.ts";
import type { Catalogue } from "./types.ts";

/** What a page needs to know about a selectable interface language. */
export interface Language {
  /** BCP 47 code. */
  code: string;
  /** Its name in itself. */
  name: string;
}

/** By code, in its order. */
const NAMES: Record<string, string> = {
  ar: "العربية",
  de: "Deutsch",
  en: "English",
  es: "Español",
  fr: "Français",
};

const require = createRequire(import.meta.url);
const loaded = new Map<string, Catalogue>([["en", en]]);

/**
 * The catalogue of a language. It is loaded when it is first asked for: every thread would keep a
 * megabyte for each language that nobody reads.
 */
function catalogueOf(code: string): Catalogue {
  let catalogue = loaded.get(code);
  if (catalogue === undefined) {
    catalogue = require(
      join(appRoot(), `lib/i18n/${code}.ts`),
    )[code] as Catalogue;
    loaded.set(code, catalogue);
  }
  return catalogue;
}

/** Scripts written from right to left, of all languages of web-ui §8.2. */
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur", "ckb"]);

/** The languages a reader can choose, ordered by code. */
export const LANGUAGES: readonly Language[] = Object.entries(NAMES)
  .map(([code, name]) => ({ code, name }));

/** Writing direction of a language code, for `html dir`. */
export function direction(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(normalize(language).split("-")[0]) ? "rtl" : "ltr";
}

/**
 * The catalogues that answer for a language, best first and ending with English. A code that is
 * unknown altogether gives English alone.
 */
export function catalogueChain(
  language: string,
): { language: string; catalogue: Catalogue }[] {
  const codes = [...fallbacks(language), "en"];
  const chain = [];
  for (const code of new Set(codes)) {
    if (isKnown(code)) {
      chain.push({ language: code, catalogue: catalogueOf(code) });
    }
  }
  return chain;
}

/**
 * The interface language for a request (web-ui §8.2): the account's setting unless it is
 * "browser", then the visitor's cookie, then `Accept-Language` by quality, then English. Each
 * wanted code is tried as written, then shortened.
 */
export function chooseLanguage(
  wishes: {
    userLanguage?: string | null;
    cookie?: string | null;
    acceptLanguage?: string | null;
  },
): string {
  const wanted: string[] = [];
  if (wishes.userLanguage && wishes.userLanguage !== "browser") {
    wanted.push(wishes.userLanguage);
  }
  if (wishes.cookie && wishes.cookie !== "browser") wanted.push(wishes.cookie);
  wanted.push(...acceptedLanguages(wishes.acceptLanguage ?? ""));
  for (const code of wanted) {
    for (const candidate of fallbacks(code)) {
      if (isKnown(candidate)) return candidate;
    }
  }
  return "en";
}

function isKnown(code: string): boolean {
  return Object.hasOwn(NAMES, code);
}

/** `zh_Hant_TW` → `zh-Hant-TW`, `zh-Hant`, `zh`. */
function fallbacks(language: string): string[] {
  const parts = normalize(language).split("-");
  return parts.map((_, index) =>
    parts.slice(0, parts.length - index).join("-")
  );
}

/** Conventional upper and lower case of the parts: `PT_br` → `pt-BR`. */
function normalize(language: string): string {
  return language.slice(0, MAX_CODE_LENGTH).replaceAll("_", "-").split("-").map(
    (part, index) => {
      if (index === 0) return part.toLowerCase();
      if (part.length === 2) return part.toUpperCase();
      return part.charAt(0).toUpperCase() + part.slice(1).toLowerCase();
    },
  ).join("-");
}

const MAX_CODE_LENGTH = 35; // RFC 5646 §4.4.1
const MAX_ACCEPT_LANGUAGE_LENGTH = 1000;

/** Codes of an `Accept-Language` header, best first (RFC 9110 §12.5.4). `*` means English. */
function acceptedLanguages(header: string): string[] {
  return header.slice(0, MAX_ACCEPT_LANGUAGE_LENGTH).split(",").map((range) => {
    const [code, ...parameters] = range.split(";").map((part) => part.trim());
    const quality = parameters.find((parameter) => /^q=/i.test(parameter));
    return { code, quality: quality ? Number(quality.slice(2)) : 1 };
  }).filter(({ code, quality }) => code !== "" && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ code }) => code === "*" ? "en" : code);
}
