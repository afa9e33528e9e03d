import { test } from "../../harness.ts";
import {
  compilePattern,
  mergePath,
  pathToPattern,
  patternToSegments,
} from "../../../lib/fresh/pattern.ts";
import { Router } from "../../../lib/fresh/router.ts";
import {
  compareRouteFiles,
  type RouteFile,
  routeFileType,
} from "../../../lib/fresh/fs_routes.ts";
import { cpuTime } from "../../support/cpu_time.ts";

function routerOf(...patterns: string[]): Router<string> {
  const router = new Router<string>();
  for (const pattern of patterns) router.add("GET", pattern, pattern);
  return router;
}

function params(router: Router<string>, path: string) {
  return { ...router.match("GET", path).params };
}

test("match prefers an exact path to a pattern registered before it", (t) => {
  const router = routerOf("/post/:id", "/post/new");
  t.equal(router.match("GET", "/post/new").item, "/post/new");
  t.equal(router.match("GET", "/post/7").item, "/post/:id");
});

test("match takes the first pattern that fits, in order of registration", (t) => {
  t.equal(
    routerOf("/:a", "/c/:x", "/:a/:b").match("GET", "/c/1").item,
    "/c/:x",
  );
  t.equal(routerOf("/:a/:b", "/c/:x").match("GET", "/c/1").item, "/:a/:b");
});

test("match gives parameters of one and of several segments", (t) => {
  const router = routerOf("/post/:id", "/post/:id/:comment_id", "/u/:name@:at");
  t.equal(params(router, "/post/7"), { id: "7" });
  t.equal(params(router, "/post/7/9"), { id: "7", comment_id: "9" });
  t.equal(params(router, "/u/ann@b.example"), { name: "ann", at: "b.example" });
  t.equal(router.match("GET", "/post/7/9/1").pattern, null);
  t.equal(router.match("GET", "/post/").pattern, null);
});

test("match decodes parameters as URI components", (t) => {
  const router = routerOf("/c/:name");
  t.equal(params(router, "/c/caf%C3%A9%2Fx%20y"), { name: "café/x y" });
});

test("match throws URIError when a parameter is not valid encoding", async (t) => {
  const router = routerOf("/c/:name");
  const error = await t.throws(() => router.match("GET", "/c/%E0%A4%A"));
  t.equal(error.name, "URIError");
});

test("match handles rest, optional and wildcard parts", (t) => {
  const rest = routerOf("/docs/:rest*");
  t.equal(params(rest, "/docs"), { rest: "" });
  t.equal(params(rest, "/docs/a/b"), { rest: "a/b" });
  const optional = routerOf("/modlog{/:community}?");
  t.equal(params(optional, "/modlog"), { community: "" });
  t.equal(params(optional, "/modlog/x"), { community: "x" });
  t.equal(params(routerOf("/files/*"), "/files/a/b"), { 0: "a/b" });
  t.equal(params(routerOf("/n/:id(\\d+)"), "/n/42"), { id: "42" });
  t.equal(routerOf("/n/:id(\\d+)").match("GET", "/n/x").pattern, null);
});

test("match agrees with URLPattern", (t) => {
  const patterns = [
    "/a/:b",
    "/a/:b?",
    "/a/:b+",
    "/a/:b*",
    "/a{/:b}?/c",
    "/a/:b.json",
    "/:a-:b",
    "/*",
    "/x/:n(\\d{2,3})",
  ];
  const paths = ["/", "/a", "/a/", "/a/1", "/a/1/2", "/a/1/c", "/a/c"];
  paths.push("/a/1.json", "/p-q", "/p-q-r", "/x/12", "/x/1234");
  for (const pattern of patterns) {
    const native = new URLPattern({ pathname: pattern });
    const router = routerOf(pattern);
    for (const path of paths) {
      const expected = native.exec({ pathname: path })?.pathname.groups;
      const found = router.match("GET", path);
      const message = `${pattern} on ${path}`;
      t.equal(found.pattern !== null, expected !== undefined, message);
      for (const [name, value] of Object.entries(expected ?? {})) {
        t.equal(found.params[name], value ?? "", message);
      }
    }
  }
});

test("match answers HEAD with the GET item and names methods otherwise", (t) => {
  const router = routerOf("/a", "/b/:c");
  router.add("POST", "/a", "post");
  t.equal(router.match("HEAD", "/a").item, "/a");
  t.equal(router.match("PUT", "/a").item, null);
  t.equal(router.match("PUT", "/a").pattern, "/a");
  t.equal(router.allowedMethods("/a").sort(), ["GET", "HEAD", "POST"]);
  t.equal(router.match("PROPFIND", "/b/x").item, null);
});

test("match stays fast with many dynamic routes", (t) => {
  const names = Array.from({ length: 80 }, (_, i) => `/section${i}/:id/:rest*`);
  const router = routerOf(...names, "/:page");
  const each = cpuTime(() => {
    for (let i = 0; i < 20_000; i++) {
      router.match("GET", `/section${i % 80}/12/a/b`);
    }
  }) / 20_000;
  t.equal(each < 0.02, true, `a match took ${each} ms`);
});

test("compilePattern refuses malformed patterns", async (t) => {
  for (const pattern of ["/a/:", "/a{b", "/a(b", "/a}", "/a/:b((c))"]) {
    const error = await t.throws(() => compilePattern(pattern));
    t.equal(error.name, "SyntaxError", pattern);
  }
});

test("pathToPattern turns file paths into patterns", (t) => {
  const expected: Record<string, string> = {
    "index": "/",
    "foo/index": "/foo",
    "c/[name]": "/c/:name",
    "post/[id]/[comment_id]": "/post/:id/:comment_id",
    "[...rest]": "/:rest*",
    "foo/[[bob]]": "/foo{/:bob}?",
    "[name]@[domain]": "/:name@:domain",
    "feeds/[type].xml": "/feeds/:type.xml",
    "(group)/about": "/about",
    "(group)/index": "/",
  };
  for (const [path, pattern] of Object.entries(expected)) {
    t.equal(pathToPattern(path), pattern, path);
  }
  t.equal(
    pathToPattern("(group)/about", { keepGroups: true }),
    "/(group)/about",
  );
});

test("pathToPattern refuses ambiguous paths", async (t) => {
  for (const path of ["[a][b]", "a]", "a-[[b]]", "[[b]]-a", "[a"]) {
    const error = await t.throws(() => pathToPattern(path));
    t.equal(error.name, "SyntaxError", path);
  }
});

test("patternToSegments gives what encloses a route", (t) => {
  t.equal(patternToSegments("/", false), []);
  t.equal(patternToSegments("*", true), []);
  t.equal(patternToSegments("/foo", false), []);
  t.equal(patternToSegments("/foo/bar", false), ["foo"]);
  t.equal(patternToSegments("/foo/", false), ["foo"]);
  t.equal(patternToSegments("/foo/bar", true), ["foo", "bar"]);
});

test("mergePath joins base and path", (t) => {
  t.equal(mergePath("", "/foo", false), "/foo");
  t.equal(mergePath("/", "/foo", false), "/foo");
  t.equal(mergePath("/foo", "/", false), "/foo");
  t.equal(mergePath("/foo", "/baz", false), "/foo/baz");
  t.equal(mergePath("*", "/baz", false), "/baz");
  t.equal(mergePath("/foo", "*", false), "/foo/*");
  t.equal(mergePath("/foo", "*", true), "/foo");
});

test("compareRouteFiles puts special files first and wildcards last", (t) => {
  const ids = [
    "/[...all]",
    "/post/[id]",
    "/post/new",
    "/post/[[opt]]",
    "/post/_middleware",
    "/post/a-[id]",
    "/index",
    "/_app",
    "/(g)/about",
    "/_layout",
    "/_error",
  ];
  const files = ids.map((id): RouteFile => ({
    id,
    filePath: id,
    type: routeFileType(id),
    pattern: id,
    routePattern: id,
  }));
  t.equal(files.sort(compareRouteFiles).map(({ id }) => id), [
    "/_app",
    "/post/_middleware",
    "/_layout",
    "/_error",
    "/index",
    "/(g)/about",
    "/post/new",
    "/post/a-[id]",
    "/post/[id]",
    "/post/[[opt]]",
    "/[...all]",
  ]);
});
