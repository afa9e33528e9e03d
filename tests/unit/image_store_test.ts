/** Where the bytes of images are: directory and bucket, and what is cleaned away. */
import { join } from "node:path";
import { loadConfig } from "../../lib/config/mod.ts";
import type { Ctx } from "../../lib/domain/context.ts";
import { deleteImages, purgeImages } from "../../lib/domain/image/delete.ts";
import { storeImage } from "../../lib/domain/image/store.ts";
import { cleanImageStore } from "../../lib/jobs/images.ts";
import type { JobContext } from "../../lib/jobs/job.ts";
import { type Media, openMedia } from "../../lib/media/mod.ts";
import { S3Store } from "../../lib/media/s3_store.ts";
import { temporaryFile } from "../../lib/media/temporary.ts";
import { type Assertions, test } from "../harness.ts";
import { testSite } from "../support/domain.ts";
import { withBucket } from "../support/bucket.ts";
import { picture } from "../support/pictures.ts";

const DAY_MS = 24 * 3600_000;

/** A site with an image store in a directory of its own. */
async function withImages(
  body: (
    scene: { ctx: Ctx; media: Media; add(color: string): Promise<string> },
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tundra-images-" });
  const site = await testSite();
  try {
    const config = await loadConfig({
      env: { LEMMY_HOSTNAME: "tundra.test", LEMMY_DATA_DIR: folder },
      cwd: "/",
    });
    const media = openMedia(config)!;
    const ctx = { ...site.admin, media };
    const add = async (color: string) => {
      const path = join(folder, "source");
      const file = await picture("png", 20, 20, color);
      await Deno.writeFile(path, file.stream());
      const { alias } = await storeImage(ctx, path, {
        maxSize: 100,
        allowAnimation: true,
        allowVideo: true,
        timeout: 10_000,
        personId: ctx.viewer!.person.id,
      });
      return alias;
    };
    await body({ ctx, media, add });
  } finally {
    await site.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function keys({ store }: Media): Promise<string[]> {
  return (await Array.fromAsync(store.list())).map(({ key }) => key);
}

test("bytes are kept once and go with their last name", (t: Assertions) =>
  withImages(async ({ ctx, media, add }) => {
    const [one, two] = [await add("red"), await add("red")];
    const three = await add("blue");
    t.equal((await keys(media)).length, 2);
    await deleteImages(ctx, [one]);
    t.equal((await keys(media)).length, 2);
    await deleteImages(ctx, [two, "unknown"]);
    t.equal((await keys(media)).length, 1);
    await purgeImages(ctx, [
      `https://elsewhere.test/api/v4/image/${three}`,
      `https://tundra.test:8443/api/v4/image/${three}`,
    ]);
    t.equal((await keys(media)).length, 1);
    await purgeImages(ctx, [`https://tundra.test/pictrs/image/${three}`]);
    t.equal((await keys(media)).length, 0);
  }));

test("the same bytes coming and going at once are there or gone, never lost", (t: Assertions) =>
  withImages(async ({ ctx, media, add }) => {
    for (let round = 0; round < 5; round++) {
      const old = await add("green");
      const [fresh] = await Promise.all([
        add("green"),
        deleteImages(ctx, [old]),
      ]);
      const stored = await keys(media);
      t.equal(stored.length, 1, `round ${round}`);
      const row = await ctx.db.selectFrom("image_blob").select("storage_key")
        .executeTakeFirstOrThrow();
      t.equal(row.storage_key, stored[0]);
      await deleteImages(ctx, [fresh]);
    }
  }));

test("the clean-up removes what a crash or a cascade has left, and old copies", (t: Assertions) =>
  withImages(async ({ ctx, media, add }) => {
    const kept = await add("red");
    const lost = await add("blue");
    await ctx.db.deleteFrom("local_image").where("pictrs_alias", "=", lost)
      .execute();
    const orphan = await media.newFile();
    await Deno.writeTextFile(orphan.path, "left behind");
    await media.store.put("0123456789abcdef-orphan", orphan.path, "text/plain");
    const work = await media.newFile();
    await Deno.writeTextFile(work.path, "work of a crashed process");
    const copy = await media.newFile();
    await Deno.writeTextFile(copy.path, "a copy");
    await media.store.put("fedcba9876543210-copy", copy.path, "text/plain");
    await ctx.db.insertInto("image_cache").values({
      name: "n",
      storage_key: "fedcba9876543210-copy",
      bytes: 6,
      content_type: "text/plain",
      width: 1,
      height: 1,
    }).execute();
    const run = (days: number) =>
      cleanImageStore({
        ...ctx,
        now: new Date(Date.now() + days * DAY_MS),
      } as Ctx as unknown as JobContext);
    await run(0);
    t.equal((await keys(media)).length, 3, "young files are left alone");
    await run(2);
    t.equal((await keys(media)).length, 2, "orphans are gone");
    await t.throws(() => Deno.stat(work.path), /os error 2/);
    await run(8);
    t.equal((await keys(media)).length, 1, "unused copies are gone");
    const [{ pictrs_alias }] = await ctx.db.selectFrom("local_image")
      .select("pictrs_alias").execute();
    t.equal(pictrs_alias, kept);
  }));

test("a bucket stores, reads in part, lists and removes", (t: Assertions) =>
  withBucket(async (bucket) => {
    const store = new S3Store(bucket, bucket.work);
    const key = "0123456789abcdef-one";
    const put = async (store: S3Store) => {
      const file = await temporaryFile(bucket.work);
      await Deno.writeTextFile(file.path, "hello, bucket");
      await store.put(key, file.path, "text/plain");
    };
    await put(store);
    const text = async (range?: { start: number; end: number }) => {
      const stored = await store.open(key, range);
      return stored && await new Response(stored.body).text();
    };
    t.equal(await text(), "hello, bucket");
    t.equal(await text({ start: 1, end: 3 }), "ell");
    const local = await store.local(key);
    t.equal(await Deno.readTextFile(local!.path), "hello, bucket");
    await local!.release();
    const listed = await Array.fromAsync(store.list());
    t.equal(listed.map((entry) => entry.key), [key]);
    t.ok(Math.abs(listed[0].modifiedAt.getTime() - Date.now()) < 60_000);
    await store.remove(key);
    await store.remove(key);
    t.equal(await store.open(key), null);
    t.equal(await store.local(key), null);
    const stranger = new S3Store(
      { ...bucket, accessKey: "nobody" },
      bucket.work,
    );
    await t.throws(() => put(stranger), /403: InvalidAccessKeyId/);
  }));
