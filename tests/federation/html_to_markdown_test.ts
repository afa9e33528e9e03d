import {
  firstLineOf,
  htmlToMarkdown,
} from "../../lib/federation/html_to_markdown.ts";
import { renderMarkdown } from "../../lib/markdown/mod.ts";
import { test } from "../harness.ts";
import { document } from "./documents.ts";
import { cpuTime } from "../support/cpu_time.ts";

test("formatting that Markdown has is kept", (t) => {
  const cases: [string, string][] = [
    ["<p>a <b>b</b> <i>c</i> <code>d</code></p>", "a **b** *c* `d`"],
    ["<p>a<br>b</p><p>c</p>", "a\\\nb\n\nc"],
    ["<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"],
    ["<ol start=3><li>x<li>y</ol>", "3. x\n4. y"],
    ["<blockquote>q</blockquote>", "> q"],
    ["<del>x</del>", "~~x~~"],
    [
      "<pre><code class='language-js'>a &lt; 1\n</code></pre>",
      "```js\na < 1\n```",
    ],
    ["<table><tr><th>a<tr><td>1</table>", "| a |\n| - |\n| 1 |"],
    ["<img src='https://a.test/b.png' alt='B'>", "![B](https://a.test/b.png)"],
    ["plain, no HTML", "plain, no HTML"],
    ["", ""],
  ];
  for (const [html, markdown] of cases) {
    t.equal(htmlToMarkdown(html), markdown, html);
  }
});

test("scripts, styles, forms and addresses of other schemes go", (t) => {
  const html = "<p>a<script>alert(1)</script><style>p{}</style>" +
    "<a href='javascript:alert(1)'>b</a><a href='/here'>c</a>" +
    "<img src='data:image/png;base64,x' alt='d'><form><input></form>" +
    "<iframe src='https://x.test'>e</iframe></p>";
  t.equal(htmlToMarkdown(html), "abcd");
});

test("words do not become markup", (t) => {
  const words = "*a* _b_ ~c~ ^d^ {e|f} [g](h) `i` # j <b>";
  const html = `<p>${words.replaceAll("<", "&lt;")}</p>`;
  const shown = renderMarkdown(htmlToMarkdown(html), {
    idPrefix: "x",
    localHost: "tundra.test",
  });
  t.match(shown, words.replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
  t.equal(htmlToMarkdown("<p>::: spoiler x</p>"), "\\::: spoiler x");
});

test("a microblog's mentions and shortened links stay links", (t) => {
  const { content } = document("mastodon/objects/note_2");
  t.equal(
    htmlToMarkdown(String(content)),
    "[@kde@lemmy.kde.social](https://lemmy.kde.social/c/kde)\n\n" +
      "We also need funding 💶 to keep the gears turning! Please support us with a donation:\n\n" +
      "<https://kde.org/donate/>\n\n\\[3/3]",
  );
});

test("the first line is the first block's, without markup", (t) => {
  t.equal(firstLineOf("<p>A <b>title</b></p><p>text</p>"), "A title");
  t.equal(firstLineOf("one<br>two"), "one");
  t.equal(firstLineOf("<script>x</script>"), "");
});

test("HTML bombs cost little time and come to an end", (t) => {
  const many = 300_000;
  const bombs = [
    "<div>".repeat(many),
    "<b><i>".repeat(many),
    "<p>x".repeat(many),
    "<ul><li>".repeat(many),
    "<a href='https://x.test'>z".repeat(many),
    "<table><tr><td>".repeat(many),
    "<".repeat(many),
    "&amp;".repeat(many),
    "[".repeat(many),
    `<a ${"x=y ".repeat(many)}>`,
    `<table><tr>${"<td colspan=100000>".repeat(1000)}`,
  ];
  for (const bomb of bombs) {
    const spent = cpuTime(() => {
      htmlToMarkdown(bomb);
      firstLineOf(bomb);
    });
    t.ok(spent < 3000, `${bomb.slice(0, 20)} took ${spent} ms`);
  }
  const deep = htmlToMarkdown("<b>word ".repeat(many));
  t.ok(deep.includes("word word"), "what came before the end is kept");
});
