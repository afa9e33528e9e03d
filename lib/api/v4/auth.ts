import { z } from "zod";
import {
  type CaptchaResponse,
  newCaptcha,
} from "../../domain/account/captcha.ts";
import { login } from "../../domain/account/login.ts";
import { changePassword } from "../../domain/account/password.ts";
import {
  changePasswordAfterReset,
  requestPasswordReset,
} from "../../domain/account/password_reset.ts";
import { register } from "../../domain/account/register.ts";
import { findSession, logout } from "../../domain/account/session.ts";
import { editTotp, generateTotpSecret } from "../../domain/account/totp.ts";
import {
  resendVerification,
  verifyEmail,
} from "../../domain/account/verify_email.ts";
import { LemmyError } from "../../domain/errors.ts";
import { endSessionCookie } from "../../http/cookies.ts";
import { sessionToken } from "../../http/request_kind.ts";
import { endpoint, SUCCESS } from "./endpoint.ts";
import { flag, nothing, text } from "./schema.ts";

/** Answer of everything that may start a session (accounts-and-site §2.2). */
interface LoginResponse {
  jwt?: string;
  registration_created: boolean;
  verify_email_sent: boolean;
}

function signedIn(jwt: string): LoginResponse {
  return { jwt, registration_created: false, verify_email_sent: false };
}

/** `/account/auth` (accounts-and-site §2) */
export const auth = {
  register: endpoint({
    method: "POST",
    path: "/account/auth/register",
    auth: "none",
    bucket: "register",
    request: z.object({
      username: text,
      password: z.string(),
      password_verify: z.string(),
      email: text.optional(),
      show_nsfw: flag.optional(),
      captcha_uuid: text.optional(),
      captcha_answer: text.optional(),
      honeypot: text.optional(),
      answer: text.optional(),
      stay_logged_in: flag.optional(),
      token: text.optional(),
    }),
    handle: ({ ctx, state }, input): Promise<LoginResponse> =>
      register(ctx, input, state.client),
  }),
  login: endpoint({
    method: "POST",
    path: "/account/auth/login",
    auth: "none",
    bucket: "register",
    request: z.object({
      username_or_email: text,
      password: z.string(),
      totp_2fa_token: text.optional(),
      stay_logged_in: flag.optional(),
    }),
    handle: async ({ ctx, state }, input) =>
      signedIn(await login(ctx, input, state.client)),
  }),
  logout: endpoint({
    method: "POST",
    path: "/account/auth/logout",
    auth: "user",
    bucket: "register",
    request: nothing,
    handle: async ({ ctx, headers }) => {
      await logout(ctx);
      headers.append("set-cookie", endSessionCookie(ctx.config));
      return SUCCESS;
    },
  }),
  changePassword: endpoint({
    method: "PUT",
    path: "/account/auth/change_password",
    auth: "user",
    bucket: "register",
    request: z.object({
      old_password: z.string(),
      new_password: z.string(),
      new_password_verify: z.string(),
      stay_logged_in: flag.optional(),
    }),
    handle: async ({ ctx, state }, input) =>
      signedIn(await changePassword(ctx, input, state.client)),
  }),
  generateTotpSecret: endpoint({
    method: "POST",
    path: "/account/auth/totp/generate",
    auth: "user",
    bucket: "register",
    request: nothing,
    handle: async ({ ctx }) => ({
      totp_secret_url: await generateTotpSecret(ctx),
    }),
  }),
  editTotp: endpoint({
    method: "POST",
    path: "/account/auth/totp/edit",
    auth: "user",
    bucket: "register",
    request: z.object({ totp_token: text, enabled: flag }),
    handle: async ({ ctx }, input) => ({ enabled: await editTotp(ctx, input) }),
  }),
  resetPassword: endpoint({
    method: "POST",
    path: "/account/auth/password_reset",
    auth: "none",
    bucket: "register",
    request: z.object({ email: text }),
    handle: async ({ ctx }, input) => {
      await requestPasswordReset(ctx, input);
      return SUCCESS;
    },
  }),
  changePasswordAfterReset: endpoint({
    method: "POST",
    path: "/account/auth/password_change",
    auth: "none",
    bucket: "register",
    request: z.object({
      token: text,
      password: z.string(),
      password_verify: z.string(),
    }),
    handle: async ({ ctx }, input) => {
      await changePasswordAfterReset(ctx, input);
      return SUCCESS;
    },
  }),
  verifyEmail: endpoint({
    method: "POST",
    path: "/account/auth/verify_email",
    auth: "none",
    bucket: "register",
    request: z.object({ token: text }),
    handle: async ({ ctx }, input) => {
      await verifyEmail(ctx, input);
      return SUCCESS;
    },
  }),
  resendVerificationEmail: endpoint({
    method: "POST",
    path: "/account/auth/resend_verification_email",
    auth: "none",
    bucket: "register",
    request: z.object({ email: text }),
    handle: async ({ ctx }, input) => {
      await resendVerification(ctx, input);
      return SUCCESS;
    },
  }),
  getCaptcha: endpoint({
    method: "GET",
    path: "/account/auth/get_captcha",
    auth: "none",
    request: nothing,
    handle: async ({ ctx, headers }): Promise<{ ok?: CaptchaResponse }> => {
      headers.set("cache-control", "no-store");
      const captcha = await newCaptcha(ctx);
      return captcha ? { ok: captcha } : {};
    },
  }),
  validateAuth: endpoint({
    method: "GET",
    path: "/account/validate_auth",
    auth: "none",
    request: nothing,
    handle: async ({ ctx, request }) => {
      const token = sessionToken(request.headers)?.token;
      const found = token
        ? await findSession(ctx.db, ctx.site, token)
        : "not_logged_in";
      if (typeof found === "string") throw new LemmyError(found);
      return SUCCESS;
    },
  }),
};
