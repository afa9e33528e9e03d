/**
 * A strict reader of rendered HTML for tests: it knows only the plain form our renderer writes,
 * so anything a browser could understand differently is reported.
 */
const TAG =
  /<(\/?)([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)>|([^<>]+)|([\s\S])/g;
const ATTRIBUTE = / ([a-z-]+)(?:="([^"]*)")?/g;
const VOID = new Set(["br", "hr", "img"]);
const TAGS = new Set(
  ("a audio blockquote br code del details div em h1 h2 h3 h4 h5 h6 hr img li ol p pre rp rt " +
    "ruby section span strong sub summary sup table tbody td th thead tr ul video")
    .split(" "),
);
const ATTRIBUTES = new Set(
  ("alt aria-label class controls decoding dir href id loading loop preload rel role src start " +
    "target title").split(" "),
);

/** What is wrong with the markup; empty if nothing is. */
export function problemsOf(html: string, idPrefix: string): string[] {
  const problems: string[] = [];
  const open: string[] = [];
  for (const [, slash, tag, attributes, content, stray] of html.matchAll(TAG)) {
    if (stray !== undefined) problems.push(`stray ${stray}`);
    if (content !== undefined || stray !== undefined) continue;
    if (!TAGS.has(tag)) problems.push(`tag ${tag}`);
    if (slash) {
      if (open.pop() !== tag) problems.push(`unbalanced </${tag}>`);
      continue;
    }
    if (!VOID.has(tag)) open.push(tag);
    for (const [, name, value] of attributes.matchAll(ATTRIBUTE)) {
      if (!ATTRIBUTES.has(name)) problems.push(`attribute ${name}`);
      if (name === "id" && !value.startsWith(`${idPrefix}-`)) {
        problems.push(`id ${value}`);
      }
      if (name === "href" || name === "src") {
        const problem = urlProblem(decode(value), name);
        if (problem) problems.push(problem);
      }
    }
  }
  if (open.length > 0) problems.push(`unclosed ${open}`);
  return problems;
}

function urlProblem(url: string, attribute: string): string | undefined {
  // Resolved as a browser does, against a page of the site.
  const base = "https://home.example/post/1";
  if (!URL.canParse(url, base)) return `unparsable ${attribute} ${url}`;
  const { protocol, host } = new URL(url, base);
  const allowed = attribute === "src"
    ? ["http:", "https:"]
    : ["http:", "https:", "mailto:", "magnet:", "matrix:"];
  if (!allowed.includes(protocol)) return `scheme of ${url}`;
  const written = /^[a-z]+:/i.test(url);
  if (!written && host !== "home.example") return `other host by path ${url}`;
}

function decode(value: string): string {
  return value.replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"').replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
