/**
 * The views of the API, field for field as its clients know them (content §15.4,
 * accounts-and-site §3.2, §3.3, §4.1). A member with `?` is left out when it has no value.
 * Query modules make them, pages and API show them; nothing renames anything in between.
 */
export type * from "./views/communities.ts";
export type * from "./views/content.ts";
export type * from "./views/inbox.ts";
export type * from "./views/people.ts";
export type * from "./views/site.ts";
