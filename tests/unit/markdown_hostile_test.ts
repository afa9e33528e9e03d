import {
  renderInlineTitle,
  renderMarkdown,
  renderPlainText,
} from "../../lib/markdown/mod.ts";
import { type Assertions, test } from "../harness.ts";
import { problemsOf } from "./markdown_checker.ts";
import { cpuTime } from "../support/cpu_time.ts";

const render = (markdown: string) =>
  renderMarkdown(markdown, { idPrefix: "p", localHost: "home.example" });

/** Ways to run script or to leave the site's markup, known from attacks on other renderers. */
const VECTORS = [
  "<script>alert(1)</script>",
  "<ScRiPt src=//e.vil></sCrIpT>",
  "<img src=x onerror=alert(1)>",
  '"><img src=x onerror=alert(1)>',
  "<svg/onload=alert(1)>",
  "<svg><script>alert(1)</script></svg>",
  "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
  "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
  "<a href='javascript:alert(1)'>x</a>",
  "<details open ontoggle=alert(1)>",
  "<style>@import 'http://e.vil'</style>",
  "<base href='//e.vil/'>",
  "<form action=//e.vil><input name=password>",
  "<meta http-equiv=refresh content='0;url=//e.vil'>",
  "<!--><script>alert(1)</script-->",
  "<![CDATA[<script>alert(1)</script>]]>",
  "<?php echo 1 ?>",
  "<p title='</p><script>alert(1)</script>'>",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<xmp><p title='</xmp><script>alert(1)</script>'>",
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt:alert(1))",
  "[a](  javascript:alert(1))",
  "[a](<javascript:alert(1)>)",
  "[a](java\nscript:alert(1))",
  "[a](<java\tscript:alert(1)>)",
  "[a](javascript&colon;alert(1))",
  "[a](javascript&#58;alert(1))",
  "[a](javascript&#x3a;alert(1))",
  "[a](&#x6A;avascript:alert(1))",
  "[a](&#0000106avascript:alert(1))",
  "[a](java&Tab;script:alert(1))",
  "[a](java&NewLine;script:alert(1))",
  "[a](\u0001javascript:alert(1))",
  "[a](&#1;javascript:alert(1))",
  "[a](javascript\\:alert(1))",
  "[a](vbscript:msgbox(1))",
  "[a](data:text/html,<script>alert(1)</script>)",
  "[a](data:text/html;base64,PHNjcmlwdD4=)",
  "[a](data:image/svg+xml,<svg onload=alert(1)>)",
  "[a](file:///etc/passwd)",
  "[a](blob:https://home.example/x)",
  "[a](view-source:javascript:alert(1))",
  "[a](//e.vil/)",
  "[a](/\\e.vil/)",
  "[a](\\\\e.vil/)",
  "[a](/\t/e.vil/)",
  "[a](/&#10;/e.vil/)",
  "[a](http:e.vil)",
  '[a](http://x.y/"onmouseover="alert(1))',
  "[a](http://x.y/ \"t' onmouseover='alert(1)\")",
  "[a](http://x.y/ 't\" onmouseover=\"alert(1)')",
  '[a](http://x.y/ (t"><script>alert(1)</script>))',
  "[a]: javascript:alert(1)\n\n[a]",
  '![a][b]\n\n[b]: javascript:alert(1) "x"',
  "![a](javascript:alert(1))",
  "![a](data:image/svg+xml,<svg/onload=alert(1)>)",
  '![" onerror="alert(1)](http://x.y/i.png)',
  '![a](http://x.y/i.png "\\" onerror=\\"alert(1)")',
  '![a](http://x.y/v.mp4"onplay=alert(1))',
  "![<img src=x onerror=alert(1)>](http://x.y/i.png)",
  '![a](http://x.y/i.png "emoji\\"><script>alert(1)</script>")',
  "<javascript:alert(1)>",
  "<data:text/html,alert(1)>",
  '<http://x.y/"onclick=alert(1)>',
  'http://x.y/"onmouseover=alert(1)',
  "http://x.y/'onmouseover='alert(1)",
  "http://x.y/<script>alert(1)</script>",
  'www.x.y"><script>alert(1)</script>',
  "https://javascript:alert(1)@x.y",
  '@a"onclick=alert(1)@x.org',
  '!a@x.org?"onclick=alert(1)',
  "!a@x.org?<script>",
  "/c/../../x@x.org",
  "@javascript:alert(1)@x.org",
  '```"><script>alert(1)</script>\nx\n```',
  "``` js onload=alert(1)\n</code></pre><script>alert(1)</script>\n```",
  "`</code><script>alert(1)</script>`",
  "    </code></pre><script>alert(1)</script>",
  "::: spoiler </summary><script>alert(1)</script>\nx\n:::",
  "::: spoiler a\n</details><script>alert(1)</script>\n:::",
  "{<script>|</rt><script>alert(1)</script>}",
  '{a|" onclick="alert(1)}',
  "^<script>^ ~<script>~",
  'a[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: x',
  "^[<script>alert(1)</script>]",
  "[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
  "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
  "# <script>alert(1)</script>",
  "- <script>\n- </script>",
  "> <script>alert(1)</script>",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;script&#62;alert(1)&#60;/script&#62;",
  "\\<script\\>alert(1)\\</script\\>",
  "<scr\0ipt>alert(1)</scr\0ipt>",
  "[a](java\0script:alert(1))",
  "＜script＞alert(1)＜/script＞",
  "[![a](javascript:alert(1))](javascript:alert(1))",
  "[a [b](javascript:alert(1)) c](http://x.y)",
  "*<img src=x* onerror=alert(1)>",
  "**[a](**javascript:alert(1))",
  "\ud800<script>\udc00",
  "\u202e<script>\u2066",
];

test("no known attack gets through", (t: Assertions) => {
  t.ok(VECTORS.length >= 60);
  for (const vector of VECTORS) {
    for (
      const markdown of [
        vector,
        `x ${vector} y`,
        `> - ${vector}`,
        `[l](${vector})`,
      ]
    ) {
      const html = render(markdown);
      t.equal(problemsOf(html, "p"), [], `${markdown}\n${html}`);
      const title = renderInlineTitle(markdown);
      t.equal(problemsOf(title, "p"), [], `${markdown}\n${title}`);
      t.noMatch(title, /<(?!\/?(?:em|strong|del|code)>)/);
    }
  }
});

test("the checker itself reports what it must", (t: Assertions) => {
  for (
    const bad of [
      "<script>x</script>",
      '<p onclick="x">a</p>',
      '<p style="x">a</p>',
      '<a href="javascript:x">a</a>',
      '<a href="//e.vil">a</a>',
      '<img src="data:x">',
      '<p id="main">a</p>',
      "<p>a",
      "a < b",
      "<p title='a'>b</p>",
    ]
  ) t.ok(problemsOf(bad, "p").length > 0, bad);
});

const MAX_LENGTH = 50_000;
const fill = (piece: string) =>
  piece.repeat(Math.floor(MAX_LENGTH / piece.length));

const HOSTILE: Record<string, string> = {
  "nested spoilers": Array.from(
    { length: 40 },
    (_, n) => `${":".repeat(50 - n)} spoiler x\n`,
  ).join("") + "a *b* c\n\n".repeat(4000),
  "list staircase": Array.from(
    { length: 300 },
    (_, n) => `${" ".repeat(n * 2)}- a`,
  ).join("\n").slice(0, MAX_LENGTH),
  "wide table": `${fill("|a").slice(0, 10_000)}|\n${"|-".repeat(5000)}|\n${
    "|\n".repeat(14_000)
  }`,
  "long table": "|a|b|\n|-|-|\n" + "|a|b|\n".repeat(8000),
  "backtick runs": Array.from({ length: 310 }, (_, n) => "`".repeat(n)).join(
    " ",
  ),
  "nested emphasis": "*a **b ".repeat(3500) + " c** d*".repeat(3500),
  "nested brackets": "[".repeat(25_000) + "]".repeat(25_000),
  "nested links": "[".repeat(10_000) + "a" + "](b)".repeat(10_000),
  "parentheses": `[a](${"(".repeat(20_000)}${")".repeat(20_000)})`,
};
for (
  const piece of [
    ">",
    "> ",
    "[",
    "![",
    "*",
    "_",
    "_*",
    "**a**",
    "a**b",
    "~",
    "~~a ",
    "^[",
    "{a|",
    "- ",
    "1. ",
    "* a\n",
    "|",
    "a|\n-|\n",
    "a|b\n-|\n",
    "[a](",
    "](",
    "[a][b]",
    "[^a]: b\n",
    "<",
    "<a ",
    "<!--",
    "&",
    "http://",
    "www.",
    "a@",
    "@a",
    "!",
    "/c/",
    "`",
    "\\",
    "# a\n",
    "a\n",
    "\n",
    "\t",
    "```\n",
    "a\n=\n",
    "a\n-\n",
    ":::\n",
    "::: spoiler a\n",
    "> a\n> > b\n",
    ">a\nb\n",
    "- a\n  > b\n",
    '"',
    "--",
    "\0",
    "😀",
    "é*",
    "<div>\n",
    "\r",
  ]
) HOSTILE[JSON.stringify(piece)] = fill(piece);

test("hostile texts of full length render within 200 ms", (t: Assertions) => {
  render("warm **up** [a](http://x.y) `c`");
  for (const [name, markdown] of Object.entries(HOSTILE)) {
    // The best of six: memory may be collected meanwhile.
    let best = Infinity;
    for (let attempt = 0; attempt < 6 && best >= 200; attempt++) {
      let html = "";
      best = cpuTime(() =>
        html = renderMarkdown(markdown, {
          idPrefix: `p${attempt}`,
          localHost: "home.example",
        })
      );
      t.equal(problemsOf(html, `p${attempt}`), [], name);
      renderPlainText(markdown, 300);
      renderInlineTitle(markdown.slice(0, 200));
    }
    t.ok(best < 200, `${name} took ${best} ms`);
  }
});

test("twenty ordinary comments render in a few milliseconds", (t: Assertions) => {
  const comment =
    "I *agree* with @someone@lemmy.ml, see [this](https://example.com/a?b=c) and `code`.\n\n" +
    "> quoted text that is a bit longer\n\n- one\n- **two**\n\nhttps://example.org/path.";
  for (let n = 0; n < 50; n++) render(`${comment} warm ${n}`);
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    // Ten times as many: the time comes in pieces of some ten milliseconds.
    const spent = cpuTime(() => {
      for (let n = 0; n < 200; n++) render(`${comment} ${round} ${n}`);
    });
    best = Math.min(best, spent / 10);
  }
  t.ok(best < 20, `took ${best} ms`);
});
