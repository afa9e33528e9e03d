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
