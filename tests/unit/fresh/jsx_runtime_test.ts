import { jsx, jsxTemplate } from "preact/jsx-dev-runtime";
import { renderToString } from "preact-render-to-string";
import { jsxEscape } from "../../../lib/fresh/jsx_runtime.ts";
import { test } from "../../harness.ts";

test("jsxEscape escapes texts once, alone and in lists", (t) => {
  const list = ["a & b", jsx("i", { children: "<c>" }), ["d & e"]];
  for (let i = 0; i < 2; i++) {
    const vnode = jsxTemplate(["<p>", "</p>"], jsxEscape(list));
    t.equal(
      renderToString(vnode),
      "<p>a &amp; b<i>&lt;c></i>d &amp; e</p>",
    );
  }
  t.equal(jsxEscape("a & b"), "a &amp; b");
  t.equal(jsxEscape(null), null);
});
