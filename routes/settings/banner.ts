import { settingsPicture } from "../(_shared)/settings_picture.ts";

export const handler = settingsPicture("banner");
