import { ownUploads } from "../../components/media/media_table.tsx";
import { requireViewer } from "../../lib/domain/account/session.ts";
import { uploadImage } from "../../lib/domain/image/upload.ts";
import { define } from "../../lib/http/state.ts";
import { performUpload } from "../(_shared)/forms.ts";

/** Uploads files; their addresses stand in the list of uploads, where the answer leads. */
export const handler = define.handlers({
  GET: (ctx) =>
    ctx.redirect(ownUploads(requireViewer(ctx.state.ctx).person), 302),
  POST(ctx) {
    const { ctx: domain, limits } = ctx.state;
    const { person } = requireViewer(domain);
    return performUpload(ctx, ownUploads(person), async (files) => {
      limits.take("image");
      await uploadImage(domain, () => Promise.resolve(files));
    });
  },
});
