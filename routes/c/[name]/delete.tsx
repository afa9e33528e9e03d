import { page } from "fresh";
import { ConfirmPage } from "../../../components/confirm.tsx";
import { uiOf } from "../../../components/ui.ts";
import { actorHandle } from "../../../lib/domain/actor_name.ts";
import { requireViewer } from "../../../lib/domain/account/session.ts";
import { deleteCommunity } from "../../../lib/domain/community/edit.ts";
import { findCommunityId } from "../../../lib/domain/community/find.ts";
import { readCommunity } from "../../../lib/domain/community/view.ts";
import { requireTopMod } from "../../../lib/domain/permissions.ts";
import { define } from "../../../lib/http/state.ts";
import { perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { ctx: domain } = ctx.state;
    requireViewer(domain);
    const id = await findCommunityId(domain, ctx.params.name);
    const { community } = await readCommunity(domain, id);
    await requireTopMod(domain, id);
    return page({ community });
  },
  POST(ctx) {
    const { ctx: domain } = ctx.state;
    return perform(ctx, `/c/${ctx.params.name}`, async (values) => {
      const community_id = await findCommunityId(domain, ctx.params.name);
      const deleted = wanted(values);
      await deleteCommunity(domain, { community_id, deleted });
      return {
        kind: "success",
        key: deleted ? "flash.community_deleted" : "flash.community_restored",
      };
    });
  },
});

export default define.page<typeof handler>((
  { data: { community }, state, url },
) => {
  const ui = uiOf(state, url);
  const name = community.title ?? community.name;
  const handle = actorHandle(community);
  return (
    <ConfirmPage
      ui={ui}
      question={community.deleted
        ? ui.t("dialog.restore", { name })
        : ui.t("dialog.delete_community")}
      detail={name}
      action={`/c/${handle}/delete`}
      on={!community.deleted}
      submit={ui.t(
        community.deleted ? "community.restore" : "community.delete",
      )}
      back={`/c/${handle}`}
      danger={!community.deleted}
    />
  );
});
