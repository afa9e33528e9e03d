import { exportData } from "../../lib/domain/account/export.ts";
import { define } from "../../lib/http/state.ts";
import { download } from "../(_shared)/download.ts";

export const handler = define.handlers({
  GET: (ctx) => download(ctx, "data", exportData),
});
