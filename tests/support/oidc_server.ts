/** A real OpenID provider on loopback, with people who always agree. */
import { createServer } from "node:http";
import Provider from "npm:oidc-provider@9.13.3";
import { freePort } from "./port.ts";

export interface OidcServer {
  /** Address of the provider. */
  origin: string;
  client_id: string;
  client_secret: string;
  /**
   * Does what a browser does: goes to the provider as this person, agrees, and gives the code that
   * the site's callback would get. People have the address `NAME@oidc.example`, but not "nomail".
   * @param verifier of PKCE
   */
  signIn(
    name: string,
    options: { redirect_uri: string; verifier: string },
  ): Promise<string>;
  /** The same from an address that the site sends a browser to; gives where the browser ends. */
  visit(address: string, name: string): Promise<URL>;
  close(): Promise<void>;
}

const CLIENT_ID = "tundra";
const CLIENT_SECRET = "a secret of the site's";
const LIFE_SECONDS = 600;
const SCOPES = "openid email";
/** Accounts with such names have addresses that nobody has checked. */
const UNPROVEN = "unproven-";

/** Starts a provider that knows one site, by its callback address, and demands PKCE. */
export async function startOidcServer(
  redirect_uri: string,
): Promise<OidcServer> {
  const port = freePort();
  const origin = `http://127.0.0.1:${port}`;
  const { privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSASSA-PKCS1-v1_5",
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: "SHA-256",
    },
    true,
    ["sign", "verify"],
  );
  const key = await crypto.subtle.exportKey("jwk", privateKey);
  const life = () => LIFE_SECONDS;
  const provider = new Provider(origin, {
    clients: [{
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uris: [redirect_uri],
      token_endpoint_auth_method: "client_secret_post",
    }],
    // deno-lint-ignore no-explicit-any
    jwks: { keys: [{ ...key, use: "sig" } as any] },
    cookies: { keys: ["a key of the provider's"] },
    features: { devInteractions: { enabled: false } },
    scopes: SCOPES.split(" "),
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    pkce: { required: () => true },
    ttl: {
      AccessToken: life,
      AuthorizationCode: life,
      Grant: life,
      IdToken: life,
      Interaction: life,
      Session: life,
    },
    findAccount: (_ctx: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: `id of ${id}`,
        ...(id === "nomail" ? {} : {
          email: `${id.replace(UNPROVEN, "")}@OIDC.example`,
          email_verified: !id.startsWith(UNPROVEN),
        }),
      }),
    }),
    interactions: {
      url: (_ctx: unknown, interaction: { uid: string }) =>
        `/interaction/${interaction.uid}`,
    },
  });
  const answer = provider.callback();
  const server = createServer(async (request, response) => {
    if (!request.url?.startsWith("/interaction/")) {
      await answer(request, response);
      return;
    }
    const { prompt, params, session } = await provider.interactionDetails(
      request,
      response,
    );
    const result = prompt.name === "login"
      ? { login: { accountId: String(params.login_hint) } }
      : { consent: { grantId: await agree(session!.accountId) } };
    await provider.interactionFinished(request, response, result, {
      mergeWithLastSubmission: true,
    });
  });
  const agree = async (accountId: string): Promise<string> => {
    const grant = new provider.Grant({ accountId, clientId: CLIENT_ID });
    grant.addOIDCScope(SCOPES);
    return await grant.save();
  };
  await new Promise<void>((resolve) =>
    server.listen(port, "127.0.0.1", () => resolve())
  );
  return {
    origin,
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    async signIn(name, options) {
      const address = await authorizationAddress(origin, options);
      const end = await walk(origin, address, name);
      return end.searchParams.get("code") ?? "";
    },
    visit: (address, name) => walk(origin, new URL(address), name),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function authorizationAddress(
  origin: string,
  { redirect_uri, verifier }: { redirect_uri: string; verifier: string },
): Promise<URL> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(verifier),
  );
  const url = new URL("/auth", origin);
  url.search = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: "code",
    scope: SCOPES,
    redirect_uri,
    code_challenge: new Uint8Array(digest).toBase64({
      alphabet: "base64url",
      omitPadding: true,
    }),
    code_challenge_method: "S256",
  }).toString();
  return url;
}

const MAX_STEPS = 10;

/** Follows the provider's redirects with its cookies until they leave it. */
async function walk(origin: string, from: URL, name: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(from);
  url.searchParams.set("login_hint", name);
  for (let step = 0; step < MAX_STEPS; step++) {
    const response = await fetch(url, {
      redirect: "manual",
      headers: {
        cookie: Array.from(cookies, (pair) => pair.join("=")).join("; "),
      },
    });
    const text = await response.text();
    for (const cookie of response.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(key, value);
    }
    const location = response.headers.get("location");
    if (!location) throw new Error(`the provider says: ${text}`);
    url = new URL(location, url);
    if (url.origin !== origin) return url;
  }
  throw new Error("the provider redirects for ever");
}
