import { readBody, readForm, readJson } from "../../lib/http/body.ts";
import { type Assertions, test } from "../harness.ts";

function request(body: BodyInit, type?: string): Request {
  const headers: HeadersInit = type ? { "content-type": type } : {};
  return new Request("http://localhost/", { method: "POST", body, headers });
}

/** Bytes that come without a length, as with chunked transfer. */
function endless(delay = 0): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, delay));
      controller.enqueue(new Uint8Array(delay ? 1 : 65536));
    },
  });
}

async function refused(
  t: Assertions,
  action: () => Promise<unknown>,
  status: number,
  message: string,
) {
  const error = await t.throws(action, message);
  t.equal((error as Error & { status?: number }).status, status);
}

test("bodies are bounded, with and without a declared length", async (t) => {
  const limit = 100_000;
  const fits = await readBody(request("x".repeat(limit)), { limit });
  t.equal(fits.byteLength, limit);
  const tooLong = "x".repeat(limit + 1);
  await refused(
    t,
    () => readBody(request(tooLong), { limit }),
    413,
    "longer than",
  );
  await refused(
    t,
    () => readBody(request(endless()), { limit }),
    413,
    "longer than",
  );
});

test("a body that dribbles in is given up", async (t) => {
  await refused(
    t,
    () => readBody(request(endless(10)), { timeout: 100 }),
    408,
    "too long",
  );
});

test("JSON must be declared, complete and storable", async (t) => {
  const json = "application/json";
  t.equal(await readJson(request('{"a":"ü"}', json)), { a: "ü" });
  t.equal(await readJson(request("[1]", `${json}; charset=utf-8`)), [1]);
  const bad = (body: BodyInit, type: string | undefined, message: string) =>
    refused(t, () => readJson(request(body, type)), 400, message);
  await bad("{}", undefined, "Content type error");
  await bad("{}", "text/plain", "Content type error");
  await bad("{", json, "Json deserialize error:");
  await bad("", json, "Json deserialize error:");
  await bad(new Uint8Array([0x22, 0xff, 0x22]), json, "invalid UTF-8");
  await bad('{"a":"\\u0000"}', json, "NUL");
  await bad('{"a":["\\ud800"]}', json, "surrogates");
  t.equal(await readJson(request('"\\ud83d\\ude00"', json)), "😀");
});

test("forms are read in both encodings", async (t) => {
  const form = await readForm(
    request("a=1+2&b=%C3%BC&a=3&c", "application/x-www-form-urlencoded"),
  );
  t.equal([...form], [["a", "1 2"], ["b", "ü"], ["a", "3"], ["c", ""]]);
  const multipart = new FormData();
  multipart.append("text", "ü");
  multipart.append("file", new File(["xyz"], "a.png", { type: "image/png" }));
  const read = await readForm(request(multipart));
  t.equal(read.get("text"), "ü");
  const file = read.get("file") as File;
  t.equal([file.name, await file.text()], ["a.png", "xyz"]);
});

test("broken forms are refused", async (t) => {
  const type = "application/x-www-form-urlencoded";
  const bad = (body: BodyInit, contentType: string, message: string) =>
    refused(t, () => readForm(request(body, contentType)), 400, message);
  await bad("a=%ff", type, "UTF-8");
  await bad("a=%00", type, "NUL");
  await bad(new Uint8Array([0x61, 0x3d, 0xff]), type, "UTF-8");
  await bad("a=1", "text/plain", "Content type error");
  await bad("a=1", "multipart/form-data; boundary=x", "multipart");
});
