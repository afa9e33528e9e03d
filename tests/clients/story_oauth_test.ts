/** Signing in and up through a real OpenID provider. */
import type { AuthenticateWithOauth, EditOAuthProvider } from "lemmy-js-client";
import { test } from "../harness.ts";
import { type OidcServer, startOidcServer } from "../support/oidc_server.ts";
import { PageReader } from "../support/page_reader.ts";
import { codeOf, ok, PASSWORD, startSite } from "./api_server.ts";
import { letters, noise } from "./stage.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

const VERIFIER = "v".repeat(43);

/** A site with a provider that its people may sign in through. */
async function withProvider(
  body: (scene: Scene) => Promise<void>,
): Promise<void> {
  // The test mode of federation lets the site reach servers of this machine.
  const server = await startSite({ env: { LEMMY_TEST_FAST_FEDERATION: "1" } });
  const redirect_uri = `${server.url}/oauth/callback`;
  const oidc = await startOidcServer(redirect_uri);
  try {
    const provider = await ok(server.admin.createOAuthProvider({
      display_name: "Our OIDC",
      issuer: oidc.origin,
      authorization_endpoint: `${oidc.origin}/auth`,
      token_endpoint: `${oidc.origin}/token`,
      userinfo_endpoint: `${oidc.origin}/me`,
      id_claim: "sub",
      client_id: oidc.client_id,
      client_secret: oidc.client_secret,
      scopes: "openid email",
      use_pkce: true,
    }));
    await body(new Scene(server, oidc, provider.id, redirect_uri));
  } finally {
    await server.close();
    await oidc.close();
  }
}

class Scene {
  constructor(
    readonly server: Site,
    readonly oidc: OidcServer,
    readonly providerId: number,
    readonly redirect_uri: string,
  ) {}

  /** The call that a front end makes after the provider has sent somebody back. */
  async call(name: string, fields: Partial<AuthenticateWithOauth> = {}) {
    const code = fields.code ?? await this.oidc.signIn(name, {
      redirect_uri: this.redirect_uri,
      verifier: VERIFIER,
    });
    return this.server.client().authenticateWithOAuth({
      code,
      oauth_provider_id: this.providerId,
      redirect_uri: this.redirect_uri,
      pkce_code_verifier: VERIFIER,
      ...fields,
    });
  }

  edit(fields: Omit<EditOAuthProvider, "id">) {
    return ok(
      this.server.admin.editOAuthProvider({ id: this.providerId, ...fields }),
    );
  }
}

test("somebody signs up through a provider, and in again later", (t) =>
  withProvider(async (scene) => {
    const { server } = scene;
    t.equal(
      await codeOf(scene.call("carol")),
      "registration_username_required",
    );
    const joined = await ok(scene.call("carol", { username: "carol" }));
    t.equal(
      [joined.registration_created, joined.verify_email_sent],
      [false, false],
    );
    const me = await ok(server.client(joined.jwt).getMyUser());
    t.equal(me.local_user_view.person.name, "carol");
    t.equal(me.local_user_view.local_user.email, "carol@oidc.example");
    t.equal(me.local_user_view.local_user.email_verified, true);
    const again = await ok(scene.call("carol"));
    const same = await ok(server.client(again.jwt).getMyUser());
    t.equal(same.local_user_view.person.id, me.local_user_view.person.id);
    // Without a password one signs in by none, but may set a first one.
    t.equal(
      await codeOf(
        server.client().login({ username_or_email: "carol", password: "" }),
      ),
      "incorrect_login",
    );
    const { jwt } = await ok(
      server.client(again.jwt).changePassword({
        old_password: "",
        new_password: PASSWORD,
        new_password_verify: PASSWORD,
      }),
    );
    t.ok(jwt);
    t.equal(
      await codeOf(scene.call("nomail", { username: "without" })),
      "success",
    );
    t.equal(server.failures, []);
  }));

test("a provider's login is refused with the code of the rule it breaks", (t) =>
  withProvider(async (scene) => {
    const { server } = scene;
    const { admin } = server;
    const { sql } = server.database;
    const call = (name: string, fields: Partial<AuthenticateWithOauth> = {}) =>
      codeOf(scene.call(name, fields));
    const invalid = "oauth_authorization_invalid";
    t.equal(await call("", { code: letters(301) }), invalid);
    t.equal(await call("", { code: "x", oauth_provider_id: 999 }), invalid);
    t.equal(
      await call("", { code: "x", redirect_uri: "https://evil.example/" }),
      invalid,
    );
    t.equal(
      await call("", { code: "x", pkce_code_verifier: undefined }),
      invalid,
    );
    t.equal(
      await call("", { code: "x", pkce_code_verifier: "short" }),
      "invalid_code_verifier",
    );
    t.equal(await call("", { code: "nonsense" }), "oauth_login_failed");
    const code = await scene.oidc.signIn("carol", {
      redirect_uri: scene.redirect_uri,
      verifier: VERIFIER,
    });
    t.equal(
      await call("", { code, pkce_code_verifier: "w".repeat(43) }),
      "oauth_login_failed",
      "the verifier of another",
    );
    await scene.edit({ id_claim: "no_such_claim" });
    t.equal(await call("carol"), "oauth_login_failed");
    await scene.edit({ id_claim: "sub", client_secret: "wrong" });
    t.equal(await call("carol"), "oauth_login_failed");
    await scene.edit({ client_secret: scene.oidc.client_secret });
    await ok(admin.editSite({ oauth_registration: false }));
    t.equal(await call("carol"), "oauth_registration_closed");
    await ok(admin.editSite({
      oauth_registration: true,
      slur_filter_regex: "darn",
      registration_mode: "require_application",
    }));
    t.equal(
      await call("carol", { username: "carol" }),
      "registration_application_answer_required",
    );
    const apply = (username: string, answer = "please") =>
      call("carol", { username, answer });
    t.equal(await apply("darn"), "slurs");
    t.equal(await apply("carol", "darn"), "slurs");
    t.equal(await apply("ADMIN"), "username_already_taken");
    t.equal(await apply("no spaces"), "invalid_name");
    const applied = await ok(
      scene.call("carol", { username: "carol", answer: "please" }),
    );
    t.equal([applied.registration_created, applied.jwt], [true, undefined]);
    t.equal(await call("carol"), "registration_application_is_pending");
    await ok(admin.editSite({ registration_mode: "open" }));
    await sql`insert into instance_actions (person_id, instance_id, received_ban_at)
      select id, instance_id, now() from person where name = 'carol'`;
    t.equal(await call("carol"), "site_ban");
    await sql`delete from instance_actions`;
    await ok(admin.editSite({ email_verification_required: true }));
    await sql`update local_user set email_verified = false`;
    t.equal(await call("carol"), "email_not_verified");
    t.equal(await call("nomail", { username: "nomail" }), "email_required");
    await scene.edit({ auto_verify_email: false });
    const waiting = await ok(scene.call("dave", { username: "dave" }));
    t.equal([waiting.verify_email_sent, waiting.jwt], [true, undefined]);
    await sql`update person set deleted = true where name = 'carol'`;
    t.equal(await call("carol"), "deleted");
    await scene.edit({ enabled: false });
    t.equal(await call("carol"), invalid);
    t.equal((await ok(server.client().getSite())).oauth_providers, []);
    t.equal(server.failures, []);
  }));

test("an account is linked by its address only where both sides vouch for it", (t) =>
  withProvider(async (scene) => {
    const { server } = scene;
    const { jwt } = await ok(
      server.client().register({
        username: "carol",
        password: PASSWORD,
        password_verify: PASSWORD,
        email: "Carol@oidc.example",
      }),
    );
    const call = () => codeOf(scene.call("carol", { username: "other" }));
    t.equal(await call(), "email_already_taken");
    await scene.edit({ account_linking_enabled: true });
    t.equal(await call(), "email_already_taken");
    await ok(server.admin.editSite({ email_verification_required: true }));
    t.equal(
      await codeOf(scene.call("unproven-carol", { username: "other" })),
      "email_already_taken",
      "an address that the provider has not checked links nothing",
    );
    const linked = await ok(scene.call("carol"));
    const id = async (jwt?: string) =>
      (await ok(server.client(jwt).getMyUser())).local_user_view.person.id;
    t.equal(await id(linked.jwt), await id(jwt));
    await scene.edit({ account_linking_enabled: false });
    t.equal(await call(), "success", "the link holds");
    t.equal(
      await codeOf(server.admin.deleteOAuthProvider({ id: scene.providerId })),
      "deleted",
      "a provider in use stays",
    );
    t.equal(server.failures, []);
  }));

test("providers are the admins' to keep, and their secret nobody's to read", (t) =>
  withProvider(async (scene) => {
    const { server, providerId: id } = scene;
    const { admin } = server;
    const site = await ok(server.client().getSite());
    t.equal(site.admin_oauth_providers, []);
    t.equal(site.oauth_providers, [{
      id,
      display_name: "Our OIDC",
      authorization_endpoint: `${scene.oidc.origin}/auth`,
      client_id: scene.oidc.client_id,
      scopes: "openid email",
      use_pkce: true,
    }]);
    const edited = await scene.edit({
      display_name: "",
      scopes: "openid",
      userinfo_endpoint: "https://oidc.example/me?utm_source=x",
      use_pkce: false,
    });
    t.equal(
      [
        edited.display_name,
        edited.scopes,
        edited.userinfo_endpoint,
        edited.use_pkce,
        edited.auto_verify_email,
        edited.enabled,
      ],
      ["Our OIDC", "openid", "https://oidc.example/me", false, true, true],
    );
    t.ok(edited.updated_at);
    const whole = await ok(admin.getSite());
    t.equal(whole.admin_oauth_providers.length, 1);
    t.ok(!JSON.stringify(whole).includes(scene.oidc.client_secret));
    const make = (fields: Record<string, unknown>) =>
      codeOf(admin.createOAuthProvider({
        display_name: "Another",
        issuer: "https://a.example",
        authorization_endpoint: "https://a.example/auth",
        token_endpoint: "https://a.example/token",
        userinfo_endpoint: "https://a.example/me",
        id_claim: "sub",
        client_id: "another",
        client_secret: "x",
        scopes: "openid",
        ...fields,
      }));
    t.equal(await make({ issuer: "nonsense" }), "unknown");
    t.equal(
      await make({ authorization_endpoint: "javascript:alert(1)" }),
      "unknown",
    );
    t.equal(await make({ client_id: scene.oidc.client_id }), "couldnt_create");
    t.equal(await make({ client_id: noise(5000) }), "couldnt_create");
    t.equal(await make({}), "success");
    t.equal(
      await codeOf(
        admin.editOAuthProvider({ id, token_endpoint: "javascript:alert(1)" }),
      ),
      "invalid_url",
    );
    t.equal(
      await codeOf(admin.editOAuthProvider({ id: 999, scopes: "x" })),
      "couldnt_update",
    );
    t.equal(await codeOf(admin.deleteOAuthProvider({ id })), "success");
    t.equal(await codeOf(admin.deleteOAuthProvider({ id })), "success");
    t.equal(
      (await ok(admin.getSite())).admin_oauth_providers.map((p) => p.client_id),
      ["another"],
    );
    t.equal(server.failures, []);
  }));

test("the pages lead to a provider and back, and ask new people for a name", (t) =>
  withProvider(async ({ server, oidc, providerId }) => {
    const provider = String(providerId);
    const reader = new PageReader(server.url);
    const page = await reader.get("/login?prev=/communities");
    t.match(page.html, "Continue with Our OIDC");
    t.match(
      page.headers.get("content-security-policy")!,
      `form-action 'self' ${oidc.origin};`,
    );
    /** To the provider as this person and back; the answer of the callback. */
    const travel = async (name: string, fields: Record<string, string>) => {
      const start = await reader.submit("/oauth/start", {
        provider,
        ...fields,
      });
      t.equal(start.status, 303);
      const end = await oidc.visit(start.to!, name);
      t.equal(end.origin, server.url);
      return await reader.get(end.pathname + end.search);
    };
    const asked = await travel("carol", { prev: "/communities" });
    t.equal([asked.status, reader.signedIn], [200, false]);
    t.match(asked.html, 'name="username"');
    t.match(asked.html, 'value="/communities"');
    const taken = await travel("carol", { username: "admin" });
    t.equal(taken.status, 400);
    t.match(taken.html, "already taken");
    const joined = await travel("carol", {
      username: "carol",
      prev: "/communities",
    });
    t.equal([joined.status, joined.to], [303, "/communities"]);
    t.ok(reader.signedIn);
    await reader.submit("/logout", {});
    t.ok(!reader.signedIn);
    const again = await travel("carol", { prev: "https://evil.example/" });
    t.equal([again.status, again.to, reader.signedIn], [303, "/", true]);
    // An answer that no browser of ours has asked for signs nobody in.
    const victim = new PageReader(server.url);
    const start = await reader.submit("/oauth/start", { provider });
    const end = await oidc.visit(start.to!, "carol");
    const foreign = await victim.get(end.pathname + end.search);
    t.equal([foreign.to, victim.signedIn], ["/login", false]);
    const refused = await reader.submit("/oauth/start", { provider: "999" });
    t.equal(refused.to, "/login");
    t.equal(server.failures, []);
  }));
