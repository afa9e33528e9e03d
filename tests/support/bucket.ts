/** An S3-compatible server on this machine. */
import { join } from "node:path";
import S3rver from "s3rver";
import { S3Store } from "../../lib/media/s3_store.ts";

/** What a store needs to know, and what a test asks. */
export interface Bucket {
  kind: "s3";
  endpoint: string;
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** Directory for files that are worked on. */
  work: string;
  /** Number of stored files. */
  count(): Promise<number>;
  stop(): Promise<void>;
}

export async function withBucket(
  body: (bucket: Bucket) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tundra-bucket-" });
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: "pictures", configs: [] }],
  });
  const { port } = await server.run();
  let running = true;
  const stop = async () => {
    if (running) await server.close();
    running = false;
  };
  const bucket: Bucket = {
    kind: "s3",
    endpoint: `http://127.0.0.1:${port}`,
    region: "us-east-1",
    bucket: "pictures",
    accessKey: "S3RVER",
    secretKey: "S3RVER",
    work: join(folder, "work"),
    async count() {
      const store = new S3Store(bucket, bucket.work);
      return (await Array.fromAsync(store.list())).length;
    },
    stop,
  };
  try {
    await body(bucket);
  } finally {
    await stop();
    await Deno.remove(folder, { recursive: true });
  }
}
