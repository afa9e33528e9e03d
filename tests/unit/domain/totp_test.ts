import { type Assertions, test } from "../../harness.ts";
import { login } from "../../../lib/domain/account/login.ts";
import {
  editTotp,
  generateTotpSecret,
} from "../../../lib/domain/account/totp.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { PASSWORD } from "../../support/domain.ts";
import { totp } from "../../support/totp.ts";
import { outcome, sharedSite, sql } from "./support.ts";

const shared = sharedSite();
const AWAY = { loopback: false, ip: "203.0.113.7", userAgent: "test" };
const PERIOD_MS = 30_000;
/** Amid a period, so that a few seconds more or less stay within it. */
const START = Math.floor(Date.UTC(2030, 0, 1) / PERIOD_MS) * PERIOD_MS + 15_000;

/** Somebody with two-factor login, and what the app shows and does so many periods after `START`. */
async function guarded(name: string) {
  const site = await shared();
  const someone = await site.signUp(name);
  const at = (ctx: Ctx, periods: number): Ctx => ({
    ...ctx,
    now: new Date(START + periods * PERIOD_MS),
  });
  const address = await generateTotpSecret(someone);
  const code = (periods: number) => totp(address, periods, START);
  const switchTo = async (enabled: boolean, periods: number, token: string) =>
    await outcome(
      editTotp(at(await site.refresh(someone), periods), {
        totp_token: token,
        enabled,
      }),
    );
  const enter = async (periods: number, token: string) =>
    await outcome(
      login(at(await site.anonymous(), periods), {
        username_or_email: name,
        password: PASSWORD,
        totp_2fa_token: token,
      }, AWAY),
    );
  return { site, someone, code, switchTo, enter };
}

test("a code of two-factor login is good once, and the next one after it", async (t: Assertions) => {
  const { code, switchTo, enter } = await guarded("once");
  t.equal(await switchTo(true, 0, code(0)), "ok");
  t.equal(await enter(0, code(0)), "incorrect_totp_token", "switched it on");
  t.equal(await enter(1, code(1)), "ok");
  t.equal(await enter(1, code(1)), "incorrect_totp_token", "a second device");
  t.equal(await enter(2, code(1)), "incorrect_totp_token", "still tolerated");
  t.equal(await enter(1, code(0)), "incorrect_totp_token", "an earlier one");
  t.equal(await enter(2, code(2)), "ok");
  t.equal(await switchTo(false, 2, code(2)), "incorrect_totp_token");
  // A device whose clock is ahead, then one that is right.
  t.equal(await enter(3, code(4)), "ok");
  t.equal(await enter(3, code(3)), "incorrect_totp_token");
  // One whose clock is behind.
  t.equal(await enter(6, code(5)), "ok");
  t.equal(await enter(8, code(6)), "incorrect_totp_token");
  t.equal(await switchTo(false, 8, code(8)), "ok");
});

test("of several sign-ins at once with one code a single one succeeds", async (t: Assertions) => {
  const { site, code, switchTo, enter } = await guarded("rush");
  t.equal(await switchTo(true, 0, code(0)), "ok");
  const outcomes = await Promise.all(
    Array.from({ length: 6 }, () => enter(1, code(1))),
  );
  t.equal(outcomes.toSorted(), [
    ...Array(5).fill("incorrect_totp_token"),
    "ok",
  ]);
  const [{ count }] = await sql(
    site,
    `select count(*)::int from login_token l join local_user u on u.id = l.user_id
     join person p on p.id = u.person_id where p.name = 'rush' and l.ip = '203.0.113.7'`,
  );
  t.equal(count, 1);
});

test("a refused sign-in uses up no code, and a new key has all of its codes", async (t: Assertions) => {
  const { site, someone, code, switchTo, enter } = await guarded("patient");
  t.equal(await switchTo(true, 0, code(0)), "ok");
  const wrong = await outcome(
    login({ ...await site.anonymous(), now: new Date(START + PERIOD_MS) }, {
      username_or_email: "patient",
      password: "not this one",
      totp_2fa_token: code(1),
    }, AWAY),
  );
  t.equal(wrong, "incorrect_login");
  t.equal(await enter(1, code(1)), "ok");
  t.equal(await switchTo(false, 2, code(2)), "ok");
  const again = await generateTotpSecret(await site.refresh(someone));
  t.equal(await switchTo(true, 2, totp(again, 2, START)), "ok");
});
