import { requireViewer } from "../../lib/domain/account/session.ts";
import { findCommunityId } from "../../lib/domain/community/find.ts";
import {
  type CommunityPicture,
  deleteCommunityPicture,
  uploadCommunityPicture,
} from "../../lib/domain/community/pictures.ts";
import {
  deletePersonPicture,
  type PersonPicture,
  uploadPersonPicture,
} from "../../lib/domain/person/pictures.ts";
import {
  deleteSitePicture,
  type SitePicture,
  uploadSitePicture,
} from "../../lib/domain/site/pictures.ts";
import { define } from "../../lib/http/state.ts";
import { changePicture } from "./forms.ts";

/** Changes the signed-in user's avatar or banner. */
export function settingsPicture(picture: PersonPicture) {
  return define.handlers({
    GET: (ctx) => ctx.redirect("/settings", 302),
    POST(ctx) {
      const { ctx: domain } = ctx.state;
      requireViewer(domain);
      return changePicture(ctx, "/settings", {
        upload: (receive) => uploadPersonPicture(domain, picture, receive),
        remove: () => deletePersonPicture(domain, picture),
      });
    },
  });
}

/** Changes a community's icon or banner. */
export function communityPicture(picture: CommunityPicture) {
  return define.handlers({
    GET: (ctx) => ctx.redirect(`/c/${ctx.params.name}/settings`, 302),
    async POST(ctx) {
      const { ctx: domain } = ctx.state;
      requireViewer(domain);
      const id = await findCommunityId(domain, ctx.params.name);
      return await changePicture(ctx, `/c/${ctx.params.name}/settings`, {
        upload: (receive) =>
          uploadCommunityPicture(domain, id, picture, receive),
        remove: () => deleteCommunityPicture(domain, id, picture),
      });
    },
  });
}

/** Changes the site's icon or banner. */
export function sitePicture(picture: SitePicture) {
  return define.handlers({
    GET: (ctx) => ctx.redirect("/admin", 302),
    POST(ctx) {
      const { ctx: domain } = ctx.state;
      requireViewer(domain);
      return changePicture(ctx, "/admin", {
        upload: (receive) => uploadSitePicture(domain, picture, receive),
        remove: () => deleteSitePicture(domain, picture),
      });
    },
  });
}
