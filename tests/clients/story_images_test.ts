/** Pictures as people upload, show and delete them, told by the official client. */
import sharp from "sharp";
import { test } from "../harness.ts";
import {
  animation,
  describe,
  fileOf,
  mp4,
  picture,
  webm,
} from "../support/pictures.ts";
import { withBucket } from "../support/bucket.ts";
import { codeOf, ok, send, startSite } from "./api_server.ts";

async function fetchImage(url: string, headers?: HeadersInit) {
  const response = await fetch(url, { headers, redirect: "manual" });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

/** A request of one file under the name of the form's field. */
function form(file: File, field = "images[]"): FormData {
  const data = new FormData();
  data.append(field, file);
  return data;
}

test("pictures of every kind are uploaded, shown, converted and deleted", async (t) => {
  const server = await startSite();
  try {
    const jwt = await server.signUp("alice");
    const alice = server.client(jwt);
    for (const format of ["jpeg", "png", "webp", "gif", "avif"] as const) {
      const image = await picture(format, 1500, 750);
      const { image_url, filename } = await ok(alice.uploadImage({ image }));
      t.equal(image_url, `${server.url}/api/v4/image/${filename}`);
      const shown = await fetchImage(image_url);
      t.equal(shown.status, 200);
      t.equal(shown.headers.get("content-type"), `image/${format}`);
      t.equal(
        shown.headers.get("cache-control"),
        "public, max-age=604800, immutable",
      );
      t.equal(
        shown.headers.get("content-disposition"),
        `inline; filename="${filename}"`,
      );
      const found = await describe(shown.bytes);
      t.equal(found, {
        format,
        width: 1024,
        height: 512,
        pages: 1,
        exif: false,
      });
    }
    const image = await picture("png", 600, 300);
    const { image_url, filename } = await ok(alice.uploadImage({ image }));
    for (
      const [query, format, width] of [
        ["?max_size=100", "png", 100],
        ["?max_size=100&file_type=webp", "webp", 100],
        ["?file_type=AVIF", "avif", 600],
        ["?file_type=jxl", "webp", 600],
        ["?file_type=jpeg", "jpeg", 600],
        ["?max_size=9000", "png", 600],
        ["?thumbnail=50&format=jpg", "jpeg", 50],
      ] as const
    ) {
      const converted = await fetchImage(image_url + query);
      t.equal(converted.status, 200, query);
      const found = await describe(converted.bytes);
      t.equal([found.format, found.width], [format, width], query);
    }
    t.equal((await fetchImage(`${image_url}?max_size=0`)).status, 400);
    t.equal((await fetchImage(`${image_url}?max_size=x`)).status, 400);
    const legacy = await fetchImage(`${server.url}/pictrs/image/${filename}`);
    t.equal(legacy.status, 200);
    const part = await fetchImage(image_url, { range: "bytes=2-5" });
    t.equal(part.status, 206);
    t.equal(part.bytes, legacy.bytes.slice(2, 6));
    t.equal(
      part.headers.get("content-range"),
      `bytes 2-5/${legacy.bytes.length}`,
    );
    t.equal(
      (await fetchImage(image_url, { range: "bytes=-3" })).bytes,
      legacy.bytes.slice(-3),
    );
    t.equal(
      (await fetchImage(image_url, { range: "bytes=9999999-" })).status,
      416,
    );
    const head = await fetch(image_url, { method: "HEAD" });
    t.equal(await head.text(), "");
    t.equal(Number(head.headers.get("content-length")), legacy.bytes.length);
    const later = { "if-modified-since": legacy.headers.get("last-modified")! };
    t.equal((await fetchImage(image_url, later)).status, 304);

    // The same bytes under two names are two images.
    const again = await ok(alice.uploadImage({ image }));
    t.notEqual(again.filename, filename);
    t.equal(await ok(alice.deleteMedia({ filename })), { success: true });
    t.equal((await fetchImage(image_url)).status, 404);
    t.equal((await fetchImage(again.image_url)).status, 200);
    t.equal(await codeOf(alice.deleteMedia({ filename })), "not_found");
    t.equal(
      await codeOf(server.admin.deleteMedia({ filename: again.filename })),
      "not_found",
    );
    const third = await ok(alice.uploadImage({ image }));
    await ok(server.admin.adminDeleteMedia({ filename: third.filename }));
    t.equal((await fetchImage(again.image_url)).status, 404);
    t.equal(
      await codeOf(server.admin.adminDeleteMedia({ filename: third.filename })),
      "unknown",
    );
    t.equal(await ok(server.client().imageHealth()), { success: true });
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a page of pictures that nobody has seen yet is converted without a miss", async (t) => {
  const server = await startSite();
  try {
    const alice = server.client(await server.signUp("alice"));
    const image = await picture("png", 500, 500);
    const { image_url } = await ok(alice.uploadImage({ image }));
    const statuses = await Promise.all(
      Array.from({ length: 80 }, async (_, n) => {
        const answer = await fetchImage(`${image_url}?max_size=${100 + n}`);
        return answer.status;
      }),
    );
    t.equal(new Set(statuses), new Set([200]));
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("in test mode anything is taken for a picture and kept as it is", async (t) => {
  const server = await startSite({
    env: { LEMMY_TEST_FAST_FEDERATION: "1" },
  });
  try {
    const alice = server.client(await server.signUp("alice"));
    const words = new TextEncoder().encode("test");
    const { image_url } = await ok(
      alice.uploadImage({ image: fileOf(words, "test.txt") }),
    );
    const shown = await fetchImage(image_url);
    t.equal(shown.bytes, words);
    t.equal(shown.headers.get("content-type"), "image/png");
    const real = await ok(
      alice.uploadImage({ image: await picture("webp", 2000, 20) }),
    );
    t.equal(
      (await describe((await fetchImage(real.image_url)).bytes)).width,
      1024,
    );
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("images are kept in a bucket if the operator says so", async (t) => {
  await withBucket(async (bucket) => {
    const server = await startSite({
      config: {
        tundra: {
          images: {
            s3: {
              endpoint: bucket.endpoint,
              region: bucket.region,
              bucket: bucket.bucket,
              access_key: bucket.accessKey,
              secret_key: bucket.secretKey,
            },
          },
        },
      },
    });
    try {
      const alice = server.client(await server.signUp("alice"));
      const image = await picture("png", 300, 200);
      const { image_url, filename } = await ok(alice.uploadImage({ image }));
      const shown = await fetchImage(image_url);
      t.equal((await describe(shown.bytes)).width, 300);
      const part = await fetchImage(image_url, { range: "bytes=0-3" });
      t.equal(part.bytes, shown.bytes.slice(0, 4));
      const small = await fetchImage(`${image_url}?max_size=30`);
      t.equal((await describe(small.bytes)).width, 30);
      t.equal(await bucket.count(), 2);
      t.equal(await ok(server.client().imageHealth()), { success: true });
      await ok(alice.deleteMedia({ filename }));
      t.equal((await fetchImage(image_url)).status, 404);
      t.equal(await bucket.count(), 0, "converted copies go as well");
      await bucket.stop();
      t.equal(await codeOf(server.client().imageHealth()), "unknown");
      t.equal(server.failures, []);
    } finally {
      await server.close();
    }
  });
});

test("animations and videos stay what they are, where they may be", async (t) => {
  const server = await startSite();
  try {
    const alice = server.client(await server.signUp("alice"));
    for (const format of ["gif", "webp"] as const) {
      const image = await animation(format, 80, 40, 3);
      const { image_url } = await ok(alice.uploadImage({ image }));
      const { bytes } = await fetchImage(image_url);
      const found = await describe(bytes);
      t.equal(found, { format, width: 80, height: 40, pages: 3, exif: false });
      const small = await fetchImage(`${image_url}?max_size=20`);
      t.equal((await describe(small.bytes)).pages, 3);
      t.equal(
        await codeOf(alice.uploadUserAvatar({ image })),
        "pictrs_invalid_image_upload",
      );
    }
    for (
      const [name, bytes] of [["a.mp4", mp4()], ["a.webm", webm()]] as const
    ) {
      const image = fileOf(bytes, name);
      const { image_url } = await ok(alice.uploadImage({ image }));
      const shown = await fetchImage(image_url);
      t.equal(shown.bytes, bytes);
      t.equal(
        shown.headers.get("content-type"),
        `video/${name.split(".")[1]}`,
      );
      t.equal((await fetchImage(`${image_url}?max_size=20`)).status, 200);
      t.equal(
        await codeOf(alice.uploadUserBanner({ image })),
        "pictrs_invalid_image_upload",
      );
    }
    await ok(server.admin.editSite({ image_allow_video_uploads: false }));
    t.equal(
      await codeOf(alice.uploadImage({ image: fileOf(mp4(), "a.mp4") })),
      "pictrs_invalid_image_upload",
    );
    await ok(server.admin.editSite({ image_upload_disabled: true }));
    const image = await picture("png");
    t.equal(
      await codeOf(alice.uploadImage({ image })),
      "image_upload_disabled",
    );
    await ok(alice.uploadUserAvatar({ image }));
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("people, communities and the site change their pictures, and old ones go", async (t) => {
  const server = await startSite();
  try {
    const alice = server.client(await server.signUp("alice"));
    const bob = server.client(await server.signUp("bob"));
    const image = await picture("jpeg", 2000, 1000);
    const avatar = await ok(alice.uploadUserAvatar({ image }));
    t.equal(
      (await describe((await fetchImage(avatar.image_url)).bytes)).width,
      512,
    );
    const banner = await ok(alice.uploadUserBanner({ image }));
    t.equal(
      (await describe((await fetchImage(banner.image_url)).bytes)).width,
      1024,
    );
    const me = async () => (await ok(alice.getMyUser())).local_user_view.person;
    t.equal((await me()).avatar, avatar.image_url);
    t.equal((await me()).banner, banner.image_url);
    const next = await ok(alice.uploadUserAvatar({ image }));
    t.equal((await fetchImage(avatar.image_url)).status, 404);
    const mine = await ok(alice.listMedia({}));
    t.equal(
      mine.items.map((item) => item.local_image.pictrs_alias).sort(),
      [next.filename, banner.filename].sort(),
    );
    t.equal(mine.items[0].person.name, "alice");
    await ok(alice.deleteUserAvatar());
    await ok(alice.deleteUserAvatar());
    await ok(alice.deleteUserBanner());
    t.equal((await me()).avatar, undefined);
    t.equal((await fetchImage(next.image_url)).status, 404);
    t.equal((await ok(alice.listMedia({}))).items, []);

    const { community_view } = await ok(
      alice.createCommunity({ name: "birds" }),
    );
    const { id } = community_view.community;
    const icon = await ok(alice.uploadCommunityIcon({ id }, { image }));
    const wide = await ok(alice.uploadCommunityBanner({ id }, { image }));
    const birds = async () =>
      (await ok(bob.getCommunity({ id }))).community_view.community;
    t.equal((await birds()).icon, icon.image_url);
    t.equal((await birds()).banner, wide.image_url);
    t.equal(
      await codeOf(bob.uploadCommunityIcon({ id }, { image })),
      "not_a_mod_or_admin",
    );
    t.equal(
      await codeOf(bob.deleteCommunityBanner({ id })),
      "not_a_mod_or_admin",
    );
    await ok(alice.deleteCommunityBanner({ id }));
    t.equal((await birds()).banner, undefined);
    t.equal((await birds()).icon, icon.image_url);
    await ok(alice.deleteCommunityIcon({ id }));
    t.equal((await birds()).icon, undefined);

    t.equal(await codeOf(alice.uploadSiteIcon({ image })), "not_an_admin");
    const site = await ok(server.admin.uploadSiteIcon({ image }));
    await ok(server.admin.uploadSiteBanner({ image }));
    const view = async () => (await ok(alice.getSite())).site_view.site;
    t.equal((await view()).icon, site.image_url);
    const all = await ok(server.admin.adminListMedia({ limit: 1 }));
    t.equal(all.items.length, 1);
    const rest = await ok(
      server.admin.adminListMedia({ page_cursor: all.next_page }),
    );
    t.equal(rest.items.length, 1);
    t.equal(await codeOf(alice.adminListMedia({})), "not_an_admin");
    await ok(server.admin.deleteSiteIcon());
    await ok(server.admin.deleteSiteBanner());
    t.equal((await view()).icon, undefined);
    t.equal((await view()).banner, undefined);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("uploads that are no uploads are refused with a reason", async (t) => {
  const server = await startSite();
  try {
    const jwt = await server.signUp("alice");
    const post = (body: BodyInit, headers?: HeadersInit) =>
      send(server, "POST", "/image", {
        jwt,
        body,
        // Else the helper calls it JSON.
        headers: { ...headers as Record<string, string> },
      });
    const multipart = async (data: FormData) => {
      const response = await fetch(`${server.url}/api/v4/image`, {
        method: "POST",
        headers: { authorization: `Bearer ${jwt}` },
        body: data,
      });
      return { status: response.status, json: await response.json() };
    };
    const image = await picture("png");
    t.equal((await multipart(form(image))).status, 200);
    t.equal(
      (await multipart(form(image, "other"))).json.error,
      "pictrs_invalid_image_upload",
    );
    const none = await multipart(form(new File([], "")));
    t.equal(none.json.error, "pictrs_invalid_image_upload");
    t.ok(none.json.message);
    const many = new FormData();
    for (let i = 0; i < 3; i++) many.append("images[]", image);
    t.equal((await multipart(many)).status, 200);
    for (let i = 0; i < 12; i++) many.append("images[]", image);
    const tooMany = await multipart(many);
    t.equal(
      [tooMany.status, tooMany.json.error],
      [400, "pictrs_invalid_image_upload"],
    );
    // Cut off in the middle of a file, and of a head.
    for (const length of [180, 60]) {
      const cut = new TextEncoder().encode(
        `--b\r\nContent-Disposition: form-data; name="images[]"; filename="a.png"\r\n` +
          `Content-Type: image/png\r\n\r\n${"x".repeat(500)}`,
      ).slice(0, length);
      const answer = await post(cut, {
        "content-type": "multipart/form-data; boundary=b",
      });
      t.equal([answer.status, answer.json.error], [400, "unknown"]);
    }
    t.equal((await post("{}")).json.message, "Content type error");
    t.equal(
      (await post("nonsense", {
        "content-type": "multipart/form-data; boundary=x",
      })).status,
      400,
    );
    t.equal(
      (await post("x", { "content-type": "multipart/form-data" })).status,
      400,
    );
    const anonymous = await fetch(`${server.url}/api/v4/image`, {
      method: "POST",
      body: form(image),
    });
    t.equal(anonymous.status, 401);
    await anonymous.body?.cancel();
    t.equal(
      (await fetchImage(`${server.url}/api/v4/image/no.png`)).status,
      404,
    );
    t.equal((await fetchImage(`${server.url}/api/v4/image/`)).status, 404);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("what a camera writes into a picture is taken out, and the picture turned upright", async (t) => {
  const server = await startSite();
  try {
    const alice = server.client(await server.signUp("alice"));
    const taken = await sharp({
      create: { width: 90, height: 60, channels: 3, background: "#123456" },
    }).jpeg().withExif({
      IFD0: { Make: "SecretCamera" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" },
    }).withMetadata({ orientation: 6 }).toBuffer();
    t.ok((await describe(taken)).exif);
    const { image_url } = await ok(
      alice.uploadImage({ image: fileOf(taken, "photo.jpg") }),
    );
    const { bytes } = await fetchImage(image_url);
    t.equal(await describe(bytes), {
      format: "jpeg",
      width: 60,
      height: 90,
      pages: 1,
      exif: false,
    });
    t.noMatch(new TextDecoder("latin1").decode(bytes), "SecretCamera");
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});

test("a site without image store takes none and leaves pictures as they are", async (t) => {
  const server = await startSite({ config: { pictrs: null } });
  try {
    const alice = server.client(await server.signUp("alice"));
    const image = await picture("png");
    const refused = await alice.uploadImage({ image });
    t.equal(
      refused.state === "failed" && [refused.err.name, refused.err.message],
      ["unknown", "images_disabled"],
    );
    for (
      const call of [
        alice.uploadUserAvatar({ image }),
        alice.listMedia({}),
        alice.deleteMedia({ filename: "a.png" }),
        server.admin.adminListMedia({}),
        server.client().imageHealth(),
      ]
    ) t.equal(await codeOf(call), "unknown");
    t.equal((await fetchImage(`${server.url}/api/v4/image/a.png`)).status, 400);
    const { community_view } = await ok(
      alice.createCommunity({ name: "birds" }),
    );
    const body = "![](https://far.example/a.png)";
    const { post_view } = await ok(alice.createPost({
      name: "Plain",
      community_id: community_view.community.id,
      body,
    }));
    t.equal(post_view.post.body, body);
    t.equal(server.failures, []);
  } finally {
    await server.close();
  }
});
