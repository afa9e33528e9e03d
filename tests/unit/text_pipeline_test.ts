import {
  blocklistMatcher,
  compileSlurFilter,
  NO_SLURS,
  processMarkdown,
} from "../../lib/domain/text/mod.ts";
import { splitCode } from "../../lib/domain/text/code_regions.ts";
import { type Assertions, test } from "../harness.ts";
import { cpuTime } from "../support/cpu_time.ts";

const imageProxy = { origin: "https://home.example" };
const clean = (text: string) => processMarkdown(text, { slurs: NO_SLURS }).text;
const proxied = (text: string) =>
  processMarkdown(text, { slurs: NO_SLURS, imageProxy });

test("pipeline masks slurs, then cleans links, then checks the block list", async (t: Assertions) => {
  const options = {
    slurs: compileSlurFilter("evil"),
    blocklist: blocklistMatcher(["rt.com"]),
    field: "body",
  };
  t.equal(
    processMarkdown("Evil https://a.b/?utm_source=x&y=1", options),
    { text: "*removed* https://a.b/?y=1", remoteImages: [] },
  );
  await t.throws(
    () => processMarkdown("see `http://rt.com`", options),
    "blocked_url",
  );
  // An unwrapped target is checked as well.
  await t.throws(
    () =>
      processMarkdown(
        "https://out.reddit.com/?url=https%3A%2F%2Fr%74.com%2F",
        options,
      ),
    "blocked_url",
  );
});

test("links are cleaned in prose and left alone in code", (t: Assertions) => {
  const link = "https://a.b/?utm_source=x";
  t.equal(
    clean(`[t](${link}) and (${link}).`),
    "[t](https://a.b/) and (https://a.b/).",
  );
  t.equal(clean(`**${link}** <${link}>`), "**https://a.b/** <https://a.b/>");
  t.equal(clean(`[${link}](${link} "t")`), '[https://a.b/](https://a.b/ "t")');
  for (
    const code of [
      `\`${link}\``,
      `\`\` a \` ${link} \`\``,
      `\`\`\`\n${link}\n\`\`\``,
      `~~~ js\n${link}\n~~~~`,
      `> \`\`\`\n> ${link}\n> \`\`\``,
      `- \`\`\`\n  ${link}\n  \`\`\``,
      `text\n\n    ${link}\n`,
      `\`\`\`\n${link}`,
    ]
  ) t.equal(clean(code), code);
  t.equal(clean(`\`open ${link}`), "`open https://a.b/");
  t.equal(clean(`\`\`\`\nx\n\`\`\`\n${link}`), "```\nx\n```\nhttps://a.b/");
  t.equal(clean(`text\n    ${link}`), "text\n    https://a.b/");
});

test("code regions joined are the text", (t: Assertions) => {
  for (
    const text of [
      "a `b` c\r\n\r\n    code\n\n```\nx\n``\n```\nend",
      "`".repeat(50_000) + " `",
      "``` ` ".repeat(5000),
      "\n\n\n",
      "",
    ]
  ) t.equal(splitCode(text).map((region) => region.text).join(""), text);
});

test("foreign images lead through the proxy and keep their titles", (t: Assertions) => {
  t.equal(
    proxied('![a](https://x.y/i.png?a=1 "emoji t") ![b](<https://x.y/(j>)'),
    {
      text:
        '![a](https://home.example/api/v4/image/proxy?url=https%3A%2F%2Fx.y%2Fi.png%3Fa%3D1 "emoji t") ' +
        "![b](https://home.example/api/v4/image/proxy?url=https%3A%2F%2Fx.y%2F%28j)",
      remoteImages: ["https://x.y/i.png?a=1", "https://x.y/(j"],
    },
  );
  for (
    const same of [
      "![a](https://home.example/api/v4/image/x.png)",
      "[link](https://x.y/i.png)",
      "`![a](https://x.y/i.png)`",
      "\\![a](https://x.y/i.png)",
      "![a]() ![b",
    ]
  ) t.equal(proxied(same), { text: same, remoteImages: [] });
  t.equal(proxied("![a](//x.y/i.png)").text, "![a]()");
  t.equal(
    proxied("[![a](https://x.y/i.png)](https://x.y)").text,
    "[![a](https://home.example/api/v4/image/proxy?url=https%3A%2F%2Fx.y%2Fi.png)](https://x.y)",
  );
});

test("images by reference cannot bypass the proxy", (t: Assertions) => {
  const { text, remoteImages } = proxied(
    "![a][Ref] ![plain]\n\n[ref]: https://x.y/1.png\n[plain]: <https://x.y/2.png> 't'\n[other]: https://x.y/3.png",
  );
  t.equal(remoteImages, ["https://x.y/1.png", "https://x.y/2.png"]);
  t.match(text, "[other]: https://x.y/3.png");
  t.noMatch(text, /\]: <?https:\/\/x\.y\/[12]/);
});

test("pipeline stays fast on hostile text", (t: Assertions) => {
  const hostile = [
    "![",
    "[",
    "](",
    "![](x(",
    "`",
    "\\`",
    "http://",
    "> ",
    "    a\n",
    "![a][",
    "``` `\n",
  ];
  for (const piece of hostile) {
    const text = piece.repeat(Math.floor(50_000 / piece.length));
    const spent = cpuTime(() => proxied(text));
    t.ok(spent < 200, `${JSON.stringify(piece)} took ${spent} ms`);
  }
});
