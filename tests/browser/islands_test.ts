import {
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
} from "playwright-core";
import { type Assertions, test } from "../harness.ts";
import { startServer, type TestServer } from "../support/server.ts";

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

interface World {
  server: TestServer;
  browser: Browser;
  admin: string;
  alice: string;
  community: number;
  communityName: string;
}

let world: World;

Deno.test.beforeAll(async () => {
  const server = await startServer();
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ARGS,
  });
  const admin = await server.login("admin");
  const alice = await server.signUp("alice");
  const answer = await server.api("POST", "/community", {
    token: admin,
    body: { name: "birds", title: "Birds" },
  });
  const { id, name } = (await answer.json()).community_view.community;
  world = { server, browser, admin, alice, community: id, communityName: name };
});

Deno.test.afterAll(async () => {
  await world?.browser.close();
  await world?.server.dispose();
});

/** A browser window of a person, whose errors fail the test at its end. */
class Window {
  readonly errors: string[] = [];

  constructor(readonly context: BrowserContext, readonly page: Page) {
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(message.text());
    });
  }

  static async open(path: string, token?: string): Promise<Window> {
    const { browser, server } = world;
    const context = await browser.newContext();
    if (token) {
      await context.addCookies([
        { name: "jwt", value: token, url: server.origin },
      ]);
    }
    const window = new Window(context, await context.newPage());
    window.page.setDefaultTimeout(8000);
    await window.goto(path);
    return window;
  }

  /** Loads a page and waits until its islands live. */
  async goto(path: string): Promise<void> {
    await this.page.goto(world.server.origin + path);
    await this.ready();
  }

  /** The button of a select disappears when the islands are there. */
  async ready(): Promise<void> {
    await this.page.waitForFunction(() => {
      const buttons = document.querySelectorAll<HTMLElement>(
        "form[data-apply] button",
      );
      const areas = document.querySelectorAll("textarea[data-markdown]");
      return [...buttons].every((button) => button.hidden) &&
        [...areas].every((area) =>
          area.previousElementSibling?.matches(".toolbar")
        );
    });
  }

  /** Waits until an element shows a text. */
  async shows(selector: string, text: string): Promise<void> {
    await this.page.waitForFunction(
      ([selector, text]) =>
        document.querySelector(selector)?.textContent === text,
      [selector, text] as const,
    );
  }

  /** Marks the document, to see later that it is the same one. */
  mark(): Promise<unknown> {
    return this.page.evaluate("document.marked = true");
  }

  isMarked(): Promise<boolean> {
    return this.page.evaluate("document.marked === true");
  }

  async close(t: Assertions, expected: RegExp[] = []): Promise<void> {
    await this.context.close();
    const unexpected = this.errors.filter((error) =>
      !expected.some((pattern) => pattern.test(error))
    );
    t.equal(unexpected, [], "errors in the browser's console");
  }
}

async function makePost(name = "A post to talk about"): Promise<number> {
  const answer = await world.server.api("POST", "/post", {
    token: world.admin,
    body: { name, community_id: world.community },
  });
  return (await answer.json()).post_view.post.id;
}

async function makeComment(
  post_id: number,
  content: string,
  parent_id?: number,
  token = world.admin,
): Promise<number> {
  const answer = await world.server.api("POST", "/comment", {
    token,
    body: { post_id, content, parent_id },
  });
  return (await answer.json()).comment_view.comment.id;
}

test("a vote counts at once, without a reload, and is taken back the same way", async (t) => {
  const post = await makePost();
  const window = await Window.open("/", world.alice);
  const { page } = window;
  const form = page.locator(`#post-${post} form.vote`);
  const up = form.locator(".up");
  const shown = () => form.locator(".n").innerText();
  await window.mark();
  t.equal(await shown(), "1");
  const counted = page.waitForResponse("**/api/v4/post/like");
  await up.click();
  t.equal(await up.getAttribute("aria-pressed"), "true");
  t.equal(await shown(), "2");
  t.equal((await counted).status(), 200);
  t.equal(await up.getAttribute("value"), "0", "the next press takes it back");
  t.equal(await up.getAttribute("aria-label"), "Upvote, 2 points");

  const third = page.waitForResponse(async (response) =>
    response.url().endsWith("/post/like") &&
    (await response.json()).post_view.post.score === 0
  );
  await up.click();
  await form.locator(".down").click();
  await third;
  await page.waitForSelector(`#post-${post} form.vote:not([aria-busy])`);
  const score = form.locator(".n");
  t.equal(await score.getAttribute("data-score"), "0", "the last wish holds");
  t.equal(await up.getAttribute("aria-pressed"), "false");
  t.ok(await window.isMarked(), "the page was not loaded again");
  await window.goto("/");
  t.equal(await score.getAttribute("data-score"), "0", "and it is stored");
  t.equal(await form.getAttribute("data-vote"), "-1");
  t.equal(await form.locator(".down").getAttribute("aria-pressed"), "true");
  await window.close(t);
});

test("a vote that is refused is rolled back and the reader is told", async (t) => {
  const post = await makePost();
  const window = await Window.open("/", world.alice);
  const { page } = window;
  const form = page.locator(`#post-${post} form.vote`);
  for (
    const [status, text] of [[400, "not be saved"], [429, "fast"]] as const
  ) {
    await page.route(
      "**/api/v4/post/like",
      (route) => route.fulfill({ status, json: { error: "unknown" } }),
    );
    await form.locator(".up").click();
    await page.waitForSelector(`.toast[role=alert]:has-text("${text}")`);
    t.equal(await form.locator(".n").innerText(), "1");
    t.equal(await form.locator(".up").getAttribute("aria-pressed"), "false");
    t.equal(await form.locator(".up").getAttribute("value"), "1");
    await page.unroute("**/api/v4/post/like");
  }
  await window.close(t, [/status of 4/]);
});

test("a vote whose request is blocked goes as a plain form", async (t) => {
  const post = await makePost();
  const window = await Window.open("/", world.alice);
  const { page } = window;
  await page.route("**/api/v4/post/like", (route) => route.abort());
  await Promise.all([
    page.waitForURL(`**/#post-${post}`),
    page.locator(`#post-${post} form.vote .up`).click(),
  ]);
  await window.ready();
  const form = page.locator(`#post-${post} form.vote`);
  t.equal(await form.getAttribute("data-vote"), "1");
  await window.close(t, [/Failed to load resource/]);
});

test("a feed offers new posts, counts votes and does not move", async (t) => {
  const post = await makePost("An earlier post");
  await makeComment(post, "first");
  const window = await Window.open("/?sort=new");
  const { page } = window;
  await window.mark();
  t.equal(await page.locator(".live button").count(), 0);
  const before = await page.locator(`#post-${post}`).boundingBox();
  await makePost("A newer post");
  await page.waitForSelector('.live button:has-text("1 new post – show")');
  await makePost("The newest post");
  await page.waitForSelector('.live button:has-text("2 new posts – show")');
  await world.server.api("POST", "/post/like", {
    token: world.alice,
    body: { post_id: post, is_upvote: true },
  });
  await window.shows(`#post-${post} .n`, "2");
  await makeComment(post, "second");
  await window.shows(`#post-${post} [data-comments]`, "2");
  t.equal(await page.locator(`#post-${post}`).boundingBox(), before);
  t.ok(await window.isMarked());
  await page.click(".live button");
  await page.waitForSelector("text=The newest post");
  t.ok(!(await window.isMarked()), "loaded again");
  await window.close(t);

  const inCommunity = await Window.open(`/c/${world.communityName}`);
  await makePost("Once more");
  await inCommunity.page.waitForSelector(".live button");
  await inCommunity.close(t);
});

test("a comment of another window is announced and shown on demand", async (t) => {
  const post = await makePost();
  const parent = await makeComment(post, "A first comment");
  const reader = await Window.open(`/post/${post}`);
  const writer = await Window.open(`/post/${post}`, world.alice);
  const { page } = reader;
  await reader.mark();
  await writer.page.fill("#f-content", "A comment from elsewhere");
  await writer.mark();
  await writer.page.click("form[data-comment-form] .btn.go");
  await writer.page.waitForSelector(
    'li.c:focus:has-text("A comment from elsewhere")',
  );
  t.ok(await writer.isMarked(), "written without a reload");
  t.equal(await writer.page.inputValue("#f-content"), "");
  const reply = await makeComment(post, "An answer to the first", parent);
  await page.waitForSelector('.live button:has-text("2 new comments – show")');
  t.equal(await page.locator("li.c").count(), 1);
  await page.click(".live button");
  await page.waitForSelector('li.c.new:has-text("A comment from elsewhere")');
  t.equal(
    await page.locator(`#comment-${parent} #comment-${reply}.new`).count(),
    1,
    "below its parent",
  );
  t.equal(await page.locator(".live button").count(), 0);
  t.equal(await page.locator("#comments h2").innerText(), "3 comments");
  t.ok(await reader.isMarked());

  await writer.page.waitForSelector(
    '.live button:has-text("1 new comment – show")',
  );
  await world.server.api("POST", "/comment/like", {
    token: world.alice,
    body: { comment_id: parent, is_upvote: true },
  });
  await reader.shows(`#comment-${parent} .n`, "2");
  await reader.close(t);
  await writer.close(t);
});

test("the first comment of a post replaces the empty state", async (t) => {
  const post = await makePost();
  const window = await Window.open(`/post/${post}`, world.alice);
  await window.mark();
  await window.page.fill("#f-content", "The very first");
  await window.page.press("#f-content", "Control+Enter");
  await window.page.waitForSelector("ul.comments > li.c");
  t.equal(await window.page.locator("#no-comments").count(), 0);
  t.equal(await window.page.locator(".live button").count(), 0, "own comment");
  t.ok(await window.isMarked());
  await window.close(t);
});

test("an answer is written in place; a refused one comes back with its text", async (t) => {
  const post = await makePost();
  const parent = await makeComment(post, "Answer me");
  const window = await Window.open(`/post/${post}`, world.alice);
  const { page } = window;
  await window.mark();
  const link = page.locator(`#comment-${parent} a[data-reply]`);
  await link.click();
  const area = page.locator(".reply textarea");
  await page.waitForSelector(".reply textarea:focus");
  t.equal(await page.locator(".reply .toolbar").count(), 1);
  const ids: string[] = await page.evaluate(
    `[...document.querySelectorAll("[id]")].map((e) => e.id)`,
  );
  t.equal(ids.length, new Set(ids).size, "no id twice");
  await page.click(".reply a[data-cancel]");
  t.equal(await page.locator(".reply").count(), 0);
  t.ok(
    await link.evaluate((element) => element === document.activeElement),
    "focus returns to the link",
  );

  await link.click();
  await area.evaluate((element) => element.removeAttribute("maxlength"));
  await area.fill("too long ".repeat(1200));
  await page.locator(".reply .btn.go").click();
  await page.waitForSelector(".reply [role=alert]");
  await area.fill("Seen *before* it is sent");
  await page.locator(".reply button[name=preview]").click();
  await page.waitForSelector(".reply em");
  t.equal(await area.inputValue(), "Seen *before* it is sent");
  await page.locator(".reply .btn.go").click();
  await page.waitForSelector(`#comment-${parent} li.c:focus`);
  t.equal(await page.locator(".reply").count(), 0);
  t.ok(await window.isMarked(), "all on one page");
  t.equal(await page.locator(".live button").count(), 0);

  await page.locator(`#comment-${parent} a[data-reply]`).first().click();
  await area.fill("Not lost");
  await page.route("**/reply", (route) => route.abort());
  await page.locator(".reply .btn.go").click();
  await page.waitForSelector('.toast:has-text("Your text is kept")');
  t.equal(await area.inputValue(), "Not lost");
  await window.close(t, [/status of 4/, /ERR_FAILED/]);
});

test("more replies are loaded in place", async (t) => {
  const post = await makePost();
  let last = await makeComment(post, "Level 1");
  for (let level = 2; level <= 11; level++) {
    last = await makeComment(post, `Level ${level}`, last);
  }
  const window = await Window.open(`/post/${post}`);
  await window.mark();
  t.equal(await window.page.locator(`#comment-${last}`).count(), 0);
  const more = window.page.locator("a[data-more]").first();
  const id = await more.getAttribute("data-more");
  await more.click();
  await window.page.waitForSelector(`#comment-${last}`);
  t.equal(await window.page.locator(`a[data-more="${id}"]`).count(), 0);
  t.equal(await window.page.locator("li.c").count(), 11);
  t.ok(await window.isMarked());
  await window.close(t);
});

test("collapsed comments stay collapsed", async (t) => {
  const post = await makePost();
  const first = await makeComment(post, "To be closed");
  const second = await makeComment(post, "Stays open");
  const reply = await makeComment(post, "Inside", first);
  const window = await Window.open(`/post/${post}`);
  const { page } = window;
  await page.click(`#comment-${first} > details > summary`);
  t.ok(!(await page.isVisible(`#comment-${reply}`)));
  await window.goto(`/post/${post}`);
  t.ok(!(await page.isVisible(`#comment-${reply}`)), "after a reload");
  t.ok(await page.isVisible(`#comment-${second} article`));
  await window.goto(`/post/${post}?sort=old#comment-${reply}`);
  t.ok(await page.isVisible(`#comment-${reply}`), "the address asks for it");
  await page.click(`#comment-${first} > .meta`, { position: { x: 300, y: 5 } });
  t.ok(!(await page.isVisible(`#comment-${reply}`)), "the line is a handle");
  await window.close(t);
});

test("the editor formats, links what is pasted, and undoes", async (t) => {
  const post = await makePost();
  const window = await Window.open(`/post/${post}`, world.alice);
  const { page } = window;
  const area = page.locator("#f-content");
  const select = (from: number, to: number) =>
    area.evaluate(
      (element, [from, to]) =>
        (element as HTMLTextAreaElement).setSelectionRange(from, to),
      [from, to] as const,
    );
  await area.click();
  await page.keyboard.type("read this now");
  await select(5, 9);
  await page.keyboard.press("Control+b");
  t.equal(await area.inputValue(), "read **this** now");
  await page.keyboard.press("Control+b");
  t.equal(await area.inputValue(), "read this now", "the same keys undo it");
  await page.click(".toolbar .italic");
  t.equal(await area.inputValue(), "read *this* now");
  await page.keyboard.press("Control+z");
  t.equal(await area.inputValue(), "read this now", "the browser's undo works");
  await select(0, 4);
  await area.evaluate((element) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "https://example.org/a");
    element.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, cancelable: true }),
    );
  });
  t.equal(
    await area.inputValue(),
    "[read](https://example.org/a) this now",
  );
  await page.keyboard.press("Control+8");
  t.match(await area.inputValue(), /^- \[read\]/);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Control+Shift+S");
  t.match(await area.inputValue(), /^::: spoiler \w+\n- .*\n:::$/);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("ArrowRight");
  t.equal(
    await page.evaluate("document.activeElement.className"),
    "italic",
    "arrows move within the toolbar",
  );
  await window.close(t);
});

test("a draft is offered again until its text is sent", async (t) => {
  const post = await makePost();
  const other = await makePost();
  const window = await Window.open(`/post/${post}`, world.alice);
  const { page } = window;
  const prompts: string[] = [];
  page.on("dialog", async (dialog) => {
    prompts.push(dialog.type());
    await dialog.accept();
  });
  await page.locator("#f-content").pressSequentially("Half a thou");
  await window.goto(`/post/${other}`);
  t.equal(prompts, ["beforeunload"], "leaving is asked about");
  t.equal(await page.locator(".notice button").count(), 0, "one draft a place");
  await window.goto(`/post/${post}`);
  await page.click('button:has-text("Use draft")');
  t.equal(await page.inputValue("#f-content"), "Half a thou");
  await page.click("form[data-comment-form] .btn.go");
  await page.waitForSelector('li.c:has-text("Half a thou")');
  await window.goto(`/post/${post}`);
  t.equal(await page.locator('button:has-text("Use draft")').count(), 0);

  await page.goto(`${world.server.origin}/create_post`);
  await page.waitForSelector(".toolbar");
  await page.fill("#f-community", world.communityName);
  await page.fill("#f-name", "Made by a plain form");
  await page.fill("#f-body", "Its text");
  await page.waitForFunction(() =>
    localStorage.getItem("tundra.drafts")?.includes("Its text")
  );
  await page.click("form.form .btn.go");
  await page.waitForURL("**/post/*");
  await page.waitForFunction(() =>
    localStorage.getItem("tundra.drafts") === null
  );
  t.equal(prompts, ["beforeunload"], "sending asks nothing");
  await window.close(t);
});

test("selects apply on change, but not while arrow keys walk through them", async (t) => {
  await makePost();
  const window = await Window.open("/");
  const { page } = window;
  const select = page.locator("select[name=sort]");
  await Promise.all([
    page.waitForURL("**/?*sort=new*"),
    select.selectOption("new"),
  ]);
  await window.ready();
  t.equal(await select.inputValue(), "new");
  await page.keyboard.press("Tab");
  await select.evaluate((element: HTMLSelectElement) => {
    element.selectedIndex++;
    element.dispatchEvent(new Event("change", { bubbles: true }));
  });
  const button = page.locator("form[data-apply]:has(select[name=sort]) button");
  t.ok(await button.isVisible(), "the button is back");
  t.match(page.url(), "sort=new");
  await Promise.all([page.waitForNavigation(), button.click()]);
  t.noMatch(page.url(), "sort=new");
  await window.close(t);
});

test("menus close when they are left", async (t) => {
  const window = await Window.open("/", world.alice);
  const { page } = window;
  const menu = page.locator(".bar details.menu");
  await menu.locator("summary").click();
  t.ok(await menu.locator(".pop").isVisible());
  await page.keyboard.press("Escape");
  t.ok(!(await menu.locator(".pop").isVisible()));
  await menu.locator("summary").click();
  await page.mouse.click(5, 400);
  t.ok(!(await menu.locator(".pop").isVisible()));
  await window.close(t);
});

test("scripts stay within their budgets", async (t) => {
  const post = await makePost();
  await makeComment(post, "A comment");
  for (
    const [path, token, budget] of [
      ["/", undefined, 12_000],
      ["/", world.alice, 25_000],
      [`/post/${post}`, undefined, 25_000],
      [`/post/${post}`, world.alice, 25_000],
    ] as const
  ) {
    const window = await Window.open(path, token);
    const sizes = await window.page.evaluate(() =>
      performance.getEntriesByType("resource")
        .filter(({ name }) => name.endsWith(".js"))
        .map((entry) => (entry as PerformanceResourceTiming).encodedBodySize)
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    t.ok(
      total > 3000 && total <= budget,
      `${path} loads ${total} bytes of scripts`,
    );
    await window.close(t);
  }
});
