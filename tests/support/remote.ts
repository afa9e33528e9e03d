import {
  GuardedClient,
  type OutgoingRequest,
  type OutgoingResponse,
} from "../../lib/http/guarded_client.ts";

type Json = Record<string, unknown>;

/** Any key will do where nothing is signed. */
const KEY = { publicKeyPem: "-----BEGIN PUBLIC KEY-----\n" };

/**
 * Other servers of any name: one HTTP server on loopback that answers with what the test has put at
 * an address. Its client sends what goes to those names there.
 */
export class Remote {
  /** Answers by address. */
  readonly answers = new Map<string, Json | ((req: Request) => Response)>();
  /** Addresses asked for, in order. */
  readonly asked: string[] = [];
  readonly client: GuardedClient;
  #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (req) => this.#answer(req),
    );
    this.client = new RemoteClient(this.#server.addr.port);
  }

  #answer(req: Request): Response {
    const address = req.headers.get("x-address")!;
    this.asked.push(address);
    const answer = this.answers.get(address);
    if (answer === undefined) return new Response(null, { status: 404 });
    if (typeof answer === "function") return answer(req);
    return Response.json(answer, {
      headers: { "content-type": "application/activity+json" },
    });
  }

  /** Puts a document at its own id. */
  put(document: Json): void {
    this.answers.set(new URL(String(document.id)).href, document);
  }

  /** Puts documents of the recorded kind there, with further members. */
  person(id: string, members: Json = {}): void {
    this.put({ ...actor(id), type: "Person", ...members });
  }

  group(id: string, members: Json = {}): void {
    this.put({ ...actor(id), type: "Group", ...members });
  }

  page(
    id: string,
    author: string,
    community: string,
    members: Json = {},
  ): void {
    this.put({ ...pageOf(id, author, community), ...members });
  }

  async close(): Promise<void> {
    await this.client.close();
    await this.#server.shutdown();
  }
}

function actor(id: string): Json {
  return {
    id,
    preferredUsername: new URL(id).pathname.split("/").at(-1),
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    followers: `${id}/followers`,
    publicKey: { id: `${id}#main-key`, owner: id, ...KEY },
  };
}

/** A post in a community. */
export function pageOf(id: string, author: string, community: string): Json {
  return {
    type: "Page",
    id,
    attributedTo: author,
    to: [community, "https://www.w3.org/ns/activitystreams#Public"],
    name: "A post",
    published: "2026-01-01T00:00:00Z",
  };
}

/** A comment on something. */
export function noteOf(id: string, author: string, inReplyTo: string): Json {
  return {
    type: "Note",
    id,
    attributedTo: author,
    to: "as:Public",
    inReplyTo,
    content: "<p>An answer</p>",
    published: "2026-01-01T00:00:00Z",
  };
}

/** Sends every request to the local server, with the address it was meant for. */
class RemoteClient extends GuardedClient {
  constructor(readonly port: number) {
    super({ userAgent: "test", allowLoopback: true });
  }

  override async request(
    address: string | URL,
    options: OutgoingRequest = {},
  ): Promise<OutgoingResponse> {
    const url = new URL(address);
    const response = await super.request(
      `http://127.0.0.1:${this.port}${url.pathname}${url.search}`,
      {
        ...options,
        headers: { ...options.headers, "x-address": url.href },
      },
    );
    return { ...response, url: url.href };
  }
}
