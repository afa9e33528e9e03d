import { page } from "fresh";
import { ConfirmPage } from "../components/confirm.tsx";
import { uiOf } from "../components/ui.ts";
import { logout, requireViewer } from "../lib/domain/account/session.ts";
import { endSessionCookie } from "../lib/http/cookies.ts";
import { seeOther } from "../lib/http/redirect.ts";
import { define } from "../lib/http/state.ts";

/** A link never signs anybody out: the page asks, the form does. */
export const handler = define.handlers({
  GET(ctx) {
    requireViewer(ctx.state.ctx);
    return page({});
  },
  async POST(ctx) {
    const { ctx: domain } = ctx.state;
    if (domain.viewer) await logout(domain);
    const response = seeOther(ctx, "/", {
      kind: "success",
      key: "flash.logged_out",
    });
    response.headers.append("set-cookie", endSessionCookie(domain.config));
    return response;
  },
});

export default define.page<typeof handler>(({ state, url }) => {
  const ui = uiOf(state, url);
  return (
    <ConfirmPage
      ui={ui}
      question={ui.t("dialog.logout")}
      action="/logout"
      submit={ui.t("nav.logout")}
      back="/"
    />
  );
});
