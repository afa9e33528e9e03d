import { account } from "./account.ts";
import { admin } from "./admin.ts";
import { auth } from "./auth.ts";
import { comment } from "./comment.ts";
import { community } from "./community.ts";
import { communityTag } from "./community_tag.ts";
import { instance } from "./instance.ts";
import { multiCommunity } from "./multi_community.ts";
import { notification } from "./notification.ts";
import { emoji } from "./emoji.ts";
import { image } from "./image.ts";
import { oauth } from "./oauth.ts";
import { pendingFollow } from "./pending_follow.ts";
import { person } from "./person.ts";
import { post } from "./post.ts";
import { privateMessage } from "./private_message.ts";
import { report } from "./report.ts";
import { registration } from "./registration.ts";
import { search } from "./search.ts";
import { site } from "./site.ts";
import { tagline } from "./tagline.ts";

/** Every endpoint, by the name of the official client's method. */
export const ENDPOINTS = {
  ...site,
  ...auth,
  ...account,
  ...community,
  ...communityTag,
  ...pendingFollow,
  ...post,
  ...comment,
  ...person,
  ...privateMessage,
  ...notification,
  ...admin,
  ...multiCommunity,
  ...instance,
  ...image,
  ...emoji,
  ...tagline,
  ...report,
  ...registration,
  ...oauth,
  ...search,
};
