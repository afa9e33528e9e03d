import { LemmyError } from "../errors.ts";
import type { BlocklistMatcher } from "./blocklist.ts";
import { checkUrlLength, isStorable } from "./rules.ts";
import { GLOBAL_PARAMETERS, PROVIDERS } from "./tracking_parameters.ts";

const POST_SCHEMES = new Set(["http:", "https:", "magnet:"]);

/**
 * An absolute URL of a post's `url` or `custom_thumbnail`, serialized and without tracking
 * parameters (content §0.3).
 *
 * @throws LemmyError `invalid_url`
 */
export function parsePostUrl(raw: string, field = "url"): string {
  if (!isStorable(raw) || !URL.canParse(raw)) {
    throw new LemmyError("invalid_url", { field });
  }
  return cleanUrl(new URL(raw).href);
}

/**
 * The rules a parsed link must meet, in the order clients know: block list (only for `url`),
 * scheme, length.
 *
 * @throws LemmyError `blocked_url`, `invalid_url_scheme`, `url_length_overflow`
 */
export function checkPostUrl(
  url: string,
  options: { blocklist?: BlocklistMatcher; field?: string } = {},
): void {
  const field = options.field ?? "url";
  if (options.blocklist?.matches(url)) {
    throw new LemmyError("blocked_url", { field });
  }
  if (!POST_SCHEMES.has(new URL(url).protocol)) {
    throw new LemmyError("invalid_url_scheme", { field });
  }
  checkUrlLength(url, field);
}

/** How many forwarding addresses may be wrapped in one another. */
const MAX_UNWRAPS = 5;

/**
 * The URL without tracking parameters and forwarding addresses. What remains is kept byte for
 * byte and in order; anything that is not a valid http(s) URL comes back as it was.
 */
export function cleanUrl(raw: string): string {
  let url = raw;
  for (let unwraps = 0;; unwraps++) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return url;
    const rules = rulesFor(new URL(url));
    const target = unwraps < MAX_UNWRAPS ? forwardedTo(url, rules) : undefined;
    if (target === undefined) return withoutTracking(url, rules);
    url = target;
  }
}

interface Rules {
  names: Set<string>[];
  prefixes: string[];
  path?: RegExp;
  targets: readonly string[];
}

interface CompiledProvider extends Rules {
  onlyPath?: RegExp;
}

/** Providers by host without the final `.*`, so that a link looks up its few own rules. */
const providersByHost = new Map<string, CompiledProvider[]>();
for (const provider of PROVIDERS) {
  const compiled = {
    ...compileNames(provider.parameters ?? []),
    path: provider.path,
    onlyPath: provider.onlyPath,
    targets: provider.target ?? [],
  };
  for (const host of provider.hosts) {
    const known = providersByHost.get(host);
    if (known) known.push(compiled);
    else providersByHost.set(host, [compiled]);
  }
}
const GLOBAL = compileNames(GLOBAL_PARAMETERS);

function compileNames(
  parameters: readonly string[],
): { names: Set<string>[]; prefixes: string[] } {
  const prefixes = parameters.filter((name) => name.endsWith("*"));
  return {
    names: [new Set(parameters.filter((name) => !name.endsWith("*")))],
    prefixes: prefixes.map((name) => name.slice(0, -1)),
  };
}

function rulesFor(url: URL): Rules {
  const rules: Rules = {
    names: [...GLOBAL.names],
    prefixes: [...GLOBAL.prefixes],
    targets: [],
  };
  const labels = url.hostname.split(".");
  for (let start = 0; start < labels.length - 1; start++) {
    const suffix = labels.slice(start);
    const candidates = [
      suffix.join("."),
      [...suffix.slice(0, -1), "*"].join("."),
    ];
    for (const host of candidates) {
      for (const provider of providersByHost.get(host) ?? []) {
        if (provider.onlyPath && !provider.onlyPath.test(url.pathname)) {
          continue;
        }
        rules.names.push(...provider.names);
        rules.prefixes.push(...provider.prefixes);
        rules.path ??= provider.path;
        if (rules.targets.length === 0) rules.targets = provider.targets;
      }
    }
  }
  return rules;
}

/** The http(s) address a forwarding URL leads to. */
function forwardedTo(url: string, rules: Rules): string | undefined {
  if (rules.targets.length === 0) return undefined;
  for (const parameter of split(url).query.slice(1).split("&")) {
    const equals = parameter.indexOf("=");
    if (equals < 0 || !rules.targets.includes(nameOf(parameter))) continue;
    const target = decode(parameter.slice(equals + 1));
    if (/^https?:\/\//i.test(target) && URL.canParse(target)) {
      return new URL(target).href;
    }
  }
}

function withoutTracking(url: string, rules: Rules): string {
  const { base, query, fragment } = split(url);
  return (rules.path ? base.replace(rules.path, "") : base) +
    withoutParameters(query, rules) +
    // A fragment is a list of parameters only in parts of the web: a heading has no "=".
    (fragment.includes("=") ? withoutParameters(fragment, rules) : fragment);
}

/** `list` is a query or fragment with its mark (`?` or `#`), or empty. */
function withoutParameters(list: string, rules: Rules): string {
  const parameters = list.slice(1).split("&");
  const kept = parameters.filter((parameter) => {
    const name = nameOf(parameter);
    return !rules.names.some((names) => names.has(name)) &&
      !rules.prefixes.some((prefix) => name.startsWith(prefix));
  });
  if (kept.length === parameters.length) return list;
  return kept.length === 0 ? "" : list[0] + kept.join("&");
}

/** Parts of a URL text; query and fragment keep their marks, so joining gives the text again. */
function split(url: string): { base: string; query: string; fragment: string } {
  const hash = url.indexOf("#");
  const beforeHash = hash < 0 ? url : url.slice(0, hash);
  const mark = beforeHash.indexOf("?");
  return {
    base: mark < 0 ? beforeHash : beforeHash.slice(0, mark),
    query: mark < 0 ? "" : beforeHash.slice(mark),
    fragment: hash < 0 ? "" : url.slice(hash),
  };
}

function nameOf(parameter: string): string {
  const equals = parameter.indexOf("=");
  return decode(equals < 0 ? parameter : parameter.slice(0, equals))
    .toLowerCase();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not valid percent-encoding: what is written is then the best reading.
    return text;
  }
}
