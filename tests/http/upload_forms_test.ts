/** Pictures through the forms of the pages, without JavaScript. */
import { ok, sharedSite, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { fileOf, picture } from "../support/pictures.ts";

/** Sends a page's form as a browser does, without following its answer. */
function submit(
  url: string,
  jwt: string,
  fields: Record<string, string | File>,
): Promise<Response> {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return fetch(url, {
    method: "POST",
    body,
    redirect: "manual",
    headers: { cookie: `jwt=${jwt}`, "sec-fetch-site": "same-origin" },
  });
}

const shared = sharedSite();

test("avatars, icons and banners are changed by plain forms", async (t) => {
  const server = await shared();
  const jwt = await server.signUp("alice");
  const alice = server.client(jwt);
  const { community_view } = await ok(
    alice.createCommunity({ name: "birds" }),
  );
  const { id } = community_view.community;
  const file = await picture("png");
  const expectMove = async (
    path: string,
    token: string,
    to: string,
    fields: Record<string, string | File>,
  ) => {
    const answer = await submit(server.url + path, token, fields);
    await answer.body?.cancel();
    t.equal([answer.status, answer.headers.get("location")], [303, to], path);
  };
  const person = async () =>
    (await ok(alice.getMyUser())).local_user_view.person;
  const community = async () =>
    (await ok(alice.getCommunity({ id }))).community_view.community;
  const site = async () => (await ok(alice.getSite())).site_view.site;
  for (const name of ["avatar", "banner"] as const) {
    await expectMove(`/settings/${name}`, jwt, "/settings", { [name]: file });
    t.match((await person())[name]!, "/api/v4/image/");
    const refused = await submit(`${server.url}/settings/${name}`, jwt, {
      [name]: fileOf(new TextEncoder().encode("<svg/>"), "a.svg"),
    });
    await refused.body?.cancel();
    const flash = /^flash=[^;]+/m.exec(refused.headers.get("set-cookie")!)!;
    const told = await fetch(`${server.url}/settings`, {
      headers: { cookie: `jwt=${jwt}; ${flash[0]}` },
    });
    t.match(
      await told.text(),
      "The upload was refused: the file is no picture or video of a known kind",
    );
    // An empty choice changes nothing.
    await expectMove(`/settings/${name}`, jwt, "/settings", {
      [name]: new File([], ""),
    });
    t.ok((await person())[name]);
    await expectMove(`/settings/${name}`, jwt, "/settings", {
      [name]: new File([], ""),
      remove: "true",
    });
    t.equal((await person())[name], undefined);
  }
  for (const name of ["icon", "banner"] as const) {
    const path = `/c/birds/settings/${name}`;
    await expectMove(path, jwt, "/c/birds/settings", { [name]: file });
    t.match((await community())[name]!, "/api/v4/image/");
    await expectMove(path, jwt, "/c/birds/settings", { remove: "true" });
    t.equal((await community())[name], undefined);
    await expectMove(`/admin/${name}`, server.adminJwt, "/admin", {
      [name]: file,
    });
    t.match((await site())[name]!, "/api/v4/image/");
    // Who is no admin changes nothing.
    await expectMove(`/admin/${name}`, jwt, "/admin", { remove: "true" });
    t.ok((await site())[name]);
  }
  const admin = await fetch(`${server.url}/admin`, {
    headers: { cookie: `jwt=${server.adminJwt}` },
  });
  const page = await admin.text();
  t.match(page, 'action="/admin/icon"');
  t.match(page, /Uploads: 0(\.\d)? MB/);
  const elsewhere = await fetch(`${server.url}/settings/avatar`, {
    method: "POST",
    body: new FormData(),
    headers: { cookie: `jwt=${jwt}`, "sec-fetch-site": "cross-site" },
  });
  await elsewhere.body?.cancel();
  t.equal(elsewhere.status, 403);
  t.equal(server.failures, []);
});

test("a post takes its picture from the form, at once or after a look", async (t) => {
  const server = await shared();
  const jwt = await server.signUp("bea");
  const bea = server.client(jwt);
  await ok(bea.createCommunity({ name: "robins" }));
  const url = `${server.url}/create_post`;
  const file = await picture("jpeg");
  const fields = { community: "robins", name: "A robin" };
  const sent = await submit(url, jwt, { ...fields, file });
  await sent.body?.cancel();
  t.equal(sent.status, 303);
  const [view] = (await ok(bea.getPosts({ type_: "all" }))).items;
  t.match(view.post.url!, `${server.url}/api/v4/image/`);
  t.equal(view.post.thumbnail_url, view.post.url);
  const looked = await submit(url, jwt, { ...fields, file, upload: "true" });
  t.equal(looked.status, 200);
  const address = /name="url"[^>]*value="([^"]+)"/.exec(
    await looked.text(),
  )?.[1];
  t.match(address!, `${server.url}/api/v4/image/`);
  const refused = await submit(url, jwt, {
    ...fields,
    file: fileOf(new TextEncoder().encode("<svg/>"), "a.svg"),
  });
  t.equal(refused.status, 400);
  t.match(await refused.text(), 'id="file-error"');
  const edit = await submit(`${server.url}/post/${view.post.id}/edit`, jwt, {
    name: "A robin",
    url: view.post.url!,
    language_id: "0",
    file: await picture("png"),
  });
  await edit.body?.cancel();
  t.equal(edit.status, 303);
  const { post_view } = await ok(bea.getPost({ id: view.post.id }));
  t.match(post_view.post.url!, /\.png$/);
  t.equal((await ok(bea.getPosts({ type_: "all" }))).items.length, 1);
  t.equal(server.failures, []);
});

test("pages show small versions of our pictures", async (t) => {
  const server = await shared();
  const jwt = await server.signUp("cleo");
  const cleo = server.client(jwt);
  const { community_view } = await ok(
    cleo.createCommunity({ name: "finches" }),
  );
  const image = await picture("png", 900, 900);
  const avatar = await ok(cleo.uploadUserAvatar({ image }));
  const shot = await ok(cleo.uploadImage({ image }));
  const { post_view } = await ok(cleo.createPost({
    name: "A robin",
    community_id: community_view.community.id,
    url: shot.image_url,
  }));
  const page = async (path: string) =>
    (await (await fetch(server.url + path)).text()).replaceAll("&amp;", "&");
  const scaled = (url: string, size: number) =>
    `src="${url}?max_size=${size}&file_type=webp"`;
  const profile = await page("/u/cleo");
  t.match(profile, scaled(avatar.image_url, 96));
  t.match(
    profile,
    `<meta property="og:image" content="${avatar.image_url}"/>`,
  );
  t.match(await page("/?listingType=all"), scaled(shot.image_url, 256));
  const post = await page(`/post/${post_view.post.id}`);
  t.match(post, scaled(shot.image_url, 512));
  t.match(post, `href="${shot.image_url}"`);
  t.match(post, `<meta property="og:image" content="${shot.image_url}"/>`);
  t.equal(server.failures, []);
});

test("people see and delete their uploads, admins everybody's", async (t) => {
  const server = await startSite();
  try {
    const jwt = await server.signUp("alice");
    const bob = await server.signUp("bob");
    const page = async (path: string, token?: string) => {
      const response = await fetch(server.url + path, {
        headers: token ? { cookie: `jwt=${token}` } : {},
      });
      return { status: response.status, text: await response.text() };
    };
    const own = "/u/alice?contentType=uploads";
    t.match((await page(own, jwt)).text, "No uploads.");
    const send = async (
      path: string,
      token: string,
      fields: Record<string, string | File>,
    ) => {
      const answer = await submit(server.url + path, token, fields);
      await answer.body?.cancel();
      return [answer.status, answer.headers.get("location")];
    };
    for (let i = 0; i < 2; i++) {
      t.equal(
        await send("/upload", jwt, { file: await picture("png") }),
        [303, own],
      );
    }
    const aliases = async (path: string, token: string) =>
      [
        ...(await page(path, token)).text.matchAll(/<bdi[^>]*>([\w-]+\.png)</g),
      ].map(([, alias]) => alias);
    const [one, two] = await aliases(own, jwt);
    t.ok(one && two);
    // The list is nobody else's to see.
    for (const token of [undefined, bob, server.adminJwt]) {
      t.noMatch((await page(own, token)).text, one);
    }
    const path = `/upload/delete?filename=${one}`;
    const asked = await page(
      `${path}&return=${encodeURIComponent(own)}`,
      jwt,
    );
    t.match(asked.text, "Delete this file?");
    t.match(asked.text, `value="${own}"`);
    await send(path, bob, { return: "/" });
    t.equal((await aliases(own, jwt)).length, 2);
    t.equal(await send(path, jwt, { return: own }), [303, own]);
    t.equal(await aliases(own, jwt), [two]);
    t.equal(await aliases("/admin/uploads", server.adminJwt), [two]);
    t.equal((await page("/admin/uploads", bob)).status, 403);
    const rest = `/upload/delete?filename=${two}`;
    // Who says to come from the admins' list is not one yet.
    await send(rest, bob, { return: "/admin/uploads" });
    t.equal(await aliases(own, jwt), [two]);
    await send(rest, server.adminJwt, { return: "/admin/uploads" });
    t.equal(await aliases(own, jwt), []);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
