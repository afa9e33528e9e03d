import { page } from "fresh";
import { CommunityForm } from "../../../../components/community/community_form.tsx";
import { PictureForm } from "../../../../components/form/field.tsx";
import type { FormError } from "../../../../components/form/field.tsx";
import { Layout } from "../../../../components/shell/layout.tsx";
import { uiOf } from "../../../../components/ui.ts";
import { MarkdownEditor } from "../../../../islands/MarkdownEditor.tsx";
import { requireViewer } from "../../../../lib/domain/account/session.ts";
import { actorHandle } from "../../../../lib/domain/actor_name.ts";
import { editCommunity } from "../../../../lib/domain/community/edit.ts";
import { getCommunity } from "../../../../lib/domain/community/view.ts";
import type { Ctx } from "../../../../lib/domain/context.ts";
import { COMMUNITY_VISIBILITIES } from "../../../../lib/domain/enums.ts";
import { LemmyError } from "../../../../lib/domain/errors.ts";
import type { GetCommunityResponse } from "../../../../lib/domain/views.ts";
import { seeOther } from "../../../../lib/http/redirect.ts";
import { define } from "../../../../lib/http/state.ts";
import { formFields, refusal, type Values } from "../../../(_shared)/forms.ts";
import { offeredLanguages } from "../../../(_shared)/languages.ts";
import { oneOf } from "../../../(_shared)/params.ts";
import { editorTexts } from "../../../(_shared)/post_page.tsx";

async function moderated(
  ctx: Ctx,
  name: string,
): Promise<GetCommunityResponse> {
  requireViewer(ctx);
  const response = await getCommunity(ctx, { name });
  if (!response.community_view.can_mod) {
    throw new LemmyError("not_a_mod_or_admin");
  }
  return response;
}

export const handler = define.handlers({
  async GET(ctx) {
    const { ctx: domain } = ctx.state;
    const { community_view: view, discussion_languages } = await moderated(
      domain,
      ctx.params.name,
    );
    const { community } = view;
    const values: Values = {
      // A community without title goes by its name.
      title: community.title === community.name ? "" : community.title ?? "",
      summary: community.summary ?? "",
      sidebar: community.sidebar ?? "",
      visibility: community.visibility,
      nsfw: String(community.nsfw),
      posting_restricted_to_mods: String(community.posting_restricted_to_mods),
    };
    return page({
      view,
      values,
      error: null as FormError | null,
      languages: await offeredLanguages(domain),
      chosen: discussion_languages,
    });
  },

  async POST(ctx) {
    const { ctx: domain } = ctx.state;
    const { community_view: view } = await moderated(domain, ctx.params.name);
    const { values, ids } = await formFields(ctx);
    const chosen = ids("discussion_languages");
    try {
      const { community } = await editCommunity(domain, {
        community_id: view.community.id,
        title: values.title ?? "",
        summary: values.summary ?? "",
        sidebar: values.sidebar ?? "",
        nsfw: values.nsfw === "true",
        posting_restricted_to_mods:
          values.posting_restricted_to_mods === "true",
        visibility: oneOf(COMMUNITY_VISIBILITIES, values.visibility ?? null),
        discussion_languages: chosen,
      });
      return seeOther(ctx, `/c/${actorHandle(community)}`, {
        kind: "success",
        key: "flash.saved",
      });
    } catch (thrown) {
      const { error, status } = refusal(thrown);
      const languages = await offeredLanguages(domain);
      return page({ view, values, error, languages, chosen }, { status });
    }
  },
});

export default define.page<typeof handler>(({ data, state, url }) => {
  const ui = uiOf(state, url);
  const { t } = ui;
  const { community } = data.view;
  const handle = actorHandle(community);
  const title = t("title.community_settings", {
    name: community.title ?? community.name,
  });
  return (
    <Layout ui={ui} title={title} noindex>
      <h1>{title}</h1>
      <CommunityForm
        ui={ui}
        action={`/c/${handle}/settings`}
        submit={t("action.save")}
        values={data.values}
        error={data.error}
        languages={data.languages}
        chosen={data.chosen}
        create={false}
        cancel={`/c/${handle}`}
      />
      <PictureForm
        ui={ui}
        action={`/c/${handle}/settings/icon`}
        name="icon"
        label={t("form.icon")}
        current={community.icon}
      />
      <PictureForm
        ui={ui}
        action={`/c/${handle}/settings/banner`}
        name="banner"
        label={t("form.banner")}
        current={community.banner}
      />
      <p>
        <a class="btn bad" href={`/c/${handle}/delete`}>
          {t(community.deleted ? "community.restore" : "community.delete")}
        </a>
      </p>
      <MarkdownEditor texts={editorTexts(ui)} />
    </Layout>
  );
});
