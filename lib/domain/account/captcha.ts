import { makeCaptcha } from "../../captcha/mod.ts";
import { type Ctx, query } from "../context.ts";
import { LemmyError } from "../errors.ts";

/** A riddle as clients get it, picture and sound in base64. */
export interface CaptchaResponse {
  png: string;
  wav: string;
  uuid: string;
}

/** For how long a riddle may be answered. */
const VALID_MINUTES = 10;

/** Whether sign-ups must solve a riddle; not before the site is set up (accounts-and-site §2.4). */
export function isCaptchaActive(ctx: Pick<Ctx, "site">): boolean {
  const { captcha_enabled, site_setup } = ctx.site.local_site;
  return captcha_enabled && site_setup;
}

/** A new riddle for a sign-up, or null when none is asked. */
export async function newCaptcha(ctx: Ctx): Promise<CaptchaResponse | null> {
  if (!isCaptchaActive(ctx)) return null;
  const { answer, png, wav } = await makeCaptcha(
    ctx.site.local_site.captcha_difficulty,
  );
  const uuid = crypto.randomUUID();
  await query(
    ctx,
    "insert into captcha (uuid, answer, published_at) values ($1, $2, $3::timestamptz)",
    [uuid, answer, ctx.now.toISOString()],
  );
  return { png: png.toBase64(), wav: wav.toBase64(), uuid };
}

/**
 * Checks the answer to a riddle, in letters of any case. Right or wrong, it cannot be answered
 * again.
 * @throws LemmyError `plugin_error`, as captchas of plugins do
 */
export async function requireCaptcha(
  ctx: Ctx,
  input: { captcha_uuid?: string; captcha_answer?: string },
): Promise<void> {
  if (!isCaptchaActive(ctx)) return;
  const [given] = await query<{ answer: string; fresh: boolean }>(
    ctx,
    `delete from captcha where uuid = $1 returning answer,
       published_at > $2::timestamptz - ${VALID_MINUTES} * interval '1 minute' as fresh`,
    [input.captcha_uuid ?? "", ctx.now.toISOString()],
  );
  const answer = (input.captcha_answer ?? "").replace(/\s/g, "").toUpperCase();
  if (!given?.fresh || given.answer !== answer) {
    throw new LemmyError("plugin_error", {
      detail: "the captcha's answer is wrong or too old",
      field: "captcha_answer",
    });
  }
}
