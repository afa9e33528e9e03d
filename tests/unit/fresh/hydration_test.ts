import { type Browser, chromium, type Page } from "playwright-core";
import { Builder } from "fresh/dev";
import { app } from "./fixture/main.ts";
import { test } from "../../harness.ts";

const ARGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; " +
  "img-src 'self'";

/** Marks elements when the document is parsed, before modules run. */
const MARK_ELEMENTS = `
  const mark = () => {
    for (const selector of [".toggle", ".content", "#slotted", "#wrapped"]) {
      const name = selector.slice(1);
      const element = document.querySelector(selector);
      if (element) element.seen = name;
    }
  };
  document.addEventListener("readystatechange", () => {
    if (document.readyState === "interactive") mark();
  });
`;

/** Opens a page of the fixture in a browser, under a strict policy. */
async function withPage(
  path: string,
  action: (page: Page, requests: string[]) => Promise<void>,
  initScript = "",
): Promise<void> {
  const builder = new Builder({
    root: new URL("./fixture", import.meta.url).href,
  });
  const apply = await builder.build({ snapshot: "memory" });
  apply(app);
  const handle = app.handler();
  const requests: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    async (request, info) => {
      requests.push(new URL(request.url).pathname);
      const response = await handle(request, info);
      response.headers.set("content-security-policy", POLICY);
      return response;
    },
  );
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ARGS,
    });
    const page = await browser.newPage();
    await page.addInitScript(initScript);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await page.goto(`http://127.0.0.1:${server.addr.port}${path}`);
    await action(page, requests);
    if (errors.length > 0) throw new Error(errors.join("\n"));
  } finally {
    await browser?.close();
    await server.shutdown();
  }
}

test("islands come alive, share signals and keep their slots", async (t) => {
  await withPage("/islands", async (page, requests) => {
    const text = (selector: string) => page.textContent(selector);
    await page.waitForSelector('#doubled[data-browser="yes"]');
    t.equal(await text("#doubled"), "4 1970 11");
    t.equal(await page.getAttribute("#doubled", "title"), "</script>");

    await page.click("#one");
    t.equal(await text("#one"), "one: 3");
    t.equal(await text("#doubled"), "6 1970 11");
    t.equal(await text("#inner"), "inner: 3", "an island inside a slot");
    await page.click("#inner");
    t.equal(await text("#one"), "one: 4");

    const toggles = page.locator(".toggle");
    t.equal(await toggles.first().innerHTML(), "<b>Title</b>");
    t.match(await page.innerHTML(".content"), "slot text <input");
    await toggles.first().click();
    t.equal(await page.locator(".content").count(), 0);
    await toggles.first().click();
    t.equal(await text("#inner"), "inner: 4", "shown again");
    t.equal(await page.inputValue(".content input"), "typed");

    await toggles.last().click();
    t.equal(await text("#late"), "late", "a slot that was not shown before");
    await page.click("#hidden");
    t.equal(await text("#hidden"), "hidden: 5");
    t.equal(await text("#one"), "one: 5");

    const scripts = requests.filter((path) => path.endsWith(".js"));
    t.equal(scripts.length, new Set(scripts).size, "each module once");
  });
});

test("hydration keeps the elements that the server sent", async (t) => {
  await withPage("/kept", async (page) => {
    t.equal(await page.textContent(".toggle"), "plain");
    await page.click("#wrapped");
    t.equal(await page.textContent("#wrapped"), "wrapped: 2");
    t.equal(
      await page.evaluate(
        `[".toggle", ".content", "#slotted", "#wrapped"].map((selector) =>
          document.querySelector(selector).seen)`,
      ),
      ["toggle", "content", "slotted", "wrapped"],
    );
  }, MARK_ELEMENTS);
});

test("a page without islands loads no script", async (t) => {
  await withPage("/c/x", async (page, requests) => {
    t.equal(await page.textContent("h1"), "x");
    t.equal(requests.filter((path) => path.endsWith(".js")), []);
  });
});
