import { App, createDefine, HttpError, page, type PageProps } from "fresh";
import { test } from "../../harness.ts";

interface State {
  text: string;
}

const define = createDefine<State>();

/** Sends a request to the app without a server. */
function send(app: App<State>, path: string, init?: RequestInit) {
  return app.handler()(new Request(`http://localhost${path}`, init));
}

async function body(app: App<State>, path: string, init?: RequestInit) {
  return await (await send(app, path, init)).text();
}

/** A middleware that notes its name. */
function note(name: string) {
  return define.middleware((ctx) => {
    ctx.state.text = (ctx.state.text ?? "") + name;
    return ctx.next();
  });
}

/** Runs with errors kept out of the test's output. */
async function silently<T>(action: () => Promise<T>): Promise<T> {
  const { error } = console;
  console.error = () => {};
  try {
    return await action();
  } finally {
    console.error = error;
  }
}

test("use runs middlewares in order and only for what comes later", async (t) => {
  const app = new App<State>()
    .use(note("A"))
    .get("/early", (ctx) => ctx.text(ctx.state.text))
    .use(note("B"), note("C"))
    .get("/late", (ctx) => ctx.text(ctx.state.text));
  t.equal(await body(app, "/early"), "A");
  t.equal(await body(app, "/late"), "ABC");
});

test("use with a path applies below that path", async (t) => {
  const show = define.handlers((ctx) => ctx.text(ctx.state.text ?? "-"));
  const app = new App<State>()
    .use("/admin", note("X"))
    .get("/admin/a", show as () => Response)
    .get("/other", show as () => Response);
  t.equal(await body(app, "/admin/a"), "X");
  t.equal(await body(app, "/other"), "-");
});

test("a middleware sees the response and may come from a lazy function", async (t) => {
  let loads = 0;
  const app = new App<State>()
    .use(async (ctx) => {
      const response = await ctx.next();
      response.headers.set("x-after", "1");
      return response;
    })
    .use(() => {
      loads++;
      return Promise.resolve(note("L"));
    })
    .get("/", (ctx) => ctx.text(ctx.state.text));
  const handler = app.handler();
  for (let i = 0; i < 2; i++) {
    const response = await handler(new Request("http://localhost/"));
    t.equal(response.headers.get("x-after"), "1");
    t.equal(await response.text(), "L");
  }
  t.equal(loads, 1);
});

test("methods are routed; others get 405 with Allow, OPTIONS 204", async (t) => {
  const app = new App<State>()
    .get("/a", (ctx) => ctx.text("get"))
    .post("/a", (ctx) => ctx.text("post"))
    .all("/any", (ctx) => ctx.text(ctx.req.method));
  t.equal(await body(app, "/a", { method: "POST" }), "post");
  const head = await send(app, "/a", { method: "HEAD" });
  t.equal([head.status, await head.text()], [200, "get"]);
  const wrong = await send(app, "/a", { method: "DELETE" });
  t.equal(wrong.status, 405);
  t.equal(wrong.headers.get("allow"), "GET, POST, HEAD");
  t.equal(await wrong.text(), "Method Not Allowed");
  const options = await send(app, "/a", { method: "OPTIONS" });
  t.equal([options.status, options.headers.get("allow")], [
    204,
    "GET, POST, HEAD",
  ]);
  t.equal(await body(app, "/any", { method: "DELETE" }), "DELETE");
});

test("a handler registered again for the same path replaces the first", async (t) => {
  const app = new App<State>()
    .get("/", (ctx) => ctx.text("1"))
    .get("/", (ctx) => ctx.text("2"));
  t.equal(await body(app, "/"), "2");
});

test("params and route describe the match; broken encoding gets 400", async (t) => {
  const app = new App<State>().get(
    "/c/:name",
    (ctx) => ctx.json({ params: { ...ctx.params }, route: ctx.route }),
  );
  t.equal(JSON.parse(await body(app, "/c/caf%C3%A9")), {
    params: { name: "café" },
    route: "/c/:name",
  });
  t.equal((await send(app, "/c/%zz")).status, 400);
});

test("basePath and mountApp prefix routes and keep middlewares inside", async (t) => {
  const inner = new App<State>()
    .use(note("I"))
    .get("/", (ctx) => ctx.text(`root ${ctx.state.text}`))
    .get("/:name", (ctx) => ctx.text(`${ctx.params.name} ${ctx.state.text}`));
  const app = new App<State>({ basePath: "/base" })
    .use(note("O"))
    .get("/", (ctx) => ctx.text("outer"))
    .mountApp("/in", inner)
    .get("/plain", (ctx) => ctx.text(ctx.state.text));
  t.equal(await body(app, "/base"), "outer");
  t.equal(await body(app, "/base/in"), "root OI");
  t.equal(await body(app, "/base/in/x"), "x OI");
  t.equal(await body(app, "/base/plain"), "O");
  t.equal((await send(app, "/in")).status, 404);
});

test("HttpError gives its status and message, other errors 500", async (t) => {
  const app = new App<State>()
    .get("/gone", () => {
      throw new HttpError(410, "Moved away");
    })
    .get("/teapot", () => {
      throw new HttpError(418);
    })
    .get("/bug", () => {
      throw new Error("secret");
    });
  const gone = await send(app, "/gone");
  t.equal([gone.status, await gone.text()], [410, "Moved away"]);
  t.equal(await body(app, "/teapot"), "I'm a teapot");
  const bug = await silently(() => send(app, "/bug"));
  t.equal([bug.status, await bug.text()], [500, "Internal server error"]);
  const none = await send(app, "/none");
  t.equal([none.status, await none.text()], [404, "Not Found"]);
});

test("onError answers for its path and the nearest one wins", async (t) => {
  const thrower = () => {
    throw new Error("fail");
  };
  const app = new App<State>()
    .onError(
      "*",
      (ctx) =>
        ctx.text(`outer ${(ctx.error as Error).message}`, { status: 500 }),
    )
    .onError("/admin", (ctx) => ctx.text("admin", { status: 503 }))
    .get("/a", thrower)
    .get("/admin/a", thrower);
  t.equal(await body(app, "/a"), "outer fail");
  const nearest = await send(app, "/admin/a");
  t.equal([nearest.status, await nearest.text()], [503, "admin"]);
});

test("onError catches what a component throws while it is rendered", async (t) => {
  const Broken = () => {
    throw new HttpError(409, "conflict");
  };
  const app = new App<State>()
    .onError("*", {
      component: ({ error }: PageProps<unknown, State>) => (
        <p>{(error as Error).message}</p>
      ),
    })
    .get("/", (ctx) =>
      ctx.render(
        <div>
          <Broken />
        </div>,
      ));
  const response = await send(app, "/");
  t.equal(response.status, 409);
  t.match(await response.text(), "<p>conflict</p>");
});

test("notFound answers unmatched requests and thrown 404s", async (t) => {
  const app = new App<State>()
    .use(note("M"))
    .notFound((ctx) => ctx.text(`none ${ctx.state.text}`, { status: 404 }))
    .get("/thrower", () => {
      throw new HttpError(404);
    });
  const unmatched = await send(app, "/x");
  t.equal([unmatched.status, await unmatched.text()], [404, "none M"]);
  t.equal(await body(app, "/thrower"), "none M");
});

test("redirect defaults to 302 and never leaves the site by slashes", async (t) => {
  const app = new App<State>().get("/", (ctx) =>
    ctx.redirect(
      ctx.url.searchParams.get("to")!,
      Number(ctx.url.searchParams.get("status") ?? 302),
    ));
  const cases: Record<string, string> = {
    "/a/b": "/a/b",
    "//evil.example/x": "/evil.example/x",
    "/a//b?next=//c": "/a/b?next=//c",
    "https://other.example/": "https://other.example/",
  };
  for (const [to, location] of Object.entries(cases)) {
    const response = await send(app, `/?to=${encodeURIComponent(to)}`);
    t.equal(response.status, 302);
    t.equal(response.headers.get("location"), location);
  }
  t.equal((await send(app, "/?to=/a&status=303")).status, 303);
});

test("render completes the document and takes a ResponseInit", async (t) => {
  const app = new App<State>().get(
    "/",
    (ctx) =>
      ctx.render(<h1>Hello {"<&>"}</h1>, {
        status: 201,
        headers: { "x-foo": "1" },
      }),
  );
  const response = await send(app, "/");
  t.equal(response.status, 201);
  t.equal(response.headers.get("x-foo"), "1");
  t.equal(response.headers.get("content-type"), "text/html; charset=utf-8");
  t.equal(
    await response.text(),
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head>' +
      "<body><h1>Hello &lt;&amp;&gt;</h1></body></html>",
  );
});

test("route renders its component with the handler's data and status", async (t) => {
  const handler = define.handlers({
    GET: () => page({ name: "ann" }, { status: 202, headers: { "x-a": "b" } }),
    POST: (ctx) => ctx.redirect("/done", 303),
  });
  const Page = define.page<typeof handler>(({ data, url }) => (
    <p>{data.name} at {url.pathname}</p>
  ));
  const app = new App<State>().route("/p", { component: Page, handler });
  const response = await send(app, "/p");
  t.equal([response.status, response.headers.get("x-a")], [202, "b"]);
  t.match(await response.text(), "<p>ann at /p</p>");
  t.equal((await send(app, "/p", { method: "POST" })).status, 303);
  t.equal((await send(app, "/p", { method: "PUT" })).status, 405);
});

test("an async page component may await or answer by itself", async (t) => {
  const app = new App<State>().route("/", {
    component: async (props: PageProps<unknown, State>) => {
      await Promise.resolve();
      return props.url.search === ""
        ? <p>awaited</p>
        : new Response("own", { status: 206 });
    },
  });
  t.match(await body(app, "/"), "<p>awaited</p>");
  t.equal((await send(app, "/?x")).status, 206);
});

test("layouts nest inside the app wrapper and can be skipped", async (t) => {
  const wrap = (name: string) =>
    function Wrap({ Component }: PageProps<unknown, State>) {
      return (
        <div class={name}>
          <Component />
        </div>
      );
    };
  const content = { component: () => <p>x</p> };
  const app = new App<State>()
    .appWrapper(({ Component }: PageProps<unknown, State>) => (
      <html>
        <head />
        <body>
          <Component />
        </body>
      </html>
    ))
    .layout("*", wrap("outer"))
    .layout("/in", wrap("inner"))
    .layout("/alone", wrap("alone"), { skipInheritedLayouts: true })
    .route("/in/a", content)
    .route("/alone/a", content)
    .route("/in/bare", {
      ...content,
      config: { skipInheritedLayouts: true, skipAppWrapper: true },
    });
  t.match(
    await body(app, "/in/a"),
    '<body><div class="outer"><div class="inner"><p>x</p></div></div></body>',
  );
  t.match(await body(app, "/alone/a"), '<body><div class="alone"><p>x</p>');
  t.match(await body(app, "/in/bare"), "<body><p>x</p></body>");
});

test("doubled slashes in a request path are joined", async (t) => {
  const app = new App<State>().get("/a/b", (ctx) => ctx.text("ok"));
  t.equal(await body(app, "//a///b"), "ok");
});

test("text, html, json and stream set body and type", async (t) => {
  const app = new App<State>()
    .get("/html", (ctx) => ctx.html("<b>x</b>"))
    .get("/json", (ctx) => ctx.json({ a: 1 }, { status: 201 }))
    .get("/stream", (ctx) =>
      ctx.stream(function* () {
        yield "a";
        yield "b";
      }));
  const html = await send(app, "/html");
  t.equal(html.headers.get("content-type"), "text/html; charset=utf-8");
  const json = await send(app, "/json");
  t.equal([json.status, await json.json()], [201, { a: 1 }]);
  t.equal(await body(app, "/stream"), "ab");
});
