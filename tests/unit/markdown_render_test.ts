import {
  renderInlineTitle,
  renderMarkdown,
  type RenderOptions,
  renderPlainText,
} from "../../lib/markdown/mod.ts";
import { highlight, loadLanguage } from "../../lib/markdown/highlight.ts";
import { type Assertions, test } from "../harness.ts";
import { problemsOf } from "./markdown_checker.ts";

const REL = 'rel="noopener nofollow ugc"';
const render = (markdown: string, options: Partial<RenderOptions> = {}) =>
  renderMarkdown(markdown, {
    idPrefix: "post-1",
    localHost: "home.example",
    ...options,
  });
/** Content of the one paragraph a text makes. */
const inline = (markdown: string, options: Partial<RenderOptions> = {}) =>
  render(markdown, options).replace(/^<p dir="auto">([\s\S]*)<\/p>$/, "$1");

test("blocks follow CommonMark and carry a direction", (t: Assertions) => {
  t.equal(
    render("# A\n\nB\n===\n\n###### C #"),
    [
      '<h1 dir="auto">A</h1>',
      '<h1 dir="auto">B</h1>',
      '<h6 dir="auto">C</h6>',
    ].join("\n"),
  );
  t.equal(render("a\nb  \nc\\\nd"), '<p dir="auto">a\nb<br>\nc<br>\nd</p>');
  t.equal(
    render("> q\n> r\n\n***"),
    '<blockquote dir="auto"><p dir="auto">q\nr</p></blockquote>\n<hr>',
  );
  t.equal(
    render("- a\n- b\n  1. c\n\n3) d"),
    '<ul dir="auto"><li>a</li>\n<li>b\n<ol dir="auto"><li>c</li></ol></li></ul>\n' +
      '<ol start="3" dir="auto"><li>d</li></ol>',
  );
  t.equal(
    render("- a\n\n- b"),
    '<ul dir="auto"><li><p dir="auto">a</p></li>\n<li><p dir="auto">b</p></li></ul>',
  );
  t.equal(
    render("    code <b>\n\n```\nfenced\n```"),
    '<pre dir="auto"><code>code &lt;b&gt;</code></pre>\n' +
      '<pre dir="auto"><code>fenced</code></pre>',
  );
  t.equal(render("- [ ] a\n- [x] b").match(/☐|☑/g)?.join(""), "☐☑");
  t.equal(render(""), "");
});

test("tables scroll in their own box and keep alignment", (t: Assertions) => {
  t.equal(
    render("|a|b|\n|:-|-:|\n|1|`x\\|y`|"),
    '<div class="table-scroll"><table dir="auto"><thead><tr>' +
      '<th class="align-left" dir="auto">a</th><th class="align-right" dir="auto">b</th>' +
      '</tr></thead><tbody><tr><td class="align-left" dir="auto">1</td>' +
      '<td class="align-right" dir="auto"><code>x|y</code></td></tr></tbody></table></div>',
  );
});

test("emphasis follows the rules of CommonMark", (t: Assertions) => {
  const cases: [string, string][] = [
    ["*foo bar*", "<em>foo bar</em>"],
    ["a * foo bar*", "a * foo bar*"],
    ["foo*bar*", "foo<em>bar</em>"],
    ["foo_bar_", "foo_bar_"],
    ["snake_case_name", "snake_case_name"],
    ["foo-_(bar)_", "foo-<em>(bar)</em>"],
    ["_foo*", "_foo*"],
    ["**foo bar**", "<strong>foo bar</strong>"],
    [
      "__foo, __bar__, baz__",
      "<strong>foo, <strong>bar</strong>, baz</strong>",
    ],
    ["*foo**bar**baz*", "<em>foo<strong>bar</strong>baz</em>"],
    ["*foo**bar*", "<em>foo**bar</em>"],
    ["***foo***", "<em><strong>foo</strong></em>"],
    ["***foo** bar*", "<em><strong>foo</strong> bar</em>"],
    ["*foo **bar***", "<em>foo <strong>bar</strong></em>"],
    ["foo***bar***baz", "foo<em><strong>bar</strong></em>baz"],
    ["**foo*", "*<em>foo</em>"],
    ["*foo**", "<em>foo</em>*"],
    ["*foo _bar* baz_", "<em>foo _bar</em> baz_"],
    ["*a `*`*", "<em>a <code>*</code></em>"],
    [
      "**a<http://x.y/?q=**>",
      `**a<a href="http://x.y/?q=**" ${REL}>http://x.y/?q=**</a>`,
    ],
    ["*[a*](http://x.y/)", `*<a href="http://x.y/" ${REL}>a*</a>`],
    ["\\*a\\*", "*a*"],
  ];
  for (const [markdown, html] of cases) t.equal(inline(markdown), html);
});

test("code spans, escapes and entities are literal", (t: Assertions) => {
  t.equal(inline("`` a`b ``"), "<code>a`b</code>");
  t.equal(inline("`unclosed ``"), "`unclosed ``");
  t.equal(inline("`<b>&amp;`"), "<code>&lt;b&gt;&amp;amp;</code>");
  t.equal(
    inline("&copy; &#65;&#x42; &lt;b&gt; &nope; & <"),
    "© AB &lt;b&gt; &amp;nope; &amp; &lt;",
  );
  t.equal(inline("a\0b"), "a\ufffdb");
});

test("raw HTML is shown as text", (t: Assertions) => {
  t.equal(inline("a <b>c</b>"), "a &lt;b&gt;c&lt;/b&gt;");
  t.equal(
    inline("<div>\n*x*\n</div>"),
    "&lt;div&gt;\n<em>x</em>\n&lt;/div&gt;",
  );
  t.equal(inline("<!-- c -->"), "&lt;!– c –&gt;");
});

test("sub, sup, strike and ruby have their marks", (t: Assertions) => {
  t.equal(
    inline("H~2~O x^2^ ~~gone~~"),
    "H<sub>2</sub>O x<sup>2</sup> <del>gone</del>",
  );
  t.equal(inline("~a b~ ^a b^ 2^32 ~ 5"), "~a b~ ^a b^ 2^32 ~ 5");
  const pair = (base: string, annotation: string) =>
    `${base}<rp>(</rp><rt>${annotation}</rt><rp>)</rp>`;
  t.equal(inline("{漢字|かんじ}"), `<ruby>${pair("漢字", "かんじ")}</ruby>`);
  t.equal(
    inline("{漢字|かん|じ}"),
    `<ruby>${pair("漢", "かん")}${pair("字", "じ")}</ruby>`,
  );
  t.equal(inline("{not ruby}"), "{not ruby}");
});

test("typography replaces quotes, dashes and signs outside code", (t: Assertions) => {
  t.equal(
    inline('"a" \'b\' it\'s -- c --- d... (c) (R) (tm) +-1 `"--"`'),
    "“a” ‘b’ it’s – c — d… © ® ™ ±1 <code>&quot;--&quot;</code>",
  );
  t.equal(inline('**"a"** "*b*"'), "<strong>“a”</strong> “<em>b</em>”");
  t.equal(inline('---- \\"x\\"'), "---- &quot;x&quot;");
});

test("spoilers fold, nest and close themselves", (t: Assertions) => {
  t.equal(
    render("before\n::: spoiler A *title*\nhidden\n:::\nafter"),
    '<p dir="auto">before</p>\n<details class="spoiler" dir="auto">' +
      "<summary>A <em>title</em></summary>\n" +
      '<p dir="auto">hidden</p></details>\n<p dir="auto">after</p>',
  );
  const nested = render(":::: spoiler A\n::: spoiler B\nx\n:::\ny\n::::\nz");
  t.match(
    nested,
    /B<\/summary>\n<p dir="auto">x<\/p><\/details>\n<p dir="auto">y/,
  );
  t.match(nested, /<\/details>\n<p dir="auto">z<\/p>$/);
  t.match(render("::: spoiler A\n```\n:::\n```\nx\n:::"), /:::<\/code>/);
  t.match(render("::: spoiler A\nopen"), /open<\/p><\/details>$/);
  t.match(
    render("> ::: spoiler A\n> x\n> :::"),
    /^<blockquote dir="auto"><details/,
  );
  t.noMatch(render("::: warning\nx\n:::"), "<details");
});

test("footnotes are numbered, linked both ways and prefixed", (t: Assertions) => {
  const html = render(
    "a[^x] b^[in *place*] c[^x] d[^none]\n\n[^x]: note[^y]\n    more\n[^y]: last",
  );
  t.match(
    html,
    'a<sup class="footnote-ref"><a href="#post-1-fn1" id="post-1-fnref1">[1]</a></sup>',
  );
  t.match(html, 'id="post-1-fnref1-2">[1]');
  t.match(html, "d[^none]</p>");
  t.match(
    html,
    '<hr class="footnotes-sep">\n<section class="footnotes"><ol class="footnotes-list"><li id="post-1-fn1"',
  );
  t.match(html, "in <em>place</em></p>");
  t.match(
    html,
    '<li id="post-1-fn3" class="footnote-item"><p dir="auto">last</p>',
  );
  t.match(html, '<a href="#post-1-fnref3" class="footnote-backref">');
  t.equal(problemsOf(html, "post-1"), []);
});

test("mentions lead to local pages and keep their text", (t: Assertions) => {
  const cases: [string, string, string][] = [
    ["!main@lemmy.ml", "/c/main@lemmy.ml", "community-link"],
    ["/c/main@lemmy.ml", "/c/main@lemmy.ml", "community-link"],
    ["@a_b_c@x.org", "/u/a_b_c@x.org", "person-link"],
    ["/u/a@x.org", "/u/a@x.org", "person-link"],
    ["/m/a@x.org", "/m/a@x.org", "multi-community-link"],
    ["@me@home.example", "/u/me", "person-link"],
    ["@имя@пример.рф", "/u/%D0%B8%D0%BC%D1%8F@пример.рф", "person-link"],
    ["!c@127.0.0.1:8536", "/c/c@127.0.0.1:8536", "community-link"],
    ["!c@x.org?sort=new", "/c/c@x.org?sort=new", "community-link"],
  ];
  for (const [markdown, href, name] of cases) {
    const text = markdown.replace("&", "&amp;");
    const link = `<a href="${href}" ${REL} class="${name}">${text}</a>`;
    t.equal(inline(markdown), link);
    t.equal(inline(`(${markdown}), x`), `(${link}), x`);
  }
  for (
    const plain of ["foo!a@x.org", "`!a@x.org`", "!a", "@a@b", "a/c/b@x.org"]
  ) {
    t.noMatch(inline(plain), /class="/);
  }
  t.equal(
    inline("[@a@x.org](http://x.y/)"),
    `<a href="http://x.y/" ${REL}>@a@x.org</a>`,
  );
});

test("bare addresses become links without the sentence's punctuation", (t: Assertions) => {
  const link = (href: string, text: string) =>
    `<a href="${href}" ${REL}>${text}</a>`;
  t.equal(
    inline("(https://x.y/a_(b)_c)."),
    `(${link("https://x.y/a_(b)_c", "https://x.y/a_(b)_c")}).`,
  );
  t.equal(
    inline("https://x.y/__init__.py~a~"),
    link("https://x.y/__init__.py~a", "https://x.y/__init__.py~a") + "~",
  );
  t.equal(
    inline("www.x.org, ok"),
    `${link("http://www.x.org/", "www.x.org")}, ok`,
  );
  t.equal(inline("me@x.org!"), `${link("mailto:me@x.org", "me@x.org")}!`);
  t.equal(inline("http:// www. x@y ftp://a.b/"), "http:// www. x@y ftp://a.b/");
  t.equal(
    inline("**https://x.y/**"),
    `<strong>${link("https://x.y/", "https://x.y/")}</strong>`,
  );
});

test("links open as the reader wishes and keep titles", (t: Assertions) => {
  t.equal(
    inline('[a](http://x.y/ "T & t")', { openInNewTab: true }),
    `<a href="http://x.y/" ${REL} target="_blank" title="T &amp; t">a</a>`,
  );
  for (const own of ["/post/1", "#x", "https://home.example/post/1"]) {
    t.noMatch(inline(`[a](${own})`, { openInNewTab: true }), "_blank");
  }
  t.equal(
    inline("[a][r]\n\n[r]: http://x.y/"),
    `<a href="http://x.y/" ${REL}>a</a>`,
  );
  t.match(
    inline("[m](magnet:?xt=urn:btih:1&dn=a)"),
    'href="magnet:?xt=urn:btih:1&amp;dn=a"',
  );
  t.match(inline("[m](matrix:u/a:b.c)"), 'href="matrix:u/a:b.c"');
});

test("pictures, videos, sounds and emoji follow the file ending", (t: Assertions) => {
  t.equal(
    inline('![a *b*](https://x.y/i.png "T")'),
    `<a href="https://x.y/i.png" ${REL} class="image-link">` +
      '<img src="https://x.y/i.png" alt="a b" title="T" loading="lazy" decoding="async"></a>',
  );
  t.equal(
    inline("![v](https://x.y/v.MP4?x=1)"),
    '<video src="https://x.y/v.MP4?x=1" controls loop preload="metadata" aria-label="v"></video>',
  );
  t.match(inline("![](/a.opus)"), /^<audio src="\/a\.opus" controls loop/);
  t.equal(
    inline('![:p:](https://x.y/p.png "emoji p")'),
    '<img src="https://x.y/p.png" alt=":p:" title="emoji p" class="custom-emoji" loading="lazy" decoding="async">',
  );
  const own = "/api/v4/image/a.png";
  t.match(
    inline(`![](${own})`, { imageSize: 256 }),
    `src="${own}?max_size=256"`,
  );
  t.match(inline(`![](${own})`, { imageSize: 256 }), `href="${own}"`);
  t.noMatch(inline("![](https://x.y/i.png)", { imageSize: 256 }), "max_size");
  const proxied = "/api/v4/image/proxy?url=https%3A%2F%2Fx.y%2Fv.webm";
  t.match(inline(`![](${proxied})`), "<video");
});

test("hidden media become links", (t: Assertions) => {
  for (
    const options of [{ variant: "no_images" as const }, { showMedia: false }]
  ) {
    t.equal(
      inline("![a](https://x.y/i.png)", options),
      `<a href="https://x.y/i.png" ${REL}>a</a>`,
    );
    t.equal(
      inline("![](/v.mp4)", options),
      `<a href="/v.mp4" ${REL}>/v.mp4</a>`,
    );
    t.equal(inline("[![a](/i.png)](/x)", options), `<a href="/x" ${REL}>a</a>`);
  }
});

test("code is highlighted once its language is loaded", async (t: Assertions) => {
  const markdown = "```js\nconst a = '<b>';\n```";
  t.match(
    render(markdown),
    '<code class="hljs language-javascript">const a = ',
  );
  await loadLanguage("javascript");
  const html = render(markdown);
  t.match(html, '<span class="hljs-keyword">const</span>');
  t.match(html, "&#x27;&lt;b&gt;&#x27;");
  t.equal(problemsOf(html, "post-1"), []);
  t.equal(highlight("x", "no-such-language"), undefined);
  t.match(
    render("```no-such\nx\n```"),
    '<code class="hljs language-no-such">x</code>',
  );
  t.noMatch(render('```"onload=x\nx\n```'), "onload");
});

test("titles know emphasis, code and strike-through only", (t: Assertions) => {
  t.equal(
    renderInlineTitle('*a* **b** `<c>` ~~d~~ [e](http://x.y) # <i> &amp; "q"'),
    "<em>a</em> <strong>b</strong> <code>&lt;c&gt;</code> <del>d</del> [e](http://x.y) # " +
      "&lt;i&gt; &amp; &quot;q&quot;",
  );
  t.equal(renderInlineTitle("# not a heading"), "# not a heading");
  t.equal(
    renderInlineTitle("snake_case and @a@b.cd"),
    "snake_case and @a@b.cd",
  );
});

test("plain text drops markup and hides spoilers", (t: Assertions) => {
  t.equal(
    renderPlainText(
      "# T\n\n*a* [l](http://x.y) ![alt](/i.png)[^1]\n\n::: spoiler X\nsecret\n:::\n\n- b\n- c\n\n`d` &amp; <e>\n\n[^1]: n",
      300,
    ),
    "T a l alt spoiler b c d & <e>",
  );
  t.equal(renderPlainText("word ".repeat(100), 20), "word word word word…");
  t.equal(renderPlainText("😀".repeat(30), 10), "😀".repeat(9) + "…");
  t.equal(renderPlainText("|a|b|\n|-|-|\n|c|d|", 99), "a b c d");
});

test("rendering twice gives the same from the cache", (t: Assertions) => {
  const first = render("cached *text*");
  t.equal(render("cached *text*"), first);
  t.notEqual(
    render("a[^1]\n\n[^1]: b", { idPrefix: "x" }),
    render("a[^1]\n\n[^1]: b", { idPrefix: "y" }),
  );
});
