import { page } from "fresh";
import { Markdown } from "../components/markdown.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { LemmyError } from "../lib/domain/errors.ts";
import { define } from "../lib/http/state.ts";

export const handler = define.handlers({
  GET(ctx) {
    const text = ctx.state.ctx.site.local_site.legal_information;
    if (!text) throw new LemmyError("not_found");
    return page({ text });
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  return (
    <Layout ui={ui} title={ui.t("title.legal")}>
      <h1>{ui.t("title.legal")}</h1>
      <Markdown ui={ui} text={data.text} id="legal" />
    </Layout>
  );
});
