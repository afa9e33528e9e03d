import type { HLJSApi, LanguageFn } from "npm:highlight.js@11.12.0";
import { highlighted, type Html } from "./html.ts";

type LanguageModule = { default: LanguageFn };

/**
 * Languages that are coloured. Each is loaded when a text first names it: together they take
 * 16 MB, in each worker, on a server that may never show code.
 */
const LOADERS: Record<string, () => Promise<LanguageModule>> = {
  "bash": () => import("npm:highlight.js@11.12.0/lib/languages/bash"),
  "c": () => import("npm:highlight.js@11.12.0/lib/languages/c"),
  "cpp": () => import("npm:highlight.js@11.12.0/lib/languages/cpp"),
  "csharp": () => import("npm:highlight.js@11.12.0/lib/languages/csharp"),
  "css": () => import("npm:highlight.js@11.12.0/lib/languages/css"),
  "diff": () => import("npm:highlight.js@11.12.0/lib/languages/diff"),
  "dockerfile": () =>
    import("npm:highlight.js@11.12.0/lib/languages/dockerfile"),
  "elixir": () => import("npm:highlight.js@11.12.0/lib/languages/elixir"),
  "go": () => import("npm:highlight.js@11.12.0/lib/languages/go"),
  "graphql": () => import("npm:highlight.js@11.12.0/lib/languages/graphql"),
  "haskell": () => import("npm:highlight.js@11.12.0/lib/languages/haskell"),
  "ini": () => import("npm:highlight.js@11.12.0/lib/languages/ini"),
  "java": () => import("npm:highlight.js@11.12.0/lib/languages/java"),
  "javascript": () =>
    import("npm:highlight.js@11.12.0/lib/languages/javascript"),
  "json": () => import("npm:highlight.js@11.12.0/lib/languages/json"),
  "kotlin": () => import("npm:highlight.js@11.12.0/lib/languages/kotlin"),
  "less": () => import("npm:highlight.js@11.12.0/lib/languages/less"),
  "lua": () => import("npm:highlight.js@11.12.0/lib/languages/lua"),
  "makefile": () => import("npm:highlight.js@11.12.0/lib/languages/makefile"),
  "markdown": () => import("npm:highlight.js@11.12.0/lib/languages/markdown"),
  "nix": () => import("npm:highlight.js@11.12.0/lib/languages/nix"),
  "objectivec": () =>
    import("npm:highlight.js@11.12.0/lib/languages/objectivec"),
  "perl": () => import("npm:highlight.js@11.12.0/lib/languages/perl"),
  "php": () => import("npm:highlight.js@11.12.0/lib/languages/php"),
  "php-template": () =>
    import("npm:highlight.js@11.12.0/lib/languages/php-template"),
  "powershell": () =>
    import("npm:highlight.js@11.12.0/lib/languages/powershell"),
  "python": () => import("npm:highlight.js@11.12.0/lib/languages/python"),
  "python-repl": () =>
    import("npm:highlight.js@11.12.0/lib/languages/python-repl"),
  "r": () => import("npm:highlight.js@11.12.0/lib/languages/r"),
  "ruby": () => import("npm:highlight.js@11.12.0/lib/languages/ruby"),
  "rust": () => import("npm:highlight.js@11.12.0/lib/languages/rust"),
  "scss": () => import("npm:highlight.js@11.12.0/lib/languages/scss"),
  "shell": () => import("npm:highlight.js@11.12.0/lib/languages/shell"),
  "sql": () => import("npm:highlight.js@11.12.0/lib/languages/sql"),
  "swift": () => import("npm:highlight.js@11.12.0/lib/languages/swift"),
  "typescript": () =>
    import("npm:highlight.js@11.12.0/lib/languages/typescript"),
  "vbnet": () => import("npm:highlight.js@11.12.0/lib/languages/vbnet"),
  "wasm": () => import("npm:highlight.js@11.12.0/lib/languages/wasm"),
  "xml": () => import("npm:highlight.js@11.12.0/lib/languages/xml"),
  "yaml": () => import("npm:highlight.js@11.12.0/lib/languages/yaml"),
};

const ALIASES: Record<string, string> = {
  "c#": "csharp",
  "c++": "cpp",
  console: "shell",
  cs: "csharp",
  docker: "dockerfile",
  h: "c",
  hpp: "cpp",
  hs: "haskell",
  html: "xml",
  js: "javascript",
  jsx: "javascript",
  kt: "kotlin",
  make: "makefile",
  md: "markdown",
  objc: "objectivec",
  patch: "diff",
  pl: "perl",
  ps1: "powershell",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "bash",
  svg: "xml",
  toml: "ini",
  ts: "typescript",
  tsx: "typescript",
  yml: "yaml",
  zsh: "bash",
};

/** Longer code is shown plain: the grammars are not made for hostile input. */
const MAX_LENGTH = 5000;

let highlighter: HLJSApi | undefined;
const loading = new Map<string, Promise<void>>();

/** The language a code block names, as a class name; undefined for none. */
export function languageName(info: string | undefined): string | undefined {
  const word = info?.trim().split(/[\s,{]/, 1)[0].toLowerCase();
  if (!word || !/^[a-z0-9#+._-]{1,40}$/.test(word)) return undefined;
  return Object.hasOwn(ALIASES, word) ? ALIASES[word] : word;
}

/**
 * Code with its words in classed spans (`hljs-keyword` …).
 *
 * Rendering is synchronous and loading a language is not: the first text in a language is
 * answered `"loading"` and shown plain, and later ones are coloured.
 *
 * @returns undefined when the language is not known or the code is too long
 */
export function highlight(
  code: string,
  language: string,
): Html | "loading" | undefined {
  if (!Object.hasOwn(LOADERS, language) || code.length > MAX_LENGTH) {
    return undefined;
  }
  if (!highlighter?.getLanguage(language)) {
    loadLanguage(language).catch((error) =>
      console.error(`highlighting of ${language} cannot be loaded`, error)
    );
    return "loading";
  }
  return highlighted(highlighter.highlight(code, { language }).value);
}

/** Loads a language of the list, once. */
export function loadLanguage(language: string): Promise<void> {
  let promise = loading.get(language);
  if (!promise) {
    promise = load(language);
    loading.set(language, promise);
  }
  return promise;
}

async function load(language: string): Promise<void> {
  const [core, grammar] = await Promise.all([
    import("npm:highlight.js@11.12.0/lib/core"),
    LOADERS[language](),
  ]);
  highlighter ??= core.default as HLJSApi;
  highlighter.registerLanguage(language, grammar.default);
}
