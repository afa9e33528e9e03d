/** Forms whose button is pressed twice, as slow networks make people do (without JavaScript). */
import { type Assertions, test } from "../harness.ts";
import { type TestServer, withServer } from "../support/server.ts";

/** A signed-in reader of pages, who has no JavaScript. */
class Browser {
  constructor(readonly server: TestServer, readonly jwt: string) {}

  /** The page's form id, as every sending of that form carries it. */
  async formId(path: string): Promise<string> {
    const page = await this.#send(path);
    const html = await page.text();
    const id = /name="form_id" value="([^"]+)"/.exec(html)?.[1];
    if (!id) throw new Error(`${path} (${page.status}) has no form id`);
    return id;
  }

  async submit(path: string, fields: Record<string, string>) {
    const answer = await this.#send(path, new URLSearchParams(fields));
    const html = await answer.text();
    return {
      status: answer.status,
      to: answer.headers.get("location"),
      html,
    };
  }

  #send(path: string, body?: URLSearchParams): Promise<Response> {
    return fetch(this.server.origin + path, {
      method: body ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie: `jwt=${this.jwt}`, origin: this.server.origin },
      body,
    });
  }
}

async function pressFourTimes(
  t: Assertions,
  browser: Browser,
  path: string,
  fields: Record<string, string>,
): Promise<string> {
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => browser.submit(path, fields)),
  );
  t.equal(answers.map(({ status }) => status), [303, 303, 303, 303]);
  const places = new Set(answers.map(({ to }) => to));
  t.equal(places.size, 1, `all lead to one place: ${[...places]}`);
  return answers[0].to!;
}

test("a form sent several times at once makes one thing, and leads to it", async (t) => {
  await withServer({ workers: 2 }, async (server) => {
    const browser = new Browser(server, await server.signUp("alice"));

    const community = {
      form_id: await browser.formId("/create_community"),
      name: "pressed",
      title: "Pressed",
    };
    t.equal(
      await pressFourTimes(t, browser, "/create_community", community),
      "/c/pressed",
    );

    const post = {
      form_id: await browser.formId("/create_post?community=pressed"),
      community: "pressed",
      name: "Only one of these",
    };
    const path = await pressFourTimes(t, browser, "/create_post", post);
    t.match(path, /^\/post\/\d+$/);

    const comment = {
      form_id: await browser.formId(path),
      content: "said once",
    };
    const anchor = await pressFourTimes(t, browser, path, comment);
    const id = /#comment-(\d+)$/.exec(anchor)![1];

    const answer = {
      form_id: await browser.formId(`/comment/${id}/reply`),
      content: "answered once",
    };
    await pressFourTimes(t, browser, `/comment/${id}/reply`, answer);

    const posts = await (await server.api("GET", "/post/list?type_=all"))
      .json();
    t.equal(
      posts.items.map((view: { post: { name: string } }) => view.post.name),
      ["Only one of these"],
    );
    const comments = await (await server.api(
      "GET",
      `/comment/list?post_id=${path.split("/")[2]}&max_depth=5`,
    )).json();
    t.equal(
      comments.items
        .map((view: { comment: { content: string } }) => view.comment.content)
        .sort(),
      ["answered once", "said once"],
    );
  });
});

test("the same form with other words in it, or one that was refused, is sent anew", async (t) => {
  await withServer({}, async (server) => {
    const browser = new Browser(server, await server.signUp("alice"));
    await browser.submit("/create_community", {
      name: "again",
      title: "Again",
    });
    const form_id = await browser.formId("/create_post?community=again");
    const form = { form_id, community: "again", name: "First thought" };

    const refused = await browser.submit("/create_post", { ...form, name: "" });
    t.equal(refused.status, 400);
    const again = await browser.submit("/create_post", { ...form, name: "" });
    t.equal(again.status, 400, "a refused form is refused again");

    const preview = await browser.submit("/create_post", {
      ...form,
      preview: "true",
    });
    t.equal(preview.status, 200);

    const first = await browser.submit("/create_post", form);
    const second = await browser.submit("/create_post", {
      ...form,
      name: "Second thought",
    });
    t.equal([first.status, second.status], [303, 303]);
    t.ok(first.to !== second.to, "other words are another post");

    const bob = new Browser(server, await server.signUp("bob"));
    const theirs = await bob.submit("/create_post", form);
    t.ok(theirs.to !== first.to, "another person's form is another form");
  });
});
