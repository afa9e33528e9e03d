import type { ImageStore } from "../config/mod.ts";
import {
  GuardedClient,
  type OutgoingRequest,
  type OutgoingResponse,
} from "../http/guarded_client.ts";
import { MAX_FILE_BYTES } from "./limits.ts";
import type { ByteRange, MediaStore, StoredFile } from "./store.ts";
import { temporaryFile } from "./temporary.ts";

type S3Settings = Extract<ImageStore, { kind: "s3" }>;

const TIMEOUT_MS = 60_000;

/** What the bucket's server says went wrong. */
export class BucketError extends Error {}

/** Images in a bucket of an S3-compatible server, addressed as `endpoint/bucket/key`. */
export class S3Store implements MediaStore {
  #settings: S3Settings;
  #base: string;
  #client: GuardedClient;
  #temp: string;

  /** @param temp directory for files that are being worked on */
  constructor(settings: S3Settings, temp: string) {
    this.#settings = settings;
    this.#base = `${settings.endpoint.replace(/\/+$/, "")}/${settings.bucket}`;
    // The operator names this server, which often is in the same private network.
    this.#client = new GuardedClient({ userAgent: "Tundra", trusted: true });
    this.#temp = temp;
  }

  async put(key: string, path: string, contentType: string): Promise<void> {
    const body = await Deno.readFile(path);
    const answer = await this.#call("PUT", key, {
      body,
      headers: { "content-type": contentType },
    });
    await this.#expect(answer, 200);
    answer.discard();
    await Deno.remove(path);
  }

  async open(key: string, range?: ByteRange): Promise<StoredFile | null> {
    const headers: Record<string, string> = {};
    if (range) headers.range = `bytes=${range.start}-${range.end}`;
    const answer = await this.#call("GET", key, { headers });
    if (answer.status === 404) {
      answer.discard();
      return null;
    }
    await this.#expect(answer, 200, 206);
    return { body: ReadableStream.from(answer.chunks()) };
  }

  async local(key: string) {
    const stored = await this.open(key);
    if (!stored) return null;
    const file = await temporaryFile(this.#temp);
    await Deno.writeFile(file.path, stored.body);
    return { path: file.path, release: () => file.remove() };
  }

  async remove(key: string): Promise<void> {
    const answer = await this.#call("DELETE", key);
    await this.#expect(answer, 200, 204, 404);
    answer.discard();
  }

  async *list() {
    let token: string | null = null;
    do {
      const query = new URLSearchParams({ "list-type": "2" });
      if (token) query.set("continuation-token", token);
      const answer = await this.#call("GET", `?${query}`);
      await this.#expect(answer, 200);
      const text = await answer.text();
      for (const [, entry] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const key = member(entry, "Key");
        const modified = member(entry, "LastModified");
        if (key && modified) yield { key, modifiedAt: new Date(modified) };
      }
      token = member(text, "NextContinuationToken");
    } while (token);
  }

  async #call(
    method: "GET" | "PUT" | "DELETE",
    key: string,
    { headers, body }: {
      headers?: Record<string, string>;
      body?: Uint8Array<ArrayBuffer>;
    } = {},
  ): Promise<OutgoingResponse> {
    // Loaded with the first call: most sites have a directory.
    const { AwsV4Signer } = await import("aws4fetch");
    const { accessKey, secretKey, region } = this.#settings;
    const separator = key.startsWith("?") ? "" : "/";
    const signed = await new AwsV4Signer({
      method,
      url: `${this.#base}${separator}${key}`,
      headers,
      body,
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      region,
      service: "s3",
    }).sign();
    const sent = Object.fromEntries(signed.headers as Headers);
    // The client writes it itself.
    delete sent.host;
    const options: OutgoingRequest = {
      method,
      headers: sent,
      body,
      timeout: TIMEOUT_MS,
      maxBytes: 2 * MAX_FILE_BYTES,
    };
    return await this.#client.request(signed.url, options);
  }

  async #expect(answer: OutgoingResponse, ...statuses: number[]) {
    if (statuses.includes(answer.status)) return;
    const text = await answer.text();
    const code = member(text, "Code") ?? "no reason given";
    throw new BucketError(
      `the bucket ${this.#settings.bucket} answers ${answer.status}: ${code}`,
    );
  }
}

/** Text of an XML element that holds nothing but text. */
function member(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined
    ? null
    : text.replaceAll("&quot;", '"').replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
