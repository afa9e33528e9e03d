/** What stands between people and their accounts: invitations, captchas, codes of two-factor login. */
import type { LemmyHttp } from "lemmy-js-client";
import { test } from "../harness.ts";
import { forgetUsedCodes, totp } from "../support/totp.ts";
import { callOurs, codeOf, ok, PASSWORD, startSite } from "./api_server.ts";

type Site = Awaited<ReturnType<typeof startSite>>;

async function withSite(body: (server: Site) => Promise<void>): Promise<void> {
  const server = await startSite();
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

function join(
  server: Site,
  username: string,
  fields: Partial<Parameters<LemmyHttp["register"]>[0]> = {},
) {
  return server.client().register({
    username,
    password: PASSWORD,
    password_verify: PASSWORD,
    ...fields,
  });
}

test("invitations let in as many as they say, for as long as they say", (t) =>
  withSite(async (server) => {
    const { admin } = server;
    const alice = server.client(await server.signUp("alice"));
    const { invite } = await ok(
      alice.createRegistrationInvitation({ max_uses: 2 }),
    );
    t.match(invite.token, /^[A-Za-z0-9]{12}$/);
    t.equal(Object.keys(invite).sort(), [
      "expires_at",
      "max_uses",
      "published_at",
      "token",
      "uses_count",
    ]);
    t.equal(
      [invite.max_uses, invite.uses_count, invite.expires_at],
      [2, 0, null],
    );
    // In other modes an invitation is neither needed nor used up.
    t.equal(
      await codeOf(join(server, "one", { token: "nonsense" })),
      "success",
    );
    await ok(admin.editSite({
      registration_mode: "require_invitation",
      max_invites_per_user_allowed: 3,
    }));
    const enter = (name: string, token?: string) =>
      codeOf(join(server, name, { token }));
    t.equal(await enter("two"), "missing_invite_token");
    t.equal(await enter("two", "nonsense"), "invalid_invite_token");
    const joined = await ok(join(server, "two", { token: invite.token }));
    const me = await ok(server.client(joined.jwt).getMyUser());
    const inviter = await ok(alice.getMyUser());
    t.equal(
      me.local_user_view.local_user.invited_by_local_user_id,
      inviter.local_user_view.local_user.id,
    );
    const list = async () =>
      (await ok(alice.listRegistrationInvitations({}))).items;
    t.equal((await list()).map((row) => row.uses_count), [1]);
    // Two at once for the last place.
    const last = await Promise.all(
      ["three", "four"].map((name) => enter(name, invite.token)),
    );
    t.equal(last.sort(), ["invalid_invite_token", "success"]);
    t.equal(await list(), []);
    const make = (fields = {}) =>
      codeOf(alice.createRegistrationInvitation(fields));
    const soon = new Date(Date.now() + 60_000).toISOString();
    t.equal(await make({ expires_at: "tomorrow" }), "unknown");
    t.equal(await make({ expires_at: "0000-01-01T00:00:00Z" }), "unknown");
    t.equal(await make({ expires_at: soon }), "success");
    const [{ token, expires_at }] = await list();
    t.equal(Date.parse(expires_at ?? ""), Date.parse(soon));
    t.equal(await enter("five", token), "success");
    await server.database.sql`update local_user_invite set expires_at = now()`;
    t.equal(await enter("six", token), "invalid_invite_token");
    t.equal([await make(), await make()], ["success", "success"]);
    t.equal(await make(), "too_many_invites");
    t.equal(
      await codeOf(admin.revokeRegistrationInvitation({ token })),
      "invalid_invite_token",
    );
    const revoke = () => codeOf(alice.revokeRegistrationInvitation({ token }));
    t.equal([await revoke(), await revoke()], ["success", "not_found"]);
    const page = await ok(alice.listRegistrationInvitations({ limit: 1 }));
    const next = await ok(alice.listRegistrationInvitations({
      limit: 1,
      page_cursor: page.next_page,
    }));
    t.equal(
      [...page.items, ...next.items].map((row) => row.token),
      (await list()).map((row) => row.token),
    );
    // The address that some clients know the list by.
    const known = await callOurs(alice, "GET", "/account/invite");
    t.equal(
      known.state === "success" && known.data.items,
      await list(),
    );
    for (let i = 0; i < 5; i++) {
      await ok(admin.createRegistrationInvitation({}));
    }
    // Whoever leaves lets nobody in any more.
    const [{ token: open }] = await list();
    await ok(
      alice.deleteAccount({ password: PASSWORD, delete_content: false }),
    );
    t.equal(await enter("seven", open), "invalid_invite_token");
    t.equal(server.failures, []);
  }));

test("a captcha is solved once, within its time, by whoever sees or hears it", (t) =>
  withSite(async (server) => {
    const { admin } = server;
    const { sql } = server.database;
    t.equal(await ok(server.client().getCaptcha()), {});
    const edited = await ok(admin.editSite(
      { captcha_enabled: true, captcha_difficulty: "easy" } as Parameters<
        LemmyHttp["editSite"]
      >[0],
    ));
    t.equal(
      (edited.site_view.local_site as unknown as { captcha_difficulty: string })
        .captcha_difficulty,
      "easy",
    );
    t.equal((await ok(server.client().getSite())).captcha_enabled, true);
    const fresh = async () => {
      const { ok: captcha } = await ok(server.client().getCaptcha());
      const [{ answer }] = await sql<[{ answer: string }]>`
        select answer from captcha where uuid = ${captcha!.uuid}`;
      return { ...captcha!, answer };
    };
    const captcha = await fresh();
    const png = Uint8Array.fromBase64(captcha.png);
    const wav = Uint8Array.fromBase64(captcha.wav);
    t.equal([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    t.equal(new TextDecoder().decode(wav.subarray(0, 4)), "RIFF");
    t.match(captcha.answer, /^[2-9AHKMRWXY]{4}$/);
    const enter = (name: string, uuid?: string, answer?: string) =>
      codeOf(join(server, name, {
        captcha_uuid: uuid,
        captcha_answer: answer,
      }));
    const wrong = await join(server, "alice");
    t.equal(
      wrong.state === "failed" && [wrong.err.name, wrong.err.message],
      ["plugin_error", "the captcha's answer is wrong or too old"],
    );
    t.equal(await enter("alice", captcha.uuid, "????"), "plugin_error");
    t.equal(
      await enter("alice", captcha.uuid, captcha.answer),
      "plugin_error",
      "used up by the wrong answer",
    );
    const second = await fresh();
    t.equal(
      await enter("alice", second.uuid, ` ${second.answer.toLowerCase()} `),
      "success",
    );
    t.equal(await enter("bob", second.uuid, second.answer), "plugin_error");
    const late = await fresh();
    await sql`update captcha set published_at = now() - interval '11 minutes'`;
    t.equal(await enter("bob", late.uuid, late.answer), "plugin_error");
    // Signing in asks for none.
    t.equal(
      await codeOf(
        server.client().login({
          username_or_email: "alice",
          password: PASSWORD,
        }),
      ),
      "success",
    );
    t.equal(server.failures, []);
  }));

test("two-factor login asks for a code once it is on", (t) =>
  withSite(async (server) => {
    const alice = server.client(await server.signUp("alice"));
    const edit = (totp_token: string, enabled: boolean) =>
      codeOf(alice.editTotp({ totp_token, enabled }));
    const enter = (totp_2fa_token?: string, password = PASSWORD) =>
      codeOf(
        server.client().login({
          username_or_email: "alice",
          password,
          totp_2fa_token,
        }),
      );
    t.equal(await edit("000000", true), "missing_totp_secret");
    const { totp_secret_url: first } = await ok(alice.generateTotpSecret());
    t.match(
      first,
      /^otpauth:\/\/totp\/Test%20site:alice\?secret=[A-Z2-7]{64}&issuer=Test%20site$/,
    );
    const { totp_secret_url: url } = await ok(alice.generateTotpSecret());
    t.notEqual(first, url);
    t.equal(await enter(), "success", "not on yet");
    t.equal(await edit(totp(first), true), "incorrect_totp_token");
    t.equal(await edit("12345", true), "incorrect_totp_token");
    t.equal(
      await ok(alice.editTotp({ totp_token: totp(url), enabled: true })),
      { enabled: true },
    );
    t.equal(
      await codeOf(alice.generateTotpSecret()),
      "totp_already_enabled",
    );
    const me = await ok(alice.getMyUser());
    t.equal(me.local_user_view.local_user.totp_2fa_enabled, true);
    t.equal(await enter(), "missing_totp_token");
    t.equal(await enter(undefined, "wrong password"), "incorrect_login");
    t.equal(await enter("000000"), "incorrect_totp_token");
    const [now, early] = [totp(url), totp(url, 1)];
    await forgetUsedCodes(server.database.sql);
    t.equal(await enter(now), "success");
    t.equal(await enter(early), "success", "a clock that is early");
    t.equal(await enter(now), "incorrect_totp_token", "used before");
    t.equal(await enter(totp(url, 3)), "incorrect_totp_token");
    t.equal(await edit("000000", false), "incorrect_totp_token");
    await forgetUsedCodes(server.database.sql);
    t.equal(
      await ok(alice.editTotp({ totp_token: totp(url), enabled: false })),
      { enabled: false },
    );
    t.equal(await enter(), "success");
    t.equal(await edit(totp(url), true), "missing_totp_secret");
    await ok(server.admin.editSite({ name: "A: site" }));
    t.equal(
      await codeOf(alice.generateTotpSecret()),
      "couldnt_generate_totp",
    );
    t.equal(server.failures, []);
  }));
