import { sitePicture } from "../(_shared)/settings_picture.ts";

export const handler = sitePicture("banner");
