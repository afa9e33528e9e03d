import { test } from "../harness.ts";
import { makeComment, makePost, useWorld, Window, world } from "./window.ts";

useWorld();

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
      ["/create_post", world.alice, 25_000],
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

test("posts like it are told while a title is typed, and nothing moves", async (t) => {
  for (const bird of ["robin", "wren"]) {
    await makePost(`The song of a ${bird}`);
  }
  const window = await Window.open(
    `/create_post?community=${world.communityName}`,
    world.alice,
  );
  const { page } = window;
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/similar?")) asked.push(request.url());
  });
  const below = () => page.locator("#f-url").boundingBox();
  const before = await below();
  await page.locator("#f-name").pressSequentially("song of", { delay: 20 });
  const told = page.locator('[aria-live="polite"] summary');
  await told.waitFor();
  t.equal(await told.textContent(), "Similar posts (2)");
  t.equal(asked.length, 1, "asked once, after the typing");
  t.equal(await below(), before);
  t.equal(
    await page.evaluate("document.activeElement.id"),
    "f-name",
    "typing goes on",
  );
  await told.click();
  const link = page.locator("#similar a", { hasText: "wren" });
  t.ok(await link.isVisible());
  await page.press("#f-name", "End");
  await page.locator("#f-name").pressSequentially(" a wren");
  await told.filter({ hasText: "(1)" }).waitFor();
  t.ok(await link.isVisible(), "stays open");
  const [post] = await Promise.all([
    window.context.waitForEvent("page"),
    link.click(),
  ]);
  t.match(post.url(), "/post/");
  t.equal(await page.inputValue("#f-name"), "song of a wren");
  await page.fill("#f-name", "Unheard of");
  await told.waitFor({ state: "detached" });
  t.equal(await below(), before);
  await page.goto(
    `${
      new URL(page.url()).origin
    }/create_post?community=${world.communityName}&title=song+of+a+robin`,
  );
  await told.filter({ hasText: "(1)" }).waitFor();
  await window.close(t);
});
