/** Links, their previews and the pictures of other sites, with a real other site beside ours. */
import { isBlurhashValid } from "blurhash";
import type { LemmyHttp, PostView } from "lemmy-js-client";
import { type Assertions, test } from "../harness.ts";
import { describe, picture } from "../support/pictures.ts";
import { until } from "../support/until.ts";
import { codeOf, ok, startSite } from "./api_server.ts";

const PAGE = `<!doctype html><html><head><title>Plain &amp; simple</title>
<meta name="description" content="What the page is about.">
<meta property="og:image" content="/pictures/preview.jpg">
<meta property="og:image:width" content="800">
<meta property="og:video" content="https://video.example/embed/1">
<meta property="og:video:width" content="640"><meta property="og:video:height" content="x">
</head><body><title>Not this one</title></body></html>`;

/** Another web site on this machine. */
async function otherSite() {
  const preview = await picture("jpeg", 800, 400);
  const still = await picture("png", 300, 600, "#aa0000");
  const slow = Promise.withResolvers<void>();
  const unstuck = Promise.withResolvers<void>();
  const asked: string[] = [];
  const mentions: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (req) => {
      const { pathname, search } = new URL(req.url);
      asked.push(pathname);
      const html = (text: BodyInit, type = "text/html; charset=utf-8") =>
        new Response(text, { headers: { "content-type": type } });
      switch (pathname) {
        case "/page":
        case "/other":
          return html(PAGE);
        case "/slow":
          await slow.promise;
          return html(`<title>Late${search}</title>`);
        case "/stuck":
          await unstuck.promise;
          return html("");
        case "/latin":
          return html(
            new Uint8Array([
              ...new TextEncoder().encode(
                `<meta charset="iso-8859-1"><title>caf`,
              ),
              0xe9,
              ...new TextEncoder().encode("</title>"),
            ]),
            "text/html",
          );
        case "/telling":
          return html(
            '<p><a rel="nofollow webmention" href="mention?a=1">x</a>',
          );
        case "/telling_by_header": {
          const answer = html("<p>");
          answer.headers.set(
            "link",
            '<x>; rel=next, </mention>; rel="webmention"',
          );
          return answer;
        }
        case "/mention":
          mentions.push(decodeURIComponent(await req.text()));
          return new Response(null, { status: 202 });
        case "/moved":
          return Response.redirect(new URL("/page", req.url));
        case "/inside":
          return Response.redirect("http://10.0.0.1/");
        case "/pictures/preview.jpg":
          return new Response(preview.stream(), {
            headers: { "content-type": "image/jpeg" },
          });
        case "/still.png":
        case "/bytes":
          return new Response(still.stream(), {
            headers: {
              "content-type": pathname === "/bytes"
                ? "application/octet-stream"
                : "image/png",
            },
          });
        case "/evil.svg":
          return html(
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "image/svg+xml",
          );
        default:
          return new Response("not here", { status: 404 });
      }
    },
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  return {
    origin,
    asked,
    mentions,
    /** Lets pages answer that are slow, and those that were stuck. */
    speedUp: slow.resolve,
    unstick: unstuck.resolve,
    stop() {
      slow.resolve();
      unstuck.resolve();
      return server.shutdown();
    },
  };
}

type Other = Awaited<ReturnType<typeof otherSite>>;
type Site = Awaited<ReturnType<typeof startSite>>;

interface Scene {
  other: Other;
  server: Site;
  alice: LemmyHttp;
  community_id: number;
  /** Makes a post and reads it when its link has been looked at. */
  post(
    input: Partial<Parameters<LemmyHttp["createPost"]>[0]>,
  ): Promise<PostView>;
  read(id: number): Promise<PostView>;
}

async function withOther(
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  const other = await otherSite();
  const server = await startSite({
    env: { LEMMY_TEST_FAST_FEDERATION: "1" },
  });
  try {
    const alice = server.client(await server.signUp("alice"));
    const { community_view } = await ok(
      alice.createCommunity({ name: "links" }),
    );
    const community_id = community_view.community.id;
    const read = async (id: number) => {
      await settled(server);
      return (await ok(alice.getPost({ id }))).post_view;
    };
    await body({
      other,
      server,
      alice,
      community_id,
      read,
      post: async (input) => {
        const made = await ok(
          alice.createPost({ name: "A link", community_id, ...input }),
        );
        return await read(made.post_view.post.id);
      },
    });
  } finally {
    await server.close();
    await other.stop();
  }
}

/** Resolves when no link waits to be looked at. */
async function settled({ database: { sql } }: Site): Promise<void> {
  const end = Date.now() + 10_000;
  for (;;) {
    const [{ waiting }] = await sql<[{ waiting: number }]>`
      select count(*)::int4 as waiting from post_link_check where attempts = 0
        or due_at > now() and due_at < now() + interval '3 minutes' and attempts = 1
          and not exists (select from post p where p.id = post_id and p.url like '%/nowhere')`;
    if (waiting === 0) return;
    if (Date.now() > end) throw new Error("links are still not looked at");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

const proxied = ({ server }: Scene, url: string, size = "") =>
  `${server.url}/api/v4/image/proxy?url=${encodeURIComponent(url)}${size}`;

function linkTest(
  name: string,
  body: (t: Assertions, scene: Scene) => Promise<void>,
): void {
  test(name, (t) => withOther((scene) => body(t, scene)));
}

linkTest(
  "a page's metadata are shown to who asks and with the post",
  async (t, scene) => {
    const { other, alice, server } = scene;
    const about = async (path: string) =>
      (await ok(alice.getSiteMetadata({ url: other.origin + path }))).metadata;
    const expected = {
      title: "Plain & simple",
      description: "What the page is about.",
      image: `${other.origin}/pictures/preview.jpg`,
      image_width: 800,
      embed_video_url: "https://video.example/embed/1",
      video_width: 640,
      content_type: "text/html",
    };
    t.equal(await about("/page"), expected as never);
    t.equal(await about("/moved"), expected as never);
    t.equal((await about("/latin")).title, "café");
    t.equal(await about("/still.png"), { content_type: "image/png" } as never);
    t.equal(await about("/bytes"), { content_type: "image/png" } as never);
    const code = (url: string) => codeOf(alice.getSiteMetadata({ url }));
    t.equal(await code(`${other.origin}/inside`), "unknown");
    t.equal(await code(`${other.origin}/missing`), "unknown");
    t.equal(await code("http://192.168.1.1/"), "unknown");
    t.equal(await code("http://[fd00::1]/"), "unknown");
    t.equal(await code("nonsense"), "invalid_url");
    t.equal(await code("ftp://example.org/"), "invalid_url");
    await ok(
      server.admin.editSite({ blocked_urls: [new URL(other.origin).host] }),
    );
    t.equal(await code(`${other.origin}/page`), "blocked_url");
    t.equal(
      await codeOf(server.client().getSiteMetadata({ url: other.origin })),
      "incorrect_login",
    );
    await ok(server.admin.editSite({ blocked_urls: [] }));

    const { post, image_details } = await scene.post({
      url: `${other.origin}/page`,
    });
    t.equal(post.embed_title, "Plain & simple");
    t.equal(post.embed_description, "What the page is about.");
    t.equal(post.embed_video_url, "https://video.example/embed/1");
    t.equal([post.embed_video_width, post.embed_video_height], [
      640,
      undefined,
    ]);
    t.equal(post.url_content_type, "text/html");
    t.equal(post.url, `${other.origin}/page`);
    t.equal(
      post.thumbnail_url,
      proxied(scene, `${other.origin}/pictures/preview.jpg`, "&max_size=512"),
    );
    const { blurhash, ...size } = image_details!;
    t.ok(isBlurhashValid(blurhash!).result, blurhash);
    t.equal(size, {
      link: post.thumbnail_url!,
      width: 512,
      height: 256,
      content_type: "image/jpeg",
    });
    // An edit without a link takes everything away again.
    const edited = await ok(alice.editPost({ post_id: post.id, url: "" }));
    t.equal(edited.post_view.post.embed_title, undefined);
    t.equal(edited.post_view.post.thumbnail_url, undefined);
    t.equal(server.failures, []);
  },
);

linkTest(
  "the answer to a post shows what its link leads to, unless that takes too long",
  async (t, scene) => {
    const { other, alice, community_id, server } = scene;
    const create = async (path: string) =>
      (await ok(alice.createPost({
        name: "A link",
        community_id,
        url: other.origin + path,
      }))).post_view;
    const began = performance.now();
    const slow = create("/slow");
    const { items: [{ post: { id } }] } = await until(
      () => ok(alice.getPosts({ sort: "new" })),
      ({ items }) => items.length > 0,
    );
    const another = alice.editPost({
      post_id: id,
      url: `${other.origin}/slow?2`,
    });
    const { post, image_details } = await create("/page");
    t.equal(
      [post.embed_title, post.url_content_type],
      ["Plain & simple", "text/html"],
    );
    t.equal(image_details?.link, post.thumbnail_url);
    t.equal(image_details?.width, 512);
    const edited = await ok(
      alice.editPost({ post_id: post.id, url: `${other.origin}/still.png` }),
    );
    t.equal(edited.post_view.post.url_content_type, "image/png");
    t.equal(edited.post_view.image_details?.height, 512);
    const gone = await create("/missing");
    t.equal(gone.post.embed_title, undefined);

    // Both are answered before the page is.
    const late = await slow;
    t.equal(late.post.embed_title, undefined);
    t.ok(performance.now() - began < 3500, "nobody waits any longer");
    await ok(another);
    other.speedUp();
    await until(
      () => ok(alice.getPost({ id })),
      ({ post_view }) => post_view.post.embed_title === "Late?2",
    );

    // A site that answers nobody keeps some waiting, but not everybody.
    const start = performance.now();
    const many = Array.from({ length: 24 }, () => create("/stuck"));
    await Promise.race(many);
    t.ok(performance.now() - start < 2900);
    other.unstick();
    await Promise.all(many);
    t.equal(server.failures, []);
  },
);

linkTest(
  "the image mode says where pictures of others come from",
  async (t, scene) => {
    const { other, server, alice } = scene;
    const url = `${other.origin}/still.png`;
    const one = await scene.post({ url });
    t.equal(one.post.url, proxied(scene, url));
    t.equal(one.post.thumbnail_url, proxied(scene, url, "&max_size=512"));
    t.equal(one.post.url_content_type, "image/png");
    t.equal(one.image_details?.height, 512);
    // Sent back by a client that edits the title, it stays what it is.
    await ok(alice.editPost({
      post_id: one.post.id,
      name: "Another title",
      url: one.post.url,
    }));
    t.equal((await scene.read(one.post.id)).post, {
      ...one.post,
      name: "Another title",
      updated_at: (await scene.read(one.post.id)).post.updated_at,
    });
    const custom = await scene.post({
      url: `${other.origin}/page`,
      custom_thumbnail: url,
    });
    t.equal(custom.post.thumbnail_url, proxied(scene, url, "&max_size=512"));

    // Pages and apps take it for a picture by its ending, though nobody could look at it.
    const lost = `${other.origin}/lost.png`;
    const unseen = await scene.post({ url: lost });
    t.equal(unseen.post.url, proxied(scene, lost));
    t.equal(unseen.post.thumbnail_url, undefined);
    const page = `${other.origin}/lost.html`;
    t.equal((await scene.post({ url: page })).post.url, page);

    await ok(server.admin.editSite({ image_mode: "none" }));
    const plain = await scene.post({ url });
    t.equal([plain.post.url, plain.post.thumbnail_url], [url, url]);
    t.equal(plain.image_details, undefined);

    await ok(server.admin.editSite({ image_mode: "store_link_previews" }));
    const stored = await scene.post({ url: `${other.origin}/page` });
    t.match(
      stored.post.thumbnail_url!,
      new RegExp(`^${server.url}/api/v4/image/[0-9a-f-]{36}\\.jpg$`),
    );
    t.equal(
      [stored.image_details?.width, stored.image_details?.height],
      [512, 256],
    );
    const media = await ok(alice.listMedia({}));
    t.equal(
      media.items.map((item) => item.local_image.thumbnail_for_post_id),
      [stored.post.id],
    );
    t.equal(media.items[0].post?.id, stored.post.id);
    // The post is not safe to look at, and the site says nothing of that.
    const nsfw = await scene.post({ url: `${other.origin}/page`, nsfw: true });
    t.equal(
      nsfw.post.thumbnail_url,
      `${other.origin}/pictures/preview.jpg`,
    );
    t.equal(server.failures, []);
  },
);

linkTest(
  "a purge takes our copies of other sites' pictures along",
  async (t, scene) => {
    const { other, server } = scene;
    const url = `${other.origin}/still.png`;
    const { post } = await scene.post({ url });
    const status = async () => {
      const response = await fetch(post.url!);
      await response.body?.cancel();
      return response.status;
    };
    t.equal(await status(), 200);
    const { sql } = server.database;
    const copies = async () =>
      (await sql`select count(*)::int4 as n from image_cache`)[0].n;
    t.ok(await copies() >= 2);
    await ok(server.admin.purgePost({ post_id: post.id, reason: "illegal" }));
    t.equal(await status(), 404);
    t.equal(await copies(), 0);
    t.equal(server.failures, []);
  },
);

linkTest(
  "own uploads are known at once and keep their address",
  async (t, scene) => {
    const { alice, community_id, server } = scene;
    const image = await picture("webp", 640, 480);
    const { image_url } = await ok(alice.uploadImage({ image }));
    const { post_view } = await ok(
      alice.createPost({ name: "Mine", community_id, url: image_url }),
    );
    t.equal(post_view.post.url, image_url);
    t.equal(post_view.post.thumbnail_url, image_url);
    t.equal(post_view.post.url_content_type, "image/webp");
    t.equal(post_view.image_details?.width, 640);
    t.ok(isBlurhashValid(post_view.image_details!.blurhash!).result);
    await ok(server.admin.editSite({ image_mode: "store_link_previews" }));
    const copied = await scene.post({ url: image_url });
    t.equal(copied.post.url, image_url);
    t.notEqual(copied.post.thumbnail_url, image_url);
    t.equal(copied.image_details?.width, 512);
    t.equal(server.failures, []);
  },
);

linkTest(
  "a link that answers nothing leaves a post without preview",
  async (t, scene) => {
    const { other, server } = scene;
    for (
      const url of [
        `${other.origin}/missing`,
        `${other.origin}/inside`,
        "http://10.0.0.7/",
        "magnet:?xt=urn:btih:0123",
      ]
    ) {
      const { post } = await scene.post({ url });
      t.equal(post.url, url);
      t.equal(
        [post.embed_title, post.thumbnail_url, post.url_content_type],
        [undefined, undefined, undefined],
      );
    }
    const { sql } = server.database;
    const [{ n }] = await sql`select count(*)::int4 as n from post_link_check`;
    t.equal(n, 0);
    await scene.post({ url: "http://127.0.0.1:1/nowhere" });
    // Nobody listens there now, but somebody may later.
    for (;;) {
      const [row] =
        await sql`select attempts, due_at > now() + interval '30 seconds' as later
      from post_link_check`;
      if (row.attempts === 1 && row.later) break;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    t.equal(server.failures, []);
  },
);

linkTest(
  "pictures in texts come through the proxy, and only those",
  async (t, scene) => {
    const { other, server, alice, community_id } = scene;
    const shown = `${other.origin}/still.png`;
    const { post_view } = await ok(alice.createPost({
      name: "Pictures",
      community_id,
      body:
        `![a](${shown} "title") ![b](${server.url}/x.png)\n\n\`![c](${shown})\``,
    }));
    t.equal(
      post_view.post.body,
      `![a](${
        proxied(scene, shown)
      } "title") ![b](${server.url}/x.png)\n\n\`![c](${shown})\``,
    );
    const get = (address: string) => fetch(address, { redirect: "manual" });
    const answer = await get(proxied(scene, shown));
    t.equal(answer.status, 200);
    t.equal(answer.headers.get("content-type"), "image/png");
    t.equal(
      answer.headers.get("content-disposition"),
      'inline; filename="still.png"',
    );
    t.equal((await describe(await answer.bytes())).height, 600);
    const asked = other.asked.length;
    await (await get(proxied(scene, shown))).bytes();
    t.equal(other.asked.length, asked, "it is fetched once");
    const small = await get(
      `${proxied(scene, shown)}&max_size=60&file_type=webp`,
    );
    t.equal(
      small.headers.get("content-disposition"),
      'inline; filename="still.webp"',
    );
    t.equal((await describe(await small.bytes())).height, 60);
    const legacy = await get(
      `${server.url}/api/v3/image_proxy?url=${encodeURIComponent(shown)}`,
    );
    t.equal(legacy.status, 200);
    await legacy.bytes();
    const status = async (address: string) => {
      const answer = await get(address);
      await answer.bytes();
      return answer.status;
    };
    // Nobody shows these.
    t.equal(await status(proxied(scene, `${other.origin}/page`)), 404);
    t.equal(await status(proxied(scene, "nonsense")), 400);
    const bad = [
      `${other.origin}/missing.png`,
      `${other.origin}/evil.svg`,
      `${other.origin}/page`,
      "http://10.0.0.1/a.png",
    ];
    await ok(alice.createComment({
      post_id: post_view.post.id,
      content: bad.map((url) => `![](${url})`).join(" "),
    }));
    for (const url of bad) {
      const found = await status(proxied(scene, url));
      t.ok([404, 422, 502].includes(found), `${url} ${found}`);
    }
    await ok(server.admin.editSite({
      image_proxy_bypass_domains: "example.org, 127.0.0.1",
    }));
    const bypass = await get(proxied(scene, shown));
    t.equal([bypass.status, bypass.headers.get("location")], [307, shown]);
    // A private site that does not federate shows its pictures to members.
    await ok(server.admin.editSite({
      private_instance: true,
      federation_enabled: false,
    }));
    t.equal(await status(proxied(scene, shown)), 401);
    t.equal(server.failures, []);
  },
);

linkTest(
  "a page that wants to know is told of a new post once, and of no other",
  async (t, scene) => {
    const { other, server, alice, community_id } = scene;
    const url = `${other.origin}/telling`;
    const { post } = await scene.post({ url });
    const told = async (count: number) => {
      const end = Date.now() + 15_000;
      while (other.mentions.length < count && Date.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return other.mentions;
    };
    t.equal(await told(1), [`source=${post.ap_id}&target=${url}`]);
    await ok(alice.editPost({ post_id: post.id, name: "Edited", url }));
    const header = `${other.origin}/telling_by_header`;
    const second = await scene.post({ url: header });
    t.equal((await told(2))[1], `source=${second.post.ap_id}&target=${header}`);
    // Only its author knows of this one yet.
    await ok(alice.createPost({
      name: "Later",
      community_id,
      url,
      scheduled_publish_time_at: Math.floor(Date.now() / 1000) + 3600,
    }));
    await ok(alice.editCommunity({ community_id, visibility: "unlisted" }));
    await scene.post({ url });
    await scene.post({ url: `${other.origin}/page` });
    const { sql } = server.database;
    for (;;) {
      const [{ open }] = await sql`select
        exists (select from post_webmention where attempts < 1)
          or exists (select from event e, event_consumer c where c.name = 'webmentions'
            and (e.xid, e.id) > (c.xid, c.id)) as open`;
      if (!open) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    t.equal(other.mentions.length, 2);
    t.equal(server.failures, []);
  },
);
