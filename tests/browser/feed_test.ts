import { test } from "../harness.ts";
import { makeComment, makePost, useWorld, Window, world } from "./window.ts";

useWorld();

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
