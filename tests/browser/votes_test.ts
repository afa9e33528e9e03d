import { test } from "../harness.ts";
import { makePost, useWorld, Window, world } from "./window.ts";

useWorld();

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
