/** A small scene that error tests play in. */
import type { LemmyHttp, RequestState } from "lemmy-js-client";
import { eventsDone } from "../support/events.ts";
import { ok, startSite } from "./api_server.ts";

export type Call = () => Promise<RequestState<unknown>>;

/** A long text of `n` letters. */
export const letters = (n: number) => "x".repeat(n);

/** A text of `n` letters that does not compress: an index takes it at its full length. */
export function noise(n: number): string {
  return crypto.getRandomValues(new Uint8Array(Math.ceil(n / 2))).toHex()
    .slice(0, n);
}

export interface Cast {
  admin: LemmyHttp;
  alice: LemmyHttp;
  bob: LemmyHttp;
  anonymous: LemmyHttp;
}

/** A site with a filter, a block list, one community of alice's, a post and a comment of bob's. */
export async function stage(options: Parameters<typeof startSite>[0] = {}) {
  const server = await startSite(options);
  const people: Cast = {
    admin: server.admin,
    alice: server.client(await server.signUp("alice")),
    bob: server.client(await server.signUp("bob")),
    anonymous: server.client(),
  };
  await ok(people.admin.editSite({
    slur_filter_regex: "darn",
    blocked_urls: ["spam.example"],
  }));
  const community = await ok(people.alice.createCommunity({ name: "stage" }));
  const community_id = community.community_view.community.id;
  const { post_view } = await ok(
    people.bob.createPost({ name: "On stage", community_id }),
  );
  const post_id = post_view.post.id;
  const { comment_view } = await ok(
    people.bob.createComment({ post_id, content: "hello" }),
  );
  // Nobody is to hear of these as if they came later.
  await eventsDone(server.database);
  return {
    server,
    ...people,
    community_id,
    post_id,
    comment_id: comment_view.comment.id,
  };
}

/** Notifications that a person has not read, once everything has been told. */
export async function unread(
  scene: Awaited<ReturnType<typeof stage>>,
  person: LemmyHttp,
): Promise<number> {
  await eventsDone(scene.server.database);
  return (await ok(person.getUnreadCounts())).notification_count;
}

/** Kinds of the newest entries of the modlog that the caller sees, newest first. */
export async function modlogKinds(
  caller: LemmyHttp,
  filter: Parameters<LemmyHttp["getModlog"]>[0] = {},
): Promise<string[]> {
  const { items } = await ok(caller.getModlog(filter));
  return items.map(({ modlog: { kind, is_revert } }) =>
    (is_revert ? "-" : "+") + kind
  );
}
