import { communityPicture } from "../../../(_shared)/settings_picture.ts";

export const handler = communityPicture("icon");
