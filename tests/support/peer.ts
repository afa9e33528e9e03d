import { generateKeyPairSync } from "node:crypto";

/** A server on this machine that a test plays, with as many host names as it likes. */
export interface Peer {
  port: number;
  /** Host with port: a name below `localhost` leads to this machine. */
  host(name: string): string;
  url(name: string, path: string): string;
  /** `METHOD host path` of every request, in order. */
  requests: string[];
  stop(): Promise<void>;
}

/** Starts a peer; `answer` gets the first label of the host name that was asked. */
export function startPeer(
  answer: (
    request: Request,
    name: string,
    peer: Peer,
  ) => Response | Promise<Response>,
): Peer {
  const requests: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => {
      const host = request.headers.get("host") ?? "";
      const name = host.split(".")[0];
      const { pathname, search } = new URL(request.url);
      requests.push(`${request.method} ${name} ${pathname}${search}`);
      return answer(request, name, peer);
    },
  );
  const { port } = server.addr;
  const peer: Peer = {
    port,
    host: (name) => `${name}.localhost:${port}`,
    url: (name, path) => `http://${name}.localhost:${port}${path}`,
    requests,
    stop: () => server.shutdown(),
  };
  return peer;
}

/** An answer as ActivityPub servers give it. */
export function activityJson(json: unknown, status = 200): Response {
  return new Response(JSON.stringify(json), {
    status,
    headers: { "content-type": "application/activity+json" },
  });
}

/** A fresh pair of RSA keys, as actors have them. */
export function actorKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}
