import { page } from "fresh";
import { ConfirmPage } from "../../components/confirm.tsx";
import { uiOf } from "../../components/ui.ts";
import { requireViewer } from "../../lib/domain/account/session.ts";
import {
  adminDeleteMedia,
  deleteMedia,
} from "../../lib/domain/image/delete.ts";
import { returnPath } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { perform } from "../(_shared)/forms.ts";

/** Where admins delete for everybody. */
const EVERYBODYS = "/admin/uploads";

export const handler = define.handlers({
  GET(ctx) {
    requireViewer(ctx.state.ctx);
    const { searchParams } = ctx.url;
    return page({
      filename: searchParams.get("filename") ?? "",
      back: returnPath(searchParams.get("return")),
    });
  },
  POST(ctx) {
    const { ctx: domain } = ctx.state;
    const filename = ctx.url.searchParams.get("filename") ?? "";
    return perform(ctx, "/", async (values) => {
      const everybodys = values.return === EVERYBODYS;
      await (everybodys ? adminDeleteMedia : deleteMedia)(domain, { filename });
      return { kind: "success", key: "flash.upload_deleted" };
    });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { filename, back } = data;
  return (
    <ConfirmPage
      ui={ui}
      question={ui.t("dialog.delete_upload")}
      detail={filename}
      action={`/upload/delete?filename=${encodeURIComponent(filename)}`}
      submit={ui.t("action.delete")}
      back={back}
      danger
    />
  );
});
