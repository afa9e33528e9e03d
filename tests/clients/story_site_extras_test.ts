/** Taglines and custom emojis, told by the official client. */
import { test } from "../harness.ts";
import { codeOf, ok, send, startSite } from "./api_server.ts";
import { noise } from "./stage.ts";

test("taglines are written by admins and read by everybody", async (t) => {
  const server = await startSite();
  try {
    const { admin } = server;
    await ok(admin.editSite({ slur_filter_regex: "darn" }));
    const first = await ok(
      admin.createTagline({ content: "A *darn* fine place" }),
    );
    t.equal(first.tagline.content, "A **removed** fine place");
    t.equal(first.tagline.updated_at, undefined);
    const long = "x".repeat(60_000);
    const second = await ok(admin.createTagline({ content: long }));
    t.equal(second.tagline.content, long);
    const anonymous = server.client();
    const page = await ok(anonymous.listTaglines({ limit: 1 }));
    t.equal(page.items.map((line) => line.id), [second.tagline.id]);
    const next = await ok(anonymous.listTaglines({
      limit: 1,
      page_cursor: page.next_page,
    }));
    t.equal(next.items.map((line) => line.id), [first.tagline.id]);
    const { id } = first.tagline;
    const edited = await ok(admin.editTagline({ id, content: "Welcome" }));
    t.equal(edited.tagline.content, "Welcome");
    t.ok(edited.tagline.updated_at);
    await ok(admin.deleteTagline({ id: second.tagline.id }));
    await ok(admin.deleteTagline({ id: second.tagline.id }));
    t.equal((await ok(anonymous.getSite())).tagline?.content, "Welcome");
    t.equal(
      await codeOf(admin.editTagline({ id: 999, content: "x" })),
      "couldnt_update",
    );
    t.equal(
      await codeOf(anonymous.createTagline({ content: "x" })),
      "incorrect_login",
    );
    t.equal(
      await codeOf(anonymous.listTaglines({ limit: 51 })),
      "invalid_fetch_limit",
    );
    const { sql } = server.database;
    await ok(
      admin.createTagline({ content: "![](https://far.example/a.png)" }),
    );
    const [{ n }] = await sql`select count(*)::int4 as n from remote_image`;
    t.equal(n, 1);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("custom emojis have one shortcode and picture each", async (t) => {
  const server = await startSite();
  try {
    const { admin } = server;
    const anonymous = server.client();
    const form = {
      category: "birds",
      shortcode: " Robin ",
      image_url: "https://example.org/robin.png",
      alt_text: "a robin",
      keywords: ["Red ", "bird", "red"],
    };
    const made = await ok(admin.createCustomEmoji(form));
    const { custom_emoji, keywords } = made.custom_emoji;
    t.equal(custom_emoji.shortcode, "robin");
    t.equal(keywords.map((word) => word.keyword), ["red", "bird"]);
    t.equal(keywords[0].custom_emoji_id, custom_emoji.id);
    const refused = (change: Partial<typeof form>) =>
      codeOf(admin.createCustomEmoji({
        ...form,
        shortcode: "other",
        image_url: "https://example.org/other.png",
        ...change,
      }));
    t.equal(await refused({ shortcode: "ROBIN" }), "couldnt_create");
    t.equal(await refused({ image_url: form.image_url }), "couldnt_create");
    t.equal(await refused({ shortcode: "x".repeat(129) }), "couldnt_create");
    t.equal(await refused({ shortcode: "  " }), "couldnt_create");
    t.equal(await refused({ keywords: ["x".repeat(129)] }), "couldnt_create");
    t.equal(await refused({ image_url: "robin.png" }), "invalid_url");
    const far = `https://example.org/${noise(5000)}`;
    t.equal(await refused({ image_url: far }), "url_length_overflow");
    t.equal(await refused({ category: noise(5000) }), "couldnt_create");
    t.equal((await ok(anonymous.listCustomEmojis({}))).custom_emojis.length, 1);
    const wren = await ok(admin.createCustomEmoji({
      ...form,
      category: "animals",
      shortcode: "wren",
      image_url: "https://example.org/wren.png",
    }));
    const list = async (category?: string) =>
      (await ok(anonymous.listCustomEmojis({ category }))).custom_emojis
        .map((view) => view.custom_emoji.shortcode);
    t.equal(await list(), ["wren", "robin"]);
    t.equal(await list("birds"), ["robin"]);
    t.equal(await list("bird"), []);
    const { id } = custom_emoji;
    const words = await ok(admin.editCustomEmoji({ id, keywords: ["tiny"] }));
    t.equal(
      words.custom_emoji.keywords.map((word) => word.keyword),
      ["tiny"],
    );
    t.ok(words.custom_emoji.custom_emoji.updated_at);
    const moved = await ok(admin.editCustomEmoji({ id, category: "small" }));
    t.equal(moved.custom_emoji.custom_emoji.category, "small");
    t.equal(moved.custom_emoji.keywords.length, 1);
    t.equal(
      await codeOf(admin.editCustomEmoji({ id, shortcode: "wren" })),
      "couldnt_update",
    );
    t.equal(
      await codeOf(admin.editCustomEmoji({ id: 999, category: "x" })),
      "couldnt_update",
    );
    // Both ways that clients delete.
    await ok(admin.deleteCustomEmoji({ id }));
    await ok(admin.deleteCustomEmoji({ id }));
    const gone = await send(server, "DELETE", "/custom_emoji", {
      jwt: server.adminJwt,
      body: JSON.stringify({ id: wren.custom_emoji.custom_emoji.id }),
    });
    t.equal(gone.json, { success: true });
    t.equal(await list(), []);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
