import type { Ctx } from "../../lib/domain/context.ts";
import { sharedSite, type Site } from "../unit/domain/support.ts";
import { pageOf, Remote } from "./remote.ts";

type Json = Record<string, unknown>;

/** A site, and the other servers that it asks; everything is shared by the tests of a file. */
export interface SharedStage {
  site: () => Promise<Site>;
  /** `ctx` is a visitor's, whose requests go to the other servers. */
  stage(): Promise<{ ctx: Ctx; remote: Remote; of: Site }>;
}

/** To be called once by a file of tests, outside of them. */
export function sharedStage(): SharedStage {
  const site = sharedSite();
  let started: Remote | undefined;
  Deno.test.afterAll(async () => await started?.close());
  return {
    site,
    async stage() {
      const of = await site();
      const ctx = await of.anonymous();
      const remote = started ??= new Remote();
      return { remote, of, ctx: { ...ctx, outgoing: remote.client } };
    },
  };
}

/** A collection as other servers serve it. */
export const collectionOf = (id: string, members: Json): Json => ({
  type: "OrderedCollection",
  id,
  ...members,
});

/** A community with all its collections, of which nothing is known here. */
export function putCommunity(remote: Remote, name: string): {
  id: string;
  post(number: number): Json;
} {
  const host = `https://${name}.test`;
  const id = `${host}/c/birds`;
  for (const person of ["first", "second", "third"]) {
    remote.person(`${host}/u/${person}`);
  }
  remote.group(id, {
    featured: `${id}/featured`,
    attributedTo: `${id}/moderators`,
  });
  const post = (number: number) =>
    pageOf(`${host}/post/${number}`, `${host}/u/first`, id);
  return { id, post };
}
