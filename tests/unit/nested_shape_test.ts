import { nestedShape } from "../../lib/domain/nested_shape.ts";
import { test } from "../harness.ts";

test("rows become views: without what is null, and without what a left join has not found", (t) => {
  const make = nestedShape(
    ["post.id", "post.url", "seen.exists", "seen.at", "a b.exists", "can_mod"],
    ["seen"],
  );
  t.equal(
    JSON.stringify(make([1, "u", true, "t", 0, false])),
    '{"post":{"id":1,"url":"u"},"seen":{"at":"t"},"a b":{"exists":0},"can_mod":false}',
  );
  t.equal(
    JSON.stringify(make([1, null, true, null, null, null])),
    '{"post":{"id":1},"seen":{},"a b":{}}',
  );
  t.equal(
    JSON.stringify(make([1, null, false, "t", null, null])),
    '{"post":{"id":1},"a b":{}}',
  );
});

test("column names stay names, whatever they hold", (t) => {
  const make = nestedShape(['x"];throw 1;//.y', "__proto__"], []);
  t.equal(
    Object.keys(make([1, null]) as object),
    ['x"];throw 1;//'],
  );
});
