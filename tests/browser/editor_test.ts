import { test } from "../harness.ts";
import { makePost, useWorld, Window, world } from "./window.ts";

useWorld();

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
