import {
  checkActorName,
  checkBody,
  checkDisplayName,
  checkKeywords,
  checkMatrixId,
  checkPassword,
  checkPostTitle,
  checkReportReason,
  checkSlurRegex,
  checkSummary,
  checkTagDisplayName,
  compileSlurFilter,
  extractMentions,
  NO_SLURS,
} from "../../lib/domain/text/mod.ts";
import type { LemmyError } from "../../lib/domain/errors.ts";
import { type Assertions, test } from "../harness.ts";
import { cpuTime } from "../support/cpu_time.ts";

test("post title is trimmed and counted in code points", async (t: Assertions) => {
  t.equal(checkPostTitle("  abc  "), "abc");
  t.equal(checkPostTitle("😀".repeat(200)).length, 400);
  for (
    const bad of [
      "ab",
      "a b",
      "x".repeat(201),
      "one\ntwo three",
      "\u200b\u200b\u200babc".slice(0, 5),
      "     ",
      "abc\0",
      "abc\ud800",
    ]
  ) {
    const error = await t.throws(
      () => checkPostTitle(bad),
      "invalid_post_title",
    );
    t.equal((error as LemmyError).field, "name");
  }
});

test("body refuses overflow, NUL and broken UTF-16", async (t: Assertions) => {
  t.equal(checkBody("x".repeat(10), 10), "x".repeat(10));
  t.equal(checkBody(""), "");
  await t.throws(() => checkBody("x".repeat(11), 10), "invalid_body_field");
  await t.throws(() => checkBody("a\0b"), "invalid_body_field");
  await t.throws(() => checkBody("a\udc00b"), "invalid_body_field");
});

test("actor name takes one script only", async (t: Assertions) => {
  for (const good of ["ab", "A_b9", "اسم_1", "имя_1", "x".repeat(20)]) {
    t.equal(checkActorName(good), good);
  }
  for (
    const bad of ["a", "", "a-b", "a.b", "aимя", "имяاسم", "é1", "x".repeat(21)]
  ) {
    await t.throws(() => checkActorName(bad), "invalid_name");
  }
});

test("display name needs three visible characters and no leading @", async (t: Assertions) => {
  t.equal(checkDisplayName(" Bob Ross "), "Bob Ross");
  t.equal(checkDisplayName("😀😀😀"), "😀😀😀");
  for (
    const bad of [
      "ab",
      "a b",
      "@abc",
      "\u200babc",
      "a\nbcd",
      "x".repeat(51),
      "Bob\u202EssoR",
      "\u05D0\u2067bob",
    ]
  ) {
    await t.throws(() => checkDisplayName(bad), "invalid_display_name");
  }
  await t.throws(() => checkTagDisplayName("a\u202Ab"), "invalid_display_name");
});

test("matrix id follows its grammar", async (t: Assertions) => {
  for (const good of ["@dess:matrix.org", "@a.b-c=:localhost:8448"]) {
    t.equal(checkMatrixId(good), good);
  }
  for (
    const bad of [
      "dess:matrix.org",
      "@:a.b",
      "@a",
      "@a:b:1",
      "@a b:c",
      "@a:b\n",
    ]
  ) {
    await t.throws(() => checkMatrixId(bad), "invalid_matrix_id");
  }
});

test("short texts throw the code of their own field", async (t: Assertions) => {
  t.equal(checkPassword("ö".repeat(60)), "ö".repeat(60));
  await t.throws(() => checkPassword("x".repeat(9)), "invalid_password");
  await t.throws(() => checkPassword("x".repeat(61)), "invalid_password");
  await t.throws(
    () => checkSummary("x".repeat(151)),
    "site_description_length_overflow",
  );
  await t.throws(() => checkReportReason("  "), "report_reason_required");
  await t.throws(() => checkReportReason("x".repeat(1001)), "report_too_long");
  t.equal(checkKeywords([" abc ", "abc", "déf"]), ["abc", "déf"]);
  await t.throws(() => checkKeywords(["ab"]), "block_keyword_too_short");
  await t.throws(
    () => checkKeywords(["x".repeat(51)]),
    "block_keyword_too_long",
  );
  await t.throws(
    () => checkKeywords(new Array(10_000).fill("abc")),
    "too_many_items",
  );
});

test("slur filter masks words in any script and case", (t: Assertions) => {
  const filter = compileSlurFilter("(foo(s|ed)?\\b|b[a@]r|слово\\w*)");
  t.equal(
    filter.mask("FOO food b@R Словом end"),
    "*removed* food *removed* *removed* end",
  );
  t.ok(filter.matches("xFoos"));
  t.ok(!filter.matches("nothing here"));
  t.equal(NO_SLURS.mask("foo"), "foo");
  t.equal(compileSlurFilter("").mask("foo"), "foo");
  t.equal(compileSlurFilter("a.c").mask("$& abc"), "$& *removed*");
});

test("slur filter takes linear time where backtracking would hang", async (t: Assertions) => {
  const filter = compileSlurFilter("^(a+)+$");
  const spent = cpuTime(() => t.ok(!filter.matches("a".repeat(50_000) + "!")));
  t.ok(spent < 500, `took ${spent} ms`);
  await t.throws(
    () => compileSlurFilter("foo").check("a Foo", "name"),
    "slurs",
  );
});

test("slur expression must compile and must not match everything", async (t: Assertions) => {
  await t.throws(() => checkSlurRegex("(unclosed"), "invalid_regex");
  await t.throws(() => checkSlurRegex("(?=look)"), "invalid_regex");
  for (const regex of [".", "\\w", "", "x|", "[0-9]"]) {
    if (regex === "") checkSlurRegex(regex);
    else await t.throws(() => checkSlurRegex(regex), "permissive_regex");
  }
  checkSlurRegex("word");
});

test("mentions drop trailing punctuation and repetitions", (t: Assertions) => {
  t.equal(
    extractMentions(
      "Hi @Ann@example.com. and @ann@EXAMPLE.com, `@имя@host.tld:8080`: " +
        "!c@example.org @x@.:",
    ),
    [
      { name: "Ann", host: "example.com" },
      { name: "имя", host: "host.tld:8080" },
    ],
  );
  t.equal(extractMentions("@".repeat(50_000)), []);
});
