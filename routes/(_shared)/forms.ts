import type { Context } from "fresh";
import type { FormError } from "../../components/form/field.tsx";
import type { Ctx } from "../../lib/domain/context.ts";
import { LemmyError } from "../../lib/domain/errors.ts";
import { makeOnce } from "../../lib/domain/submission.ts";
import { returnPath, seeOther } from "../../lib/http/redirect.ts";
import {
  type Receive,
  type ReceivedFile,
  uploadImage,
} from "../../lib/domain/image/upload.ts";
import { readForm } from "../../lib/http/body.ts";
import { receiveForm } from "../../lib/http/uploads.ts";
import type { Flash, State } from "../../lib/http/state.ts";

/** Headers of pages that belong to one visit only. */
export const NO_STORE = { "cache-control": "no-store" };

/** The text fields of a submitted form. */
export type Values = Record<string, string>;

/** Reads a form; fields given twice keep their last value. */
export async function formValues(ctx: Context<State>): Promise<Values> {
  return (await formFields(ctx)).values;
}

/** Reads a form that has lists of ids, such as languages, beside its values. */
export async function formFields(
  ctx: Context<State>,
): Promise<{ values: Values; ids(name: string): number[] }> {
  const form = await readForm(ctx.req);
  const values: Values = {};
  for (const [name, value] of form) {
    if (typeof value === "string") values[name] = value;
  }
  return {
    values,
    ids: (name) =>
      form.getAll(name).map(Number).filter((id) =>
        Number.isInteger(id) && id >= 0 && id <= 0x7fffffff
      ),
  };
}

/**
 * Reads a form that may bring files; they are there until `use` has ended. Without an image store
 * there is nothing to bring them for.
 */
export async function withFiles<Result>(
  ctx: Context<State>,
  use: (values: Values, files: ReceivedFile[]) => Promise<Result>,
): Promise<Result> {
  const { media } = ctx.state.ctx;
  const type = ctx.req.headers.get("content-type") ?? "";
  if (!media || !/^multipart\//i.test(type)) {
    return await use(await formValues(ctx), []);
  }
  await using form = await receiveForm(ctx.req, media.temp);
  const values: Values = {};
  for (const [name, value] of form.fields) values[name] = String(value);
  return await use(values, form.files);
}

/**
 * The page of a form with one file, such as an avatar: the file takes the old picture's place, or
 * the button `remove` takes that away.
 */
export async function changePicture(
  ctx: Context<State>,
  back: string,
  change: {
    upload(receive: Receive): Promise<unknown>;
    remove(): Promise<void>;
  },
): Promise<Response> {
  return await performUpload(ctx, back, async (files, values) => {
    if (values.remove) await change.remove();
    else await change.upload(() => Promise.resolve(files));
    return values.remove ? "flash.upload_deleted" : "flash.uploaded";
  });
}

/**
 * A form with files that has no page of its own: performs, then returns. A refusal is told there.
 * @param action answers the message to show, if not that of an upload
 */
export async function performUpload(
  ctx: Context<State>,
  back: string,
  action: (files: ReceivedFile[], values: Values) => Promise<string | void>,
): Promise<Response> {
  return await withFiles(ctx, async (values, files) => {
    try {
      const key = await action(files, values) ?? "flash.uploaded";
      return seeOther(ctx, back, { kind: "success", key });
    } catch (error) {
      const { error: { code, detail = "" } } = refusal(error);
      if (code === "incorrect_login") throw error;
      return seeOther(ctx, back, {
        kind: "error",
        key: `error.${code}`,
        params: { message: detail },
      });
    }
  });
}

/**
 * The values of a post's form with the address of the file that came with it, if any (web-ui §3.5).
 * @throws LemmyError for the field `file`
 */
export async function uploadedUrl(
  ctx: Context<State>,
  values: Values,
  files: ReceivedFile[],
): Promise<Values> {
  if (files.length === 0) return values;
  const { ctx: domain, limits } = ctx.state;
  limits.take("image");
  const receive = () => Promise.resolve(files);
  try {
    const { image_url } = await uploadImage(domain, receive);
    return { ...values, url: image_url };
  } catch (cause) {
    if (!(cause instanceof LemmyError)) throw cause;
    const { code, detail } = cause;
    throw new LemmyError(code, { detail, field: "file", cause });
  }
}

/**
 * Makes what a form asks for, once however often its button is pressed. Forms that carry no id
 * (see `FormId`) make something each time.
 * @returns id of what was made
 */
export async function submitOnce(
  ctx: Context<State>,
  values: Values,
  make: (ctx: Ctx) => Promise<number>,
): Promise<number> {
  if (!values.form_id) return await make(ctx.state.ctx);
  const content = JSON.stringify([ctx.url.pathname, Object.entries(values)]);
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(content),
  );
  return await makeOnce(ctx.state.ctx, new Uint8Array(digest), make);
}

const UNIQUE_VIOLATION = "23505";

/**
 * What a refused form shows, with the status of its page. Anything but a rule of the domain is
 * thrown on.
 */
export function refusal(error: unknown): { error: FormError; status: number } {
  // Two at once wanted the same name or address, and the other was first.
  if ((error as { code?: unknown } | null)?.code === UNIQUE_VIOLATION) {
    return { error: { code: "already_exists" }, status: 400 };
  }
  if (!(error instanceof LemmyError)) throw error;
  const { code, detail, field, status } = error;
  return { error: { code, detail, field }, status };
}

/** The numeric id of a path; anything else names nothing. */
export function idParam(ctx: Context<State>, name = "id"): number {
  const text = ctx.params[name];
  const id = /^[1-9][0-9]{0,9}$/.test(text) ? Number(text) : 0;
  if (id < 1 || id > 0x7fffffff) throw new LemmyError("not_found");
  return id;
}

/**
 * A one-button form without a page of its own: performs, then returns to where it was pressed. A
 * refusal is told there.
 */
export async function perform(
  ctx: Context<State>,
  fallback: string,
  action: (values: Values) => Promise<Flash | null>,
  hash = "",
): Promise<Response> {
  const values = await formValues(ctx);
  const back = returnPath(values.return, fallback).replace(/#.*$/, "") + hash;
  try {
    return seeOther(ctx, back, await action(values) ?? undefined);
  } catch (error) {
    const { error: { code } } = refusal(error);
    if (code === "incorrect_login") throw error;
    return seeOther(ctx, back, { kind: "error", key: `error.${code}` });
  }
}

/** The wanted state of a toggle. @throws LemmyError `unknown` when the field is missing */
export function wanted(values: Values): boolean {
  if (values.on !== "true" && values.on !== "false") {
    throw new LemmyError("unknown", { detail: "on must be true or false" });
  }
  return values.on === "true";
}

/** Ids of the ticked tags. */
export function tagIds(values: Values): number[] {
  return Object.keys(values)
    .map((name) => Number(/^tag_(\d{1,10})$/.exec(name)?.[1]))
    .filter((id) => id > 0 && id <= 0x7fffffff);
}
