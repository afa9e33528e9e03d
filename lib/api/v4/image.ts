import { z } from "zod";
import {
  type CommunityPicture,
  deleteCommunityPicture,
  uploadCommunityPicture,
} from "../../domain/community/pictures.ts";
import type { Ctx } from "../../domain/context.ts";
import { adminDeleteMedia, deleteMedia } from "../../domain/image/delete.ts";
import { checkImageHealth } from "../../domain/image/health.ts";
import { adminListMedia, listMedia } from "../../domain/image/list.ts";
import { requireMedia } from "../../domain/image/media.ts";
import {
  type Receive,
  uploadImage,
  type UploadImageResponse,
} from "../../domain/image/upload.ts";
import {
  deletePersonPicture,
  type PersonPicture,
  uploadPersonPicture,
} from "../../domain/person/pictures.ts";
import {
  deleteSitePicture,
  type SitePicture,
  uploadSitePicture,
} from "../../domain/site/pictures.ts";
import { receiveForm } from "../../http/uploads.ts";
import {
  type Call,
  endpoint,
  SUCCESS,
  type SuccessResponse,
} from "./endpoint.ts";
import { id, nothing, page, text } from "./schema.ts";

const FIELD = "images[]";
const communityId = z.object({ id });
const filename = z.object({ filename: text });

/** Lets an operation have the files of the request while it runs. */
async function withFiles(
  { ctx, request }: Call,
  operation: (receive: Receive) => Promise<UploadImageResponse>,
): Promise<UploadImageResponse> {
  const { temp } = requireMedia(ctx);
  await using stack = new AsyncDisposableStack();
  return await operation(async () => {
    const form = stack.use(await receiveForm(request, temp));
    return form.files.filter((file) => file.field === FIELD);
  });
}

async function success(operation: Promise<void>): Promise<SuccessResponse> {
  await operation;
  return SUCCESS;
}

const upload = { method: "POST", auth: "user", upload: true } as const;
const remove = { method: "DELETE", auth: "user" } as const;
const list = {
  method: "GET",
  auth: "user",
  request: z.object(page),
} as const;

/** Upload and deletion of a picture whose place the caller's session names. */
function picture(
  path: `/${string}`,
  uploadTo: (ctx: Ctx, receive: Receive) => Promise<UploadImageResponse>,
  removeFrom: (ctx: Ctx) => Promise<void>,
) {
  return [
    endpoint({
      ...upload,
      path,
      request: nothing,
      handle: (call) =>
        withFiles(call, (receive) => uploadTo(call.ctx, receive)),
    }),
    endpoint({
      ...remove,
      path,
      request: nothing,
      handle: ({ ctx }: { ctx: Ctx }) => success(removeFrom(ctx)),
    }),
  ] as const;
}

function personPicture(name: PersonPicture) {
  return picture(
    `/account/${name}`,
    (ctx, receive) => uploadPersonPicture(ctx, name, receive),
    (ctx) => deletePersonPicture(ctx, name),
  );
}

function sitePicture(name: SitePicture) {
  return picture(
    `/site/${name}`,
    (ctx, receive) => uploadSitePicture(ctx, name, receive),
    (ctx) => deleteSitePicture(ctx, name),
  );
}

function communityPicture(picture: CommunityPicture) {
  const path = `/community/${picture}` as const;
  return [
    endpoint({
      ...upload,
      path,
      request: communityId,
      handle: (call, { id }) =>
        withFiles(
          call,
          (receive) => uploadCommunityPicture(call.ctx, id, picture, receive),
        ),
    }),
    endpoint({
      ...remove,
      path,
      request: communityId,
      handle: ({ ctx }, { id }) =>
        success(deleteCommunityPicture(ctx, id, picture)),
    }),
  ] as const;
}

const [uploadUserAvatar, deleteUserAvatar] = personPicture("avatar");
const [uploadUserBanner, deleteUserBanner] = personPicture("banner");
const [uploadSiteIcon, deleteSiteIcon] = sitePicture("icon");
const [uploadSiteBanner, deleteSiteBanner] = sitePicture("banner");
const [uploadCommunityIcon, deleteCommunityIcon] = communityPicture("icon");
const [uploadCommunityBanner, deleteCommunityBanner] = communityPicture(
  "banner",
);

/** Images (moderation-and-operations §6); reading them is `serve_image.ts`'s. */
export const image = {
  uploadImage: endpoint({
    ...upload,
    path: "/image",
    bucket: "image",
    request: nothing,
    handle: (call) =>
      withFiles(call, (receive) => uploadImage(call.ctx, receive)),
  }),
  imageHealth: endpoint({
    method: "GET",
    path: "/image/health",
    auth: "none",
    request: nothing,
    handle: ({ ctx }) => success(checkImageHealth(ctx)),
  }),
  listMedia: endpoint({
    ...list,
    path: "/account/media/list",
    handle: ({ ctx }, input) => listMedia(ctx, input),
  }),
  deleteMedia: endpoint({
    ...remove,
    path: "/account/media",
    request: filename,
    handle: ({ ctx }, input) => success(deleteMedia(ctx, input)),
  }),
  adminListMedia: endpoint({
    ...list,
    path: "/image/list",
    handle: ({ ctx }, input) => adminListMedia(ctx, input),
  }),
  adminDeleteMedia: endpoint({
    ...remove,
    path: "/image",
    bucket: "image",
    request: filename,
    handle: ({ ctx }, input) => success(adminDeleteMedia(ctx, input)),
  }),
  uploadUserAvatar,
  deleteUserAvatar,
  uploadUserBanner,
  deleteUserBanner,
  uploadCommunityIcon,
  deleteCommunityIcon,
  uploadCommunityBanner,
  deleteCommunityBanner,
  uploadSiteIcon,
  deleteSiteIcon,
  uploadSiteBanner,
  deleteSiteBanner,
};
