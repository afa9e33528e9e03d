import { account } from "./account.ts";
import { admin } from "./admin.ts";
import { auth } from "./auth.ts";
import { comment } from "./comment.ts";
import { community } from "./community.ts";
import { communityMembers } from "./community_members.ts";
import { instance } from "./instance.ts";
import { multiCommunity } from "./multi_community.ts";
import { notification } from "./notification.ts";
import { emoji } from "./emoji.ts";
import { image } from "./image.ts";
import { oauth } from "./oauth.ts";
import { person } from "./person.ts";
import { post } from "./post.ts";
import { privateMessage } from "./private_message.ts";
import { report } from "./report.ts";
import { registration } from "./registration.ts";
import { site } from "./site.ts";
import { tagline } from "./tagline.ts";

/** Every endpoint, by the name of the official client's method. */
export const ENDPOINTS = {
  ...site,
  ...auth,
  ...account,
  ...community,
  ...communityMembers,
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
};
