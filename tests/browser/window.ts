/** Windows of Chromium on a site of their own, for the tests of the islands. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Assertions } from "../harness.ts";
import { launchBrowser } from "../support/browser.ts";
import { startServer, type TestServer } from "../support/server.ts";

export interface World {
  server: TestServer;
  browser: Browser;
  /** Session tokens. */
  admin: string;
  alice: string;
  community: number;
  communityName: string;
}

/** The site of this file's tests. */
export let world: World;

/** Gives the tests of a file a site with an admin, a user and a community. */
export function useWorld(): void {
  Deno.test.beforeAll(async () => {
    const server = await startServer();
    const browser = await launchBrowser();
    const admin = await server.login("admin");
    const alice = await server.signUp("alice");
    const answer = await server.api("POST", "/community", {
      token: admin,
      body: { name: "birds", title: "Birds" },
    });
    const { id, name } = (await answer.json()).community_view.community;
    world = {
      server,
      browser,
      admin,
      alice,
      community: id,
      communityName: name,
    };
  });

  Deno.test.afterAll(async () => {
    await world?.browser.close();
    await world?.server.dispose();
  });
}

/** A browser window of a person, whose errors fail the test at its end. */
export class Window {
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

/** Posts in the community, as the admin. */
export async function makePost(name = "A post to talk about"): Promise<number> {
  const answer = await world.server.api("POST", "/post", {
    token: world.admin,
    body: { name, community_id: world.community },
  });
  return (await answer.json()).post_view.post.id;
}

/** Comments on a post or answers a comment. */
export async function makeComment(
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
