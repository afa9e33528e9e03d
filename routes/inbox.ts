import { define } from "../lib/http/state.ts";

/** Where e-mails lead to; other servers send here as well, but never read. */
export const handler = define.handlers({
  GET: (ctx) => ctx.redirect("/notifications", 301),
});
