import { createInvite, revokeInvite } from "../../lib/domain/account/invite.ts";
import { define } from "../../lib/http/state.ts";
import { perform } from "../(_shared)/forms.ts";

const TAB = "/settings?tab=invites";
const DAY_MS = 24 * 3600_000;

/** A whole number that an optional field may hold; anything else counts as left empty. */
function numberOf(text: string | undefined, max: number): number | undefined {
  const number = Number(text || NaN);
  return Number.isInteger(number) && number >= 1 && number <= max
    ? number
    : undefined;
}

export const handler = define.handlers({
  GET: (ctx) => ctx.redirect(TAB, 302),
  POST(ctx) {
    const { ctx: domain } = ctx.state;
    return perform(ctx, TAB, async (values) => {
      if (values.revoke !== undefined) {
        await revokeInvite(domain, { token: values.revoke });
        return { kind: "success", key: "flash.invite_revoked" };
      }
      const days = numberOf(values.expires_days, 3650);
      await createInvite(domain, {
        max_uses: numberOf(values.max_uses, 10_000),
        expires_at: days === undefined
          ? undefined
          : new Date(domain.now.getTime() + days * DAY_MS).toISOString(),
      });
      return { kind: "success", key: "flash.invite_created" };
    });
  },
});
