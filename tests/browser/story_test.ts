import type { Page } from "playwright-core";
import { type Assertions, test } from "../harness.ts";
import { launchBrowser } from "../support/browser.ts";
import { withServer } from "../support/server.ts";

const PASSWORD = "a long enough password";

/** Submits a form by its main button and waits for the page behind it. */
async function submit(page: Page, form = "main form"): Promise<void> {
  const button = page.locator(`${form} button.go`).last();
  await Promise.all([page.waitForNavigation(), button.click()]);
}

async function setUp(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/`);
  await page.fill("[name=username]", "ada");
  await page.fill("[name=password]", PASSWORD);
  await page.fill("[name=password_verify]", PASSWORD);
  await submit(page);
  await page.fill("[name=name]", "Northern Lights");
  await page.selectOption("[name=registration_mode]", "open");
  await submit(page);
}

async function signUp(page: Page, origin: string, name: string): Promise<void> {
  await page.goto(`${origin}/signup`);
  await page.fill("[name=username]", name);
  await page.fill("[name=password]", PASSWORD);
  await page.fill("[name=password_verify]", PASSWORD);
  await submit(page);
}

async function createCommunity(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/create_community`);
  await page.fill("[name=name]", "astronomy");
  await page.fill("[name=title]", "Astronomy");
  await submit(page);
}

async function createPost(page: Page, origin: string): Promise<string> {
  await page.goto(`${origin}/create_post?community=astronomy`);
  await page.fill("[name=name]", "Water on a rocky planet");
  await page.fill("[name=url]", "https://example.org/water?utm_source=feed");
  await page.fill("[name=body]", "The **first** time.");
  await submit(page);
  return page.url();
}

test("the whole story works in a browser, live in a second window", (t: Assertions) =>
  withServer({ unset: true }, async ({ origin }) => {
    const browser = await launchBrowser();
    try {
      const errors: string[] = [];
      const window = async () => {
        const context = await browser.newContext();
        const page = await context.newPage();
        page.on("pageerror", (error) => errors.push(error.message));
        page.on("console", (message) => {
          if (message.type() === "error") errors.push(message.text());
        });
        return page;
      };
      const ada = await window();
      await setUp(ada, origin);
      t.match(await ada.title(), "Northern Lights");
      await createCommunity(ada, origin);
      t.match(await ada.locator("h1").innerText(), "Astronomy");

      const bob = await window();
      await signUp(bob, origin, "bob");
      t.match(bob.url(), "/communities");
      const post = await createPost(bob, origin);
      t.match(post, /\/post\/\d+$/);
      t.equal(
        await bob.locator("article.full h1 a").getAttribute("href"),
        "https://example.org/water",
      );

      // Ada watches the post and its vote count while Bob writes.
      await ada.goto(post);
      await bob.fill("form[data-comment-form] textarea", "Is it **salty**?");
      await bob.locator("form[data-comment-form] button.go").click();
      await bob.locator(".c article", { hasText: "Is it salty?" }).waitFor();
      const offer = ada.locator(".live button, .live a").first();
      await offer.waitFor({ timeout: 10_000 });
      await offer.click();
      const arrived = ada.locator(".c article", { hasText: "Is it salty?" });
      await arrived.waitFor();
      t.equal(await arrived.count(), 1);

      await ada.locator("article.full .vote .up").click();
      const score = bob.locator("article.full .vote .n");
      await bob.waitForFunction(() =>
        document.querySelector("article.full .vote .n")?.textContent === "2"
      );
      t.equal(await score.innerText(), "2");
      await ada.locator("[data-reply]").first().click();
      await ada.locator(".c form[data-comment-form] textarea").fill("Very.");
      await ada.locator(".c form[data-comment-form] button.go").click();
      await ada.locator(".c .c article", { hasText: "Very." }).waitFor();
      await bob.reload();
      t.equal(
        await bob.locator(".c .c article", { hasText: "Very." }).count(),
        1,
      );
      t.equal(errors, []);
    } finally {
      await browser.close();
    }
  }));

test("the same story works with JavaScript off", (t: Assertions) =>
  withServer({ unset: true }, async ({ origin }) => {
    const browser = await launchBrowser();
    try {
      const window = async () => {
        const context = await browser.newContext({ javaScriptEnabled: false });
        return await context.newPage();
      };
      const ada = await window();
      await setUp(ada, origin);
      await createCommunity(ada, origin);
      const bob = await window();
      await signUp(bob, origin, "bob");
      await bob.goto(`${origin}/c/astronomy`);
      await Promise.all([
        bob.waitForNavigation(),
        bob.locator("aside form[action$='/follow'] button").click(),
      ]);
      t.equal(
        await bob.locator("aside form[action$='/follow'] button").innerText(),
        "Joined",
      );
      const post = await createPost(bob, origin);

      await ada.goto(post);
      await ada.fill("form[data-comment-form] textarea", "Is it *salty*?");
      await Promise.all([
        ada.waitForNavigation(),
        ada.locator("form[data-comment-form] [name=preview]").click(),
      ]);
      t.equal(await ada.locator("form .card em").innerText(), "salty");
      await submit(ada, "form[data-comment-form]");
      t.match(ada.url(), /#comment-\d+$/);
      await Promise.all([
        ada.waitForNavigation(),
        ada.locator("article.full .vote .up").click(),
      ]);
      t.equal(await ada.locator("article.full .vote .n").innerText(), "2");
      t.equal(
        await ada.locator("article.full .vote .up").getAttribute(
          "aria-pressed",
        ),
        "true",
      );

      await bob.goto(post);
      await Promise.all([
        bob.waitForNavigation(),
        bob.locator(".c a", { hasText: "Reply" }).click(),
      ]);
      await bob.fill("textarea", "Very.");
      await submit(bob, "form[data-comment-form]");
      t.equal(await bob.locator(".c .c article").count(), 1);

      // Refusals keep what was typed and change nothing.
      await bob.goto(`${origin}/create_post?community=astronomy`);
      await bob.fill("[name=name]", "A script as a link");
      await bob.fill("[name=body]", "kept text");
      await bob.locator("[name=url]").evaluate((field) => {
        (field as HTMLInputElement).type = "text";
      });
      await bob.fill("[name=url]", "javascript:alert(1)");
      await submit(bob);
      t.match(await bob.locator("[role=alert]").innerText(), /fields/);
      t.equal(await bob.locator("[name=body]").inputValue(), "kept text");
      t.equal(
        await bob.locator("[name=url]").getAttribute("aria-invalid"),
        "true",
      );
      await bob.goto(`${origin}/?listingType=all&sort=new`);
      t.equal(await bob.locator(".posts .post").count(), 1);
      await Promise.all([
        bob.waitForNavigation(),
        bob.locator("form[action='/logout'] button").evaluate((button) =>
          (button as HTMLButtonElement).form!.requestSubmit()
        ),
      ]);
      t.equal(await bob.locator("a[href^='/login']").count() > 0, true);
      const scripts = await bob.locator("script[src]").count();
      await bob.goto(`${origin}/login`);
      t.equal(
        await bob.locator("script").count(),
        0,
        "no script where no island is",
      );
      t.ok(scripts <= 2, "the front page loads few scripts");
    } finally {
      await browser.close();
    }
  }));
