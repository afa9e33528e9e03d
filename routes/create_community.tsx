import { page } from "fresh";
import { CommunityForm } from "../components/community/community_form.tsx";
import type { FormError } from "../components/form/field.tsx";
import { Layout } from "../components/shell/layout.tsx";
import { uiOf } from "../components/ui.ts";
import { MarkdownEditor } from "../islands/MarkdownEditor.tsx";
import { createCommunity } from "../lib/domain/community/create.ts";
import { COMMUNITY_VISIBILITIES } from "../lib/domain/enums.ts";
import { LemmyError } from "../lib/domain/errors.ts";
import { requireActiveUser } from "../lib/domain/permissions.ts";
import { seeOther } from "../lib/http/redirect.ts";
import { define } from "../lib/http/state.ts";
import {
  formFields,
  refusal,
  submitOnce,
  type Values,
} from "./(_shared)/forms.ts";
import { offeredLanguages } from "./(_shared)/languages.ts";
import { oneOf } from "./(_shared)/params.ts";
import { editorTexts } from "./(_shared)/post_page.tsx";

export const handler = define.handlers({
  async GET(ctx) {
    const { ctx: domain } = ctx.state;
    const viewer = requireActiveUser(domain);
    if (
      domain.site.local_site.community_creation_admin_only &&
      !viewer.local_user.admin
    ) {
      throw new LemmyError("only_admins_can_create_communities");
    }
    const values: Values = {};
    return page({
      values,
      error: null as FormError | null,
      languages: await offeredLanguages(domain),
      chosen: [] as number[],
    });
  },

  async POST(ctx) {
    const { ctx: domain, limits } = ctx.state;
    requireActiveUser(domain);
    const { values, ids } = await formFields(ctx);
    const chosen = ids("discussion_languages");
    try {
      const name = values.name ?? "";
      await submitOnce(ctx, values, async (domain) => {
        limits.take("register");
        const { community } = await createCommunity(domain, {
          name,
          title: values.title || undefined,
          summary: values.summary || undefined,
          sidebar: values.sidebar || undefined,
          nsfw: values.nsfw === "true",
          posting_restricted_to_mods:
            values.posting_restricted_to_mods === "true",
          visibility: oneOf(COMMUNITY_VISIBILITIES, values.visibility ?? null),
          discussion_languages: chosen.length > 0 ? chosen : undefined,
        });
        return community.id;
      });
      return seeOther(ctx, `/c/${name}`, {
        kind: "success",
        key: "flash.community_created",
      });
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      const languages = await offeredLanguages(domain);
      return page({ values, error, languages, chosen }, { status });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  return (
    <Layout ui={ui} title={ui.t("title.create_community")} noindex>
      <h1>{ui.t("title.create_community")}</h1>
      <CommunityForm
        ui={ui}
        action="/create_community"
        submit={ui.t("action.create")}
        values={data.values}
        error={data.error}
        languages={data.languages}
        chosen={data.chosen}
        create
        cancel="/communities"
      />
      <MarkdownEditor texts={editorTexts(ui)} />
    </Layout>
  );
});
