import { isSameOrigin } from "../../lib/http/middleware/same_origin.ts";
import { test } from "../harness.ts";
import { withServer } from "../support/server.ts";

const CONFIG = { hostname: "tundra.example" };
/** Behind a proxy the request's own host differs from the public one. */
const OWN_HOST = "localhost:8536";

test("a browser's own word decides, then Origin, then Referer", (t) => {
  const table: [Record<string, string>, boolean][] = [
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "none" }, true],
    [{ "sec-fetch-site": "same-site" }, false],
    [{ "sec-fetch-site": "cross-site" }, false],
    [
      { "sec-fetch-site": "cross-site", origin: "https://tundra.example" },
      false,
    ],
    [{ "sec-fetch-site": "same-origin", origin: "https://evil.example" }, true],
    [{ origin: "https://tundra.example" }, true],
    [{ origin: `http://${OWN_HOST}` }, true],
    [{ origin: "https://tundra.example:444" }, false],
    [{ origin: "https://tundra.example.evil.example" }, false],
    [{ origin: "https://sub.tundra.example" }, false],
    [{ origin: "null" }, false],
    [{ origin: "null", referer: "https://tundra.example/" }, false],
    [{ referer: "https://tundra.example/post/1" }, true],
    [{ referer: "https://evil.example/?https://tundra.example/" }, false],
    [{ referer: "https://tundra.example@evil.example/" }, false],
    [{ referer: "nonsense" }, false],
    [{}, false],
  ];
  for (const [headers, expected] of table) {
    const verdict = isSameOrigin(new Headers(headers), OWN_HOST, CONFIG);
    t.equal(verdict, expected, JSON.stringify(headers));
  }
});

test("changes by cookie and forms must come from our pages, nothing else", (t) =>
  withServer({}, async (server) => {
    const { origin } = server;
    const jwt = await server.login("admin");
    const own = { origin };
    const evil = { origin: "https://evil.example" };
    const cookie = { cookie: `jwt=${jwt}` };
    const bearer = { authorization: `Bearer ${jwt}` };
    const status = async (path: string, headers: HeadersInit, form = false) => {
      const answer = await fetch(origin + path, {
        method: "POST",
        redirect: "manual",
        headers: {
          "content-type": form
            ? "application/x-www-form-urlencoded"
            : "application/json",
          ...headers,
        },
        body: form ? "on=true" : "{}",
      });
      await answer.body?.cancel();
      return answer.status;
    };
    const api = "/api/v4/account/mark_as_read/all";
    const table: [string, HeadersInit, boolean, boolean][] = [
      // path, headers, form, whether it is refused
      [api, { ...cookie, ...own }, false, false],
      [api, { ...cookie, ...evil }, false, true],
      [api, cookie, false, true],
      [api, { ...cookie, "sec-fetch-site": "cross-site" }, false, true],
      [api, { ...bearer, ...evil }, false, false],
      [api, { ...bearer, ...cookie, ...evil }, false, false],
      [api, bearer, false, false],
      [api, evil, false, false],
      ["/post/1/save", { ...cookie, ...own }, true, false],
      ["/post/1/save", { ...cookie, ...evil }, true, true],
      ["/post/1/save", cookie, true, true],
      ["/post/1/save", evil, true, true],
      ["/post/1/save", own, true, false],
      ["/inbox", evil, false, false],
    ];
    for (const [path, headers, form, refused] of table) {
      const name = `${path} ${JSON.stringify(headers)}`;
      t.equal(await status(path, headers, form) === 403, refused, name);
    }
    const refusal = await fetch(`${origin}${api}`, {
      method: "POST",
      headers: { ...cookie, ...evil },
    });
    t.equal((await refusal.json()).error, "unknown");
  }));
