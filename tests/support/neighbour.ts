import { signRequest } from "../../lib/federation/signatures/sign.ts";
import { activityJson, actorKeys, type Peer, startPeer } from "./peer.ts";

type Json = Record<string, unknown>;

const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

/** What a delivery may do otherwise than it should. */
export interface DeliveryOptions {
  /** Who signs; the activity's actor if not given. */
  signer?: string;
  headers?: Record<string, string>;
  unsigned?: boolean;
  /** Sent and signed instead of the activity's JSON. */
  body?: string | Uint8Array<ArrayBuffer>;
  /** Changes the body after it was signed. */
  tamper?: (body: string) => string;
  path?: string;
  now?: Date;
}

/**
 * Another server, played by a test: it serves its actors and objects, signs what it delivers, and
 * keeps what is delivered to it.
 */
export class Neighbour {
  readonly #keys = actorKeys();
  readonly #documents = new Map<
    string,
    Json | number | (() => Response)
  >();
  readonly #peer: Peer;
  #number = 0;
  /** Activities delivered to it, in order. */
  readonly received: Json[] = [];
  /** Answers deliveries; 202 unless set. */
  answer: (activity: Json) => number = () => 202;

  /**
   * @param name first label of its host
   * @param inbox where it delivers
   */
  constructor(readonly name: string, readonly inbox: string) {
    this.#peer = startPeer(async (request) => {
      const { pathname } = new URL(request.url);
      if (request.method === "POST") {
        const activity = await request.json();
        const status = this.answer(activity);
        if (status === 202) this.received.push(activity);
        return new Response(null, { status });
      }
      const found = this.#documents.get(pathname);
      if (found === undefined) return new Response(null, { status: 404 });
      if (typeof found === "function") return found();
      return typeof found === "number"
        ? new Response(null, { status: found })
        : activityJson(found);
    });
  }

  /** `METHOD host path` of every request to it. */
  get requests(): readonly string[] {
    return this.#peer.requests;
  }

  get publicKey(): string {
    return this.#keys.publicKey;
  }

  get privateKey(): string {
    return this.#keys.privateKey;
  }

  url(path: string): string {
    return this.#peer.url(this.name, path);
  }

  /** Serves a document at its id. @returns the id */
  put(document: Json): string {
    const id = String(document.id);
    this.#documents.set(new URL(id).pathname, document);
    return id;
  }

  /** Answers a path with a status instead. */
  fail(id: string, status: number): void {
    this.#documents.set(new URL(id).pathname, status);
  }

  /** Answers a path as no such server would. @returns the id */
  answerWith(path: string, make: () => Response): string {
    this.#documents.set(path, make);
    return this.url(path);
  }

  /** An actor. @returns its id */
  actor(type: string, path: string, members: Json = {}): string {
    const id = this.url(path);
    return this.put({
      type,
      id,
      preferredUsername: path.split("/").at(-1),
      inbox: `${id}/inbox`,
      outbox: `${id}/outbox`,
      followers: `${id}/followers`,
      endpoints: { sharedInbox: this.url("/inbox") },
      publicKey: {
        id: `${id}#main-key`,
        owner: id,
        publicKeyPem: this.#keys.publicKey,
      },
      published: "2026-01-01T00:00:00Z",
      ...members,
    });
  }

  person(name: string, members: Json = {}): string {
    return this.actor("Person", `/u/${name}`, members);
  }

  group(name: string, members: Json = {}): string {
    const id = this.url(`/c/${name}`);
    return this.actor("Group", `/c/${name}`, {
      featured: `${id}/featured`,
      attributedTo: `${id}/moderators`,
      ...members,
    });
  }

  /** A fresh id of an activity. */
  id(type: string): string {
    return this.url(`/activities/${type.toLowerCase()}/${++this.#number}`);
  }

  /** An activity of a community, addressed as it has to be. */
  activity(
    type: string,
    actor: string,
    object: unknown,
    community?: string,
    members: Json = {},
  ): Json {
    return {
      "@context": ["https://www.w3.org/ns/activitystreams"],
      type,
      id: this.id(type),
      actor,
      object,
      ...community && {
        to: [community, PUBLIC],
        cc: [community],
        audience: community,
      },
      ...members,
    };
  }

  /** What a community of this server passes on. */
  announce(group: string, inner: Json): Json {
    const { "@context": _, ...object } = inner;
    return this.activity("Announce", group, object, undefined, {
      to: [group, PUBLIC],
      cc: [`${group}/followers`],
    });
  }

  /** A post that is also served. */
  page(author: string, community: string, members: Json = {}): Json {
    const id = this.url(`/post/${++this.#number}`);
    const page = {
      type: "Page",
      id,
      attributedTo: author,
      to: [community, PUBLIC],
      audience: community,
      name: `Post ${this.#number}`,
      published: new Date().toISOString(),
      ...members,
    };
    this.put(page);
    return page;
  }

  /** A comment that is also served. */
  note(
    author: string,
    community: string,
    inReplyTo: string,
    members: Json = {},
  ): Json {
    const id = this.url(`/comment/${++this.#number}`);
    const note = {
      type: "Note",
      id,
      attributedTo: author,
      to: [community, PUBLIC],
      audience: community,
      inReplyTo,
      content: `<p>Comment ${this.#number}</p>`,
      published: new Date().toISOString(),
      ...members,
    };
    this.put(note);
    return note;
  }

  /** Headers of a GET that an actor signs. */
  async sign(actor: string, url: string): Promise<Record<string, string>> {
    const { host: _, ...headers }: Record<string, string> = await signRequest({
      scheme: "draft",
      method: "GET",
      url,
      headers: { accept: "application/activity+json" },
      keyId: `${actor}#main-key`,
      privateKeyPem: this.#keys.privateKey,
    });
    return headers;
  }

  /** Delivers an activity. @returns the answer's status and JSON, if there is any */
  async deliver(
    activity: Json,
    options: DeliveryOptions = {},
  ): Promise<{ status: number; json: Json }> {
    const body = options.body ?? JSON.stringify(activity);
    const url = new URL(options.path ?? "/inbox", this.inbox).href;
    const headers = await signRequest({
      scheme: "draft",
      method: "POST",
      url,
      headers: { "content-type": "application/activity+json" },
      body,
      keyId: `${options.signer ?? String(activity.actor)}#main-key`,
      privateKeyPem: this.#keys.privateKey,
      now: options.now,
    });
    // The host is that of the address.
    const { host: _, ...rest }: Record<string, string> = {
      ...headers,
      ...options.headers,
    };
    if (options.unsigned) delete rest.signature;
    const response = await fetch(url, {
      method: "POST",
      headers: rest,
      body: options.tamper?.(String(body)) ?? body,
    });
    const text = await response.text();
    return {
      status: response.status,
      json: text === "" ? {} : JSON.parse(text),
    };
  }

  stop(): Promise<void> {
    return this.#peer.stop();
  }
}
