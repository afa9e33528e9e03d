import { test } from "../harness.ts";
import { withServer } from "../support/server.ts";

test("the search page finds by words and by address, in plain HTML; a draft finds posts like it", (t) =>
  withServer({}, async (server) => {
    const admin = await server.login("admin");
    const read = async (path: string, token?: string) => {
      const answer = await fetch(server.origin + path, {
        headers: {
          accept: "text/html",
          ...token && { cookie: `jwt=${token}` },
        },
      });
      return { status: answer.status, html: await answer.text() };
    };
    const made = await server.api("POST", "/community", {
      token: admin,
      body: { name: "kites", title: "Flying kites" },
    });
    const { id } = (await made.json()).community_view.community;
    for (let n = 0; n < 12; n++) {
      await (await server.api("POST", "/post", {
        token: admin,
        body: { name: `A kite numbered ${n}`, community_id: id },
      })).body?.cancel();
    }

    const form = await read("/search");
    t.equal(form.status, 200);
    t.match(form.html, 'name="q"');
    t.noMatch(form.html, "Nothing found");

    const found = await read("/search?q=kite");
    t.match(found.html, "Flying kites");
    t.match(found.html, "A kite numbered 11");
    t.noMatch(found.html, "A kite numbered 0", "the second page has it");
    const next = /rel="next" href="([^"]+)"/.exec(found.html) ??
      /href="([^"]+)"[^>]*rel="next"/.exec(found.html);
    t.ok(next, "leads on");
    const second = await read(`/search${next![1].replaceAll("&amp;", "&")}`);
    t.match(second.html, "A kite numbered 0");

    const none = await read("/search?q=%3Cb%3Ezebra");
    t.match(none.html, "Nothing found for “&lt;b>zebra”");
    const users = await read("/search?q=admin&type=users");
    t.match(users.html, '/u/admin"');
    const named = await read(
      `/search?q=${
        encodeURIComponent(`!kites@${new URL(server.origin).host}`)
      }`,
      admin,
    );
    t.match(named.html, "Found by its address");
    t.match(named.html, "Flying kites");
    t.equal((await read("/search?q=kite&cursor=nonsense")).status, 200);
    t.equal((await read("/search?q=kite&type=posts&cursor=x")).status, 400);

    const write = async (fields: Record<string, string>) => {
      const answer = await fetch(`${server.origin}/create_post`, {
        method: "POST",
        headers: { cookie: `jwt=${admin}`, origin: server.origin },
        body: new URLSearchParams({ ...fields, preview: "true" }),
      });
      return await answer.text();
    };
    const same = await write({ community: "kites", name: "kite numbered 7" });
    t.match(same, /Similar posts[\s\S]+A kite numbered 7/);
    t.noMatch(same, "A kite numbered 8");
    const several = await write({ name: "kite numbered" });
    t.equal(several.match(/A kite numbered \d/g)?.length, 5);
    t.noMatch(await write({ name: "Never seen" }), "Similar posts");
  }));
