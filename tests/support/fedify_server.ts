import {
  type Context,
  createFederation,
  type Federation,
  generateCryptoKeyPair,
  getAuthenticatedDocumentLoader,
  getDocumentLoader,
  MemoryKvStore,
} from "@fedify/fedify";
import { Activity, Endpoints, Note, Person } from "@fedify/vocab";

/** The document that our contexts name, as far as tests need it: nothing is fetched for it. */
const LEMMY_CONTEXT = "https://join-lemmy.org/context.json";
const TERMS = {
  "@context": [
    "https://w3id.org/security/v1",
    {
      lemmy: "https://join-lemmy.org/ns#",
      litepub: "http://litepub.social/ns#",
      pt: "https://joinpeertube.org/ns#",
      sc: "http://schema.org/",
      ChatMessage: "litepub:ChatMessage",
      commentsEnabled: "pt:commentsEnabled",
      sensitive: "as:sensitive",
      matrixUserId: "lemmy:matrixUserId",
      postingRestrictedToMods: "lemmy:postingRestrictedToMods",
      removeData: "lemmy:removeData",
      stickied: "lemmy:stickied",
      moderators: { "@type": "@id", "@id": "lemmy:moderators" },
      expires: "as:endTime",
      distinguished: "lemmy:distinguished",
      language: "sc:inLanguage",
      identifier: "sc:identifier",
    },
  ],
};

/** A server that nobody here wrote: one actor, made with Fedify, which verifies what it takes. */
export interface FedifyServer {
  federation: Federation<void>;
  origin: string;
  /** Activities that it has taken, their signatures verified by Fedify. */
  taken: Activity[];
  /** Documents that it serves besides its actor, by path. */
  notes: Map<string, Note>;
  context(): Context<void>;
  stop(): Promise<void>;
}

export async function startFedify(name: string): Promise<FedifyServer> {
  const taken: Activity[] = [];
  const notes = new Map<string, Note>();
  const keys = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5")];
  const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request: Request): Promise<Response> => {
      // Its own host name leads here, and Fedify goes by the address.
      const { pathname, search } = new URL(request.url);
      const url = new URL(pathname + search, origin);
      return federation.fetch(new Request(url, request), {
        contextData: undefined,
      });
    },
  );
  const origin = `http://${name}.localhost:${server.addr.port}`;
  const loopback = { allowPrivateAddress: true };
  const federation: Federation<void> = createFederation<void>({
    kv: new MemoryKvStore(),
    origin,
    documentLoaderFactory: () => getDocumentLoader(loopback),
    authenticatedDocumentLoaderFactory: (identity) =>
      getAuthenticatedDocumentLoader(identity, loopback),
    contextLoaderFactory: () => {
      const load = getDocumentLoader();
      return async (url, options) =>
        url === LEMMY_CONTEXT
          ? { contextUrl: null, documentUrl: url, document: TERMS }
          : await load(url, options);
    },
  });
  federation.setActorDispatcher("/users/{identifier}", async (ctx, id) => {
    if (id !== "alice") return null;
    const [pair] = await ctx.getActorKeyPairs(id);
    return new Person({
      id: ctx.getActorUri(id),
      preferredUsername: id,
      name: "Alice",
      inbox: ctx.getInboxUri(id),
      outbox: new URL(`/users/${id}/outbox`, origin),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pair.cryptographicKey,
    });
  }).setKeyPairsDispatcher(() => keys);
  federation.setObjectDispatcher(
    Note,
    "/notes/{id}",
    (_, { id }) => notes.get(id) ?? null,
  );
  federation.setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .setSharedKeyDispatcher(() => ({ identifier: "alice" }))
    .on(Activity, (_, activity) => {
      taken.push(activity);
    });
  return {
    federation,
    origin,
    taken,
    notes,
    context: () => federation.createContext(new URL(origin), undefined),
    stop: () => server.shutdown(),
  };
}
