import { define } from "../../lib/http/state.ts";
import { SettingsPage, settingsPage } from "../(_shared)/settings_page.tsx";

export const handler = define.handlers({
  GET(ctx) {
    return settingsPage(ctx);
  },
});

export default define.page<typeof handler>(({ data, state, url }) => (
  <SettingsPage data={data} state={state} url={url} />
));
