import { test } from "../harness.ts";
import { makeComment, makePost, useWorld, Window, world } from "./window.ts";

useWorld();

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

test("the same words may be written twice in one form", async (t) => {
  const post = await makePost();
  const window = await Window.open(`/post/${post}`, world.alice);
  const { page } = window;
  await window.mark();
  for (const count of [1, 2]) {
    await page.fill("#f-content", "Seconded");
    await page.click("form[data-comment-form] .btn.go");
    await page.waitForFunction(
      (count) => document.querySelectorAll("li.c").length === count,
      count,
    );
    t.equal(await page.inputValue("#f-content"), "");
  }
  t.ok(await window.isMarked());
  await window.close(t);
});

test("the page of one thread tells only of answers in it", async (t) => {
  const post = await makePost();
  const root = await makeComment(post, "The thread that is shown");
  const window = await Window.open(`/post/${post}/${root}`);
  const { page } = window;
  await makeComment(post, "Another thread");
  await makeComment(post, "An answer in it", root);
  await page.waitForSelector('.live button:has-text("1 new comment – show")');
  await page.click(".live button");
  await page.waitForSelector('li.c.new:has-text("An answer in it")');
  t.equal(await page.locator("li.c").count(), 2);
  t.equal(await page.locator(".live button").count(), 0);
  await window.close(t);
});
