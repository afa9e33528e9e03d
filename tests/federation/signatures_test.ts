/** Signatures on requests between servers: both schemes, by their published vectors and by refusal. */
import { createHmac, generateKeyPairSync, verify } from "node:crypto";
import { isInnerList, parseDictionary } from "structured-headers";
import type { FederationError } from "../../lib/federation/errors.ts";
import {
  checkDigest,
  digestOf,
} from "../../lib/federation/signatures/digest.ts";
import {
  draftSigningString,
  verifyDraft,
} from "../../lib/federation/signatures/draft.ts";
import {
  signByWebCrypto,
  signRsa,
  verifyByWebCrypto,
  verifyRsa,
} from "../../lib/federation/signatures/keys.ts";
import {
  readMessageSignatures,
  signatureBase,
  verifyMessage,
} from "../../lib/federation/signatures/rfc9421.ts";
import {
  type RequestToSign,
  signRequest,
} from "../../lib/federation/signatures/sign.ts";
import {
  keyIdOf,
  type ReceivedRequest,
  verifyRequest,
} from "../../lib/federation/signatures/verify.ts";
import { test } from "../harness.ts";
import { DRAFT, MESSAGE } from "./signature_vectors.ts";

const NOW = new Date("2025-03-04T10:11:12Z");
const KEY = "https://a.example.org/u/mia#main-key";
const BODY = '{"type":"Like"}';
const KEYS = rsaKeys(2048);

function rsaKeys(modulusLength: number) {
  return generateKeyPairSync("rsa", {
    modulusLength,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}

/** A delivery of ours, as the other side receives it. */
async function deliver(
  scheme: "draft" | "rfc9421",
  options: Partial<RequestToSign> = {},
): Promise<ReceivedRequest> {
  const { method = "POST", url = "https://b.example.net/inbox?x=1" } = options;
  const sent = await signRequest({
    method,
    url,
    headers: { "content-type": "application/activity+json" },
    ...method === "POST" && { body: BODY },
    keyId: KEY,
    privateKeyPem: KEYS.privateKey,
    scheme,
    now: NOW,
    ...options,
  });
  const { pathname, search } = new URL(url);
  return {
    method,
    path: pathname + search,
    headers: new Headers(sent),
    body: options.body ?? (method === "POST" ? BODY : ""),
    publicKeyPem: KEYS.publicKey,
    now: NOW,
  };
}

test("the vectors of draft-cavage-http-signatures are signed and verified", async (t) => {
  const headers = new Headers(DRAFT.headers);
  const request = {
    method: DRAFT.method,
    path: DRAFT.path,
    headers,
    body: DRAFT.body,
    publicKeyPem: DRAFT.publicKey,
    now: new Date("2014-01-05T21:40:00Z"),
  };
  for (const [names, expected] of DRAFT.signatures) {
    const signed = names.split(" ");
    const text = draftSigningString({
      method: DRAFT.method,
      target: DRAFT.path,
      headers,
      signature: { signed },
    });
    const bytes = new TextEncoder().encode(text);
    t.equal(await signRsa(DRAFT.privateKey, text), expected, names);
    t.equal(
      (await signByWebCrypto(DRAFT.privateKey, bytes)).toBase64(),
      expected,
      `${names} by WebCrypto`,
    );
    const signature = Uint8Array.fromBase64(expected);
    t.ok(await verifyRsa(DRAFT.publicKey, signature, text), names);
    t.ok(await verifyByWebCrypto(DRAFT.publicKey, signature, bytes), names);
    // Only the third one signs as much as we want.
    const verified = verifyDraft(request, { keyId: "Test", signed, signature });
    if (signed.includes("digest")) await verified;
    else await t.throws(() => verified, "signature_invalid");
  }
  headers.set(
    "authorization",
    `Signature keyId="Test",algorithm="rsa-sha256",headers="${
      DRAFT.signatures[2][0]
    }",signature="${DRAFT.signatures[2][1]}"`,
  );
  await verifyRequest(request);
  t.equal(keyIdOf(headers), "Test");
});

test("the vectors of RFC 9421 are verified", async (t) => {
  const base = (input: string) => {
    const [[, parsed]] = parseDictionary(input);
    if (!isInnerList(parsed)) throw new Error("no inner list");
    return signatureBase(parsed, {
      method: MESSAGE.method,
      target: MESSAGE.path,
      authority: "example.com",
      scheme: "https",
      headers: new Headers(MESSAGE.headers),
    });
  };
  const { hmac, ed25519, rsa } = MESSAGE;
  t.equal(
    createHmac("sha256", Uint8Array.fromBase64(hmac.secret))
      .update(base(hmac.input)).digest("base64"),
    hmac.signature,
  );
  t.ok(verify(
    null,
    new TextEncoder().encode(base(ed25519.input)),
    ed25519.publicKey,
    Uint8Array.fromBase64(ed25519.signature),
  ));
  const request = {
    method: MESSAGE.method,
    // The vector leaves the query unsigned, which we do not take.
    path: "/foo",
    headers: new Headers({ ...MESSAGE.headers, ...rsa.headers }),
    body: MESSAGE.body,
    publicKeyPem: rsa.publicKey,
    now: new Date(1618884500_000),
  };
  const signatures = readMessageSignatures(request.headers);
  t.equal([...signatures.keys()], ["sig1", "proxy_sig"]);
  await verifyMessage(request, [signatures.get("proxy_sig")!]);
  await verifyRequest(request);
  await t.throws(
    () => verifyRequest({ ...request, path: MESSAGE.path }),
    "signature_invalid",
  );
  await t.throws(
    () => verifyRequest({ ...request, now: new Date(1618884541_000) }),
    "signature_expired",
  );
  const text = signatureBase(signatures.get("proxy_sig")!.input, {
    method: MESSAGE.method,
    target: "/foo",
    authority: "origin.host.internal.example",
    scheme: "https",
    headers: request.headers,
  });
  t.equal(
    await signRsa(rsa.privateKey, text),
    signatures.get("proxy_sig")!.signature.toBase64(),
  );
});

test("a delivery is signed as Lemmy's are", async (t) => {
  const { headers } = await deliver("draft");
  t.equal(headers.get("digest"), digestOf(BODY));
  t.equal(headers.get("date"), "Tue, 04 Mar 2025 10:11:12 GMT");
  t.equal(headers.get("host"), "b.example.net");
  t.match(
    headers.get("signature")!,
    /^keyId="https:\/\/a\.example\.org\/u\/mia#main-key",algorithm="hs2019",headers="\(request-target\) content-type date digest host",signature="[\w+/]+=*"$/,
  );
  const get = await deliver("draft", {
    method: "GET",
    url: "http://b.example.net:8536/u/x",
    headers: { accept: "application/activity+json" },
  });
  t.match(
    get.headers.get("signature")!,
    'headers="(request-target) accept date digest host"',
  );
  t.equal(
    get.headers.get("digest"),
    "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  );
  t.equal(get.headers.get("host"), "b.example.net:8536");
  await verifyRequest(get);
});

for (const scheme of ["draft", "rfc9421"] as const) {
  test(`${scheme}: what was signed is accepted, and nothing else`, async (t) => {
    const request = await deliver(scheme);
    await verifyRequest(request);
    t.equal(keyIdOf(request.headers), KEY);
    await verifyRequest(
      await deliver(scheme, { url: "http://b.example.net:8536/inbox" }),
    );

    const changed = (change: (headers: Headers) => void) => {
      const headers = new Headers(request.headers);
      change(headers);
      return { ...request, headers };
    };
    const other = rsaKeys(2048).publicKey;
    const refused: [string, ReceivedRequest, string][] = [
      ["path", { ...request, path: "/inbox?x=2" }, "signature_invalid"],
      ["method", { ...request, method: "PUT" }, "signature_invalid"],
      ["key", { ...request, publicKeyPem: other }, "signature_invalid"],
      ["no key", { ...request, publicKeyPem: "none" }, "signature_invalid"],
      ["body", { ...request, body: BODY + " " }, "digest_mismatch"],
      [
        "host",
        changed((headers) => headers.set("host", "c.example.net")),
        "signature_invalid",
      ],
      [
        "type",
        changed((headers) => headers.set("content-type", "text/plain")),
        "signature_invalid",
      ],
      [
        "signed header absent",
        changed((headers) => headers.delete("content-type")),
        "signature_invalid",
      ],
      [
        "digest absent",
        changed((headers) => {
          headers.delete("digest");
          headers.delete("content-digest");
        }),
        scheme === "draft" ? "digest_missing" : "signature_invalid",
      ],
      [
        "old",
        { ...request, now: new Date(NOW.getTime() + 3_601_000) },
        "signature_expired",
      ],
      [
        "from the future",
        { ...request, now: new Date(NOW.getTime() - 3_601_000) },
        "signature_expired",
      ],
      [
        "no date",
        changed((headers) => headers.set("date", "yesterday")),
        "signature_invalid",
      ],
      [
        "unsigned",
        changed((headers) => {
          headers.delete("signature");
          headers.delete("signature-input");
        }),
        "signature_missing",
      ],
      [
        "garbage",
        changed((headers) => headers.set("signature", 'a=,,;;"')),
        "signature_invalid",
      ],
    ];
    for (const [what, received, code] of refused) {
      const error = await t.throws(() => verifyRequest(received), code);
      t.ok(!(error as FederationError).transient, what);
    }
    await verifyRequest({
      ...request,
      now: new Date(NOW.getTime() + 3_500_000),
    });
  });
}

test("signatures that cover too little, or have ended, are refused", async (t) => {
  const request = await deliver("draft");
  const signed = request.headers.get("signature")!;
  const sign = async (names: string, more = "") => {
    const text = draftSigningString({
      method: "POST",
      target: request.path,
      headers: request.headers,
      signature: { signed: names.split(" "), created: 1741083072 },
    });
    const headers = new Headers(request.headers);
    headers.set(
      "signature",
      `keyId="${KEY}",headers="${names}"${more},signature="${await signRsa(
        KEYS.privateKey,
        text,
      )}"`,
    );
    return { ...request, headers };
  };
  const all = "(request-target) host date digest";
  await verifyRequest(await sign(all));
  await verifyRequest(await sign(all, ",expires=1741083080"));
  await verifyRequest(
    await sign("(request-target) host (created) digest", ",created=1741083072"),
  );
  for (const part of all.split(" ")) {
    const names = all.split(" ").filter((name) => name !== part).join(" ");
    const few = await sign(names);
    await t.throws(() => verifyRequest(few), "signature_invalid");
  }
  for (
    const [more, code] of [
      [",expires=1741083071", "signature_expired"],
      [",created=1741070000", "signature_expired"],
      [",created=1741099999", "signature_expired"],
      [",created=soon", "signature_invalid"],
      [`,keyId="${KEY}"`, "signature_invalid"],
    ]
  ) {
    const late = await sign(all, more);
    await t.throws(() => verifyRequest(late), code);
  }
  t.equal(request.headers.get("signature"), signed);
});

test("signed GETs need no digest, and may leave out the query", async (t) => {
  const request = await deliver("draft", {
    method: "GET",
    url: "https://b.example.net/c/x",
    headers: { accept: "application/activity+json" },
  });
  await verifyRequest({ ...request, path: "/c/x?page=1" });
  await t.throws(
    () => verifyRequest({ ...request, path: "/c/y" }),
    "signature_invalid",
  );
  const headers = new Headers(request.headers);
  headers.delete("digest");
  const names = "(request-target) date host";
  const text = draftSigningString({
    method: "GET",
    target: "/c/x",
    headers,
    signature: { signed: names.split(" ") },
  });
  headers.set(
    "signature",
    `keyId="${KEY}",headers="${names}",signature="${await signRsa(
      KEYS.privateKey,
      text,
    )}"`,
  );
  await verifyRequest({ ...request, headers });
});

test("digests are compared whatever they are called", async (t) => {
  const { digest } = DRAFT.headers;
  const check = (value: string) =>
    checkDigest(new Headers({ digest: value }), DRAFT.body);
  check(digest);
  check(digest.replace("SHA-256", "sha-256"));
  check(`${digest};q=1`);
  check(`${digest}, ${digest}`);
  checkDigest(
    new Headers({ "content-digest": MESSAGE.headers["content-digest"] }),
    MESSAGE.body,
  );
  const bad = [digest + "x", "SHA-256", `${digest},SHA-512=abc`, ""];
  for (const value of bad) {
    await t.throws(() => check(value), "digest_mismatch");
  }
  await t.throws(
    () => checkDigest(new Headers({ "content-digest": "md5=:YWJj:" }), "abc"),
    "digest_mismatch",
  );
  await t.throws(() => checkDigest(new Headers(), ""), "digest_missing");
});

test("keys of 4096 bits, with other line ends and by PKCS#1 are read", async (t) => {
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 4096,
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const signature = Uint8Array.fromBase64(await signRsa(keys.privateKey, "x"));
  t.equal(signature.length, 512);
  for (
    const pem of [
      keys.publicKey,
      keys.publicKey.replaceAll("\n", "\r\n"),
      `\n${keys.publicKey}\n\n`,
    ]
  ) t.ok(await verifyRsa(pem, signature, "x"));
  const bytes = new TextEncoder().encode("y");
  for (const wrong of [signature, signature.subarray(1), new Uint8Array()]) {
    t.ok(!await verifyRsa(keys.publicKey, wrong, "y"));
    t.ok(!await verifyByWebCrypto(keys.publicKey, wrong, bytes));
  }
  await t.throws(
    () => verifyRsa(MESSAGE.ed25519.publicKey, signature, "x"),
    "signature_invalid",
  );
  await t.throws(
    () => verifyRsa("x".repeat(100_000), signature, "x"),
    "signature_invalid",
  );
});
