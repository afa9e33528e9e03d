/** Signatures as they were got round elsewhere: stripped, made for others, by keys of others. */
import { digestOf } from "../../lib/federation/signatures/digest.ts";
import { draftSigningString } from "../../lib/federation/signatures/draft.ts";
import { signRsa } from "../../lib/federation/signatures/keys.ts";
import { ok } from "../clients/api_server.ts";
import { type Assertions, test } from "../harness.ts";
import { type Scene, scene } from "../support/advisory_scene.ts";

test("signatures are not got round as they were elsewhere", async (t) => {
  const s = await scene();
  try {
    await privateCommunity(t, s);
    await strippedSignatures(t, s);
  } finally {
    await s.close(t);
  }
});

/** Misskey: a key's document names whose it is; it must not be somebody of another host. */
async function privateCommunity(
  t: Assertions,
  { far, near, guest, site, admin, sql }: Scene,
) {
  const { community_view: { community } } = await ok(
    admin.createCommunity({
      name: "secret",
      title: "Secret",
      visibility: "private",
    }),
  );
  const { post_view: { post } } = await ok(
    admin.createPost({ name: "Among us", community_id: community.id }),
  );
  await sql`insert into community_actions (person_id, community_id, followed_at, follow_state)
    select id, ${community.id}, now(), 'accepted' from person where ap_id = ${guest}`;
  const url = `${site.url}/post/${post.id}`;
  const read = async (keyId: string, by = far) => {
    const { host, pathname } = new URL(url);
    const headers = new Headers({
      accept: "application/activity+json",
      date: new Date().toUTCString(),
      host,
    });
    const signed = ["(request-target)", "date", "host"];
    const text = draftSigningString({
      method: "GET",
      target: pathname,
      headers,
      signature: { signed },
    });
    const signature = await signRsa(by.privateKey, text);
    headers.delete("host");
    headers.set(
      "signature",
      `keyId="${keyId}",algorithm="hs2019",headers="${
        signed.join(" ")
      }",signature="${signature}"`,
    );
    const response = await fetch(url, { headers });
    return `${response.status} ${(await response.text()).includes("Among us")}`;
  };
  const key = (owner: string, path: string) =>
    far.put({
      id: far.url(path),
      type: "Key",
      owner,
      publicKeyPem: far.publicKey,
    });
  t.equal(await read(`${guest}#main-key`, near), "200 true");
  t.equal(await read(`${guest}#main-key`), "400 false", "another's key id");
  t.equal(
    await read(key(guest, "/keys/1")),
    "400 false",
    "a key with a foreign owner",
  );
  t.equal(
    await read(`${far.url("/u/mia")}#main-key`),
    "404 false",
    "a server without members",
  );
}

/** Signatures that leave out what they have to cover, and those made for another host. */
async function strippedSignatures(
  t: Assertions,
  { far, mia, post, site, sql }: Scene,
) {
  const { host, port } = new URL(site.url);
  const all = ["(request-target)", "host", "date", "digest"];
  const deliver = async (
    signed: string[],
    change: (headers: Headers) => void = () => {},
    signedFor = host,
  ) => {
    const activity = far.activity("Like", mia, post);
    const body = JSON.stringify(activity);
    const headers = new Headers({
      host: signedFor,
      date: new Date().toUTCString(),
      digest: digestOf(body),
      "content-type": "application/activity+json",
    });
    const text = draftSigningString({
      method: "POST",
      target: "/inbox",
      headers,
      signature: { signed },
    });
    const signature = await signRsa(far.privateKey, text);
    headers.set(
      "signature",
      `keyId="${mia}#main-key",headers="${
        signed.join(" ")
      }",signature="${signature}"`,
    );
    change(headers);
    const socket = await Deno.connect({
      hostname: "127.0.0.1",
      port: Number(port),
    });
    const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`)
      .join("");
    await socket.write(new TextEncoder().encode(
      `POST /inbox HTTP/1.1\r\n${lines}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    ));
    const answer = await new Response(socket.readable).text();
    return answer.split(" ")[1];
  };
  for (const left of all) {
    t.equal(
      await deliver(all.filter((name) => name !== left)),
      "401",
      `${left} is not signed`,
    );
  }
  const without = (name: string) => (headers: Headers) => headers.delete(name);
  t.equal(await deliver(all, without("digest")), "400", "no digest");
  t.equal(await deliver(all, without("date")), "401", "no date");
  t.equal(await deliver(all, without("signature")), "401", "no signature");
  t.equal(
    await deliver(all, (headers) => headers.set("host", "other.example")),
    "401",
    "another host",
  );
  t.equal(
    await deliver(
      all,
      (headers) => headers.set("date", new Date(0).toUTCString()),
    ),
    "401",
    "another date",
  );
  t.equal(await deliver([]), "401", "nothing is signed");
  t.equal(
    await deliver(all, () => {}, "other.example"),
    "401",
    "a delivery to another server, passed on",
  );
  const before =
    await sql`select from received_activity where state = 'waiting'`;
  t.equal(before.length, 0);
  t.equal(await deliver(all), "202", "all is as it must be");
}
