import { followCommunity } from "../../../lib/domain/community/follow.ts";
import { findCommunityId } from "../../../lib/domain/community/find.ts";
import { define } from "../../../lib/http/state.ts";
import { perform, wanted } from "../../(_shared)/forms.ts";

export const handler = define.handlers({
  POST(ctx) {
    const { name } = ctx.params;
    return perform(ctx, `/c/${name}`, async (values) => {
      const { ctx: domain } = ctx.state;
      const community_id = await findCommunityId(domain, name);
      const view = await followCommunity(domain, {
        community_id,
        follow: wanted(values),
      });
      const state = view.community_actions?.follow_state;
      return {
        kind: "success",
        key: !state
          ? "flash.unsubscribed"
          : state === "accepted"
          ? "flash.subscribed"
          : "flash.subscribe_pending",
        params: { name: view.community.title ?? view.community.name },
      };
    });
  },
});
