import type { BusboyConstructor } from "@fastify/busboy";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { LemmyError } from "../domain/errors.ts";
import type { ReceivedFile } from "../domain/image/upload.ts";
import {
  MAX_FILE_BYTES,
  MAX_FILES,
  MAX_REQUEST_BYTES,
} from "../media/limits.ts";
import { type TemporaryFile, temporaryFile } from "../media/temporary.ts";
import { BodyError, refuseUnstorable } from "./body.ts";

/** For the whole body; slow lines need minutes for a video. */
const TIMEOUT_MS = 5 * 60_000;

/** Texts of a form beside its files. */
const FIELD_LIMITS = {
  fields: 200,
  fieldNameSize: 200,
  fieldSize: 512 * 1024,
  parts: 200 + MAX_FILES,
  headerPairs: 50,
};

/** A form with files, which lie in a directory until it is disposed of. */
export interface ReceivedForm extends AsyncDisposable {
  fields: FormData;
  files: (ReceivedFile & { field: string })[];
}

/**
 * Reads a multipart form, writing its files to disk as they come: how much memory that takes does
 * not depend on their size. Fields without a chosen file are left out.
 * @throws BodyError 400, 408, 413; LemmyError `pictrs_invalid_image_upload` for a file too large or
 * too many files
 */
export async function receiveForm(
  req: Request,
  directory: string,
): Promise<ReceivedForm> {
  const type = req.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*;/i.test(type) || req.body === null) {
    throw new BodyError(400, "Content type error");
  }
  const length = Number(req.headers.get("content-length") ?? 0);
  if (length > MAX_REQUEST_BYTES) {
    throw new BodyError(
      413,
      `the body is longer than ${MAX_REQUEST_BYTES} bytes`,
    );
  }
  const fields = new FormData();
  const files: (ReceivedFile & { field: string })[] = [];
  const temporary: TemporaryFile[] = [];
  const form = {
    fields,
    files,
    async [Symbol.asyncDispose]() {
      for (const file of temporary) await file.remove();
    },
  };
  const saveFile = async (field: string, name: string, stream: Readable) => {
    const file = await temporaryFile(directory);
    temporary.push(file);
    let bytes = 0;
    using target = await Deno.open(file.path, { write: true, createNew: true });
    for await (const chunk of stream) {
      bytes += chunk.length;
      for (let at = 0; at < chunk.length;) {
        at += await target.write(chunk.subarray(at));
      }
    }
    if ((stream as { truncated?: boolean }).truncated) throw tooLarge();
    if (bytes > 0 || name !== "") files.push({ field, name, path: file.path });
  };
  try {
    // Loaded with the first upload.
    const { Busboy } = await import("@fastify/busboy");
    await parse(Busboy, req, type, fields, saveFile);
  } catch (error) {
    await form[Symbol.asyncDispose]();
    throw error;
  }
  return form;
}

function tooLarge(): LemmyError {
  return new LemmyError("pictrs_invalid_image_upload", {
    detail: `the file is longer than ${MAX_FILE_BYTES / 2 ** 20} MiB`,
  });
}

function tooMany(): LemmyError {
  return new LemmyError("pictrs_invalid_image_upload", {
    detail: `more than ${MAX_FILES} files`,
  });
}

function parse(
  Busboy: BusboyConstructor,
  req: Request,
  type: string,
  fields: FormData,
  saveFile: (field: string, name: string, stream: Readable) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const source = Readable.fromWeb(req.body as unknown as NodeReadableStream);
    let parser: InstanceType<BusboyConstructor>;
    const timer = setTimeout(
      () => fail(new BodyError(408, "the body took too long")),
      TIMEOUT_MS,
    );
    const saving: Promise<void>[] = [];
    const streams: Readable[] = [];
    let total = 0;
    let failed = false;
    const fail = (error: unknown) => {
      if (failed) return;
      failed = true;
      clearTimeout(timer);
      source.unpipe();
      source.destroy();
      for (const stream of streams) stream.destroy();
      // What still writes must have ended before its files are removed.
      Promise.allSettled(saving).then(() => reject(error));
    };
    const malformed = () =>
      new BodyError(400, "the form is not valid multipart/form-data");
    try {
      parser = new Busboy({
        headers: { "content-type": type },
        limits: { ...FIELD_LIMITS, files: MAX_FILES, fileSize: MAX_FILE_BYTES },
      });
    } catch {
      return fail(malformed());
    }
    source.on("data", (chunk: Uint8Array) => {
      total += chunk.length;
      if (total > MAX_REQUEST_BYTES) {
        fail(
          new BodyError(
            413,
            `the body is longer than ${MAX_REQUEST_BYTES} bytes`,
          ),
        );
      }
    });
    source.on("error", () => fail(malformed()));
    parser.on("field", (name, value, nameCut, valueCut) => {
      try {
        if (nameCut || valueCut) throw malformed();
        refuseUnstorable(name);
        refuseUnstorable(value);
        fields.append(name, value);
      } catch (error) {
        fail(error);
      }
    });
    parser.on("file", (field, stream, name) => {
      streams.push(stream);
      const saved = saveFile(field, name ?? "", stream);
      saving.push(saved);
      saved.catch(fail);
    });
    parser.on("filesLimit", () => fail(tooMany()));
    for (const limit of ["partsLimit", "fieldsLimit"] as const) {
      parser.on(
        limit,
        () => fail(new BodyError(413, "the form has too many parts")),
      );
    }
    parser.on("error", () => fail(malformed()));
    parser.on("finish", () => {
      clearTimeout(timer);
      Promise.all(saving).then(() => resolve(), reject);
    });
    source.pipe(parser);
  });
}
