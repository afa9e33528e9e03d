import { changePassword } from "../../lib/domain/account/password.ts";
import { requireViewer } from "../../lib/domain/account/session.ts";
import { sessionCookie } from "../../lib/http/cookies.ts";
import { seeOther } from "../../lib/http/redirect.ts";
import { define } from "../../lib/http/state.ts";
import { formValues, refusal } from "../(_shared)/forms.ts";
import { SettingsPage, settingsPage } from "../(_shared)/settings_page.tsx";

export const handler = define.handlers({
  GET(ctx) {
    return ctx.redirect(`/settings${ctx.url.search}`, 302);
  },
  async POST(ctx) {
    const { ctx: domain, client, limits } = ctx.state;
    requireViewer(domain);
    const values = await formValues(ctx);
    try {
      limits.take("register");
      const token = await changePassword(domain, {
        old_password: values.old_password ?? "",
        new_password: values.new_password ?? "",
        new_password_verify: values.new_password_verify ?? "",
        stay_logged_in: true,
      }, client);
      const response = seeOther(ctx, "/settings?tab=account", {
        kind: "success",
        key: "flash.password_changed",
      });
      response.headers.append(
        "set-cookie",
        sessionCookie(domain.config, token, { stayLoggedIn: true }),
      );
      return response;
    } catch (thrown) {
      return await settingsPage(ctx, { tab: "account", ...refusal(thrown) });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => (
  <SettingsPage data={data} state={state} url={url} />
));
