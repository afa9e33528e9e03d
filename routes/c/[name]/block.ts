import { findCommunityId } from "../../../lib/domain/community/find.ts";
import { blockCommunity } from "../../../lib/domain/community/follow.ts";
import { define } from "../../../lib/http/state.ts";
import { perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  POST(ctx) {
    const { name } = ctx.params;
    return perform(ctx, `/c/${name}`, async (values) => {
      const { ctx: domain } = ctx.state;
      const block = wanted(values);
      const community_id = await findCommunityId(domain, name);
      const view = await blockCommunity(domain, { community_id, block });
      return {
        kind: "success",
        key: block ? "flash.blocked" : "flash.unblocked",
        params: { name: view.community.title ?? view.community.name },
      };
    });
  },
});
