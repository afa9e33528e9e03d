/** What is hidden is neither listed nor counted, one notification at a time or all at once. */
import { query } from "../../../lib/domain/context.ts";
import { getUnreadCounts } from "../../../lib/domain/notification/count.ts";
import { listNotifications } from "../../../lib/domain/notification/list.ts";
import { test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  makePost,
  remoteInstance,
  sharedSite,
  sql,
  withSettings,
} from "./support.ts";

const shared = sharedSite();

test("notifications of what is deleted, removed, blocked or closed are neither listed nor counted", async (t) => {
  const site = await shared();
  const [reader, author, enemy, bot] = await Promise.all(
    ["reader", "author", "enemy", "robot"].map((name) => site.signUp(name)),
  );
  const idOf = (ctx: typeof reader) => ctx.viewer!.person.id;
  const remote = await remoteInstance(site, "blocked.example");
  const open = await makeCommunity(author, "open");
  const disliked = await makeCommunity(author, "disliked");
  const closed = await makeCommunity(author, "closed");
  const posts = new Map<number, number>();
  for (const community of [open, disliked, closed]) {
    posts.set(community, await makePost(author, community));
  }
  await sql(
    site,
    "update community set visibility = 'private' where id = $1::int4",
    closed,
  );
  await sql(
    site,
    "update person set bot_account = true where id = $1::int4",
    idOf(bot),
  );
  for (
    const [table, thing, column, id] of [
      ["community_actions", "community_id", "blocked_at", disliked],
      ["person_actions", "target_id", "blocked_at", idOf(enemy)],
      [
        "instance_actions",
        "instance_id",
        "blocked_persons_at",
        remote.instance,
      ],
    ]
  ) {
    await sql(
      site,
      `insert into ${table} (person_id, ${thing}, ${column}) values ($1::int4, $2::int4, now())`,
      idOf(reader),
      id,
    );
  }
  const hidden = new Set<number>();
  const shown = new Set<number>();
  let number = 0;
  const tell = async (
    isShown: boolean,
    values: Record<string, string | number>,
  ) => {
    const given = {
      recipient_id: idOf(reader),
      creator_id: idOf(author),
      kind: "reply",
      ...values,
    };
    const names = Object.keys(given);
    const [{ id }] = await query<{ id: number }>(
      reader,
      `insert into notification (${names.join(", ")})
       values (${names.map((_, n) => `$${n + 1}`).join(", ")}) returning id`,
      Object.values(given),
    );
    (isShown ? shown : hidden).add(id);
  };
  /** Adds a comment and the notification of it. */
  const comment = async (
    isShown: boolean,
    { state = "", community = open, creator = idOf(author) },
  ) => {
    number++;
    const [{ id }] = await sql<{ id: number }>(
      site,
      `insert into comment (creator_id, post_id, community_id, content, ap_id, path, deleted, removed)
       values ($1::int4, $2::int4, $3::int4, 'text', $4, '0.' || $4, $5::boolean, $6::boolean) returning id`,
      creator,
      posts.get(community),
      community,
      String(number),
      state === "deleted",
      state === "removed",
    );
    await tell(isShown, {
      creator_id: creator,
      post_id: posts.get(community)!,
      comment_id: id,
    });
  };
  await comment(true, {});
  await comment(false, { state: "deleted" });
  await comment(false, { state: "removed" });
  await comment(false, { community: disliked });
  await comment(false, { community: closed });
  await comment(false, { creator: idOf(enemy) });
  await comment(false, { creator: idOf(bot) });
  await comment(false, { creator: remote.person });
  // What a moderator did is told in spite of removals and blocks, not of deletions.
  for (
    const [isShown, community, state] of [
      [true, open, "removed"],
      [false, open, "deleted"],
      [true, closed, "removed"],
      [true, disliked, "removed"],
    ] as const
  ) {
    const post_id = await makePost(author, open);
    await sql(
      site,
      `update post set community_id = $2::int4, ${state} = true where id = $1::int4`,
      post_id,
      community,
    );
    const [{ modlog_id }] = await sql<{ modlog_id: number }>(
      site,
      `insert into modlog (kind, moderator_id, target_person_id, target_community_id, target_post_id)
       values ('mod_remove_post', $1::int4, $2::int4, $4::int4, $3::int4) returning id as modlog_id`,
      idOf(enemy),
      idOf(reader),
      post_id,
      community,
    );
    await tell(isShown, {
      kind: "mod_action",
      creator_id: idOf(enemy),
      post_id,
      modlog_id,
    });
  }
  for (const state of ["", "deleted", "removed", "deleted_by_recipient"]) {
    const columns = state ? `, ${state}` : "";
    const [{ id }] = await sql<{ id: number }>(
      site,
      `insert into private_message (creator_id, recipient_id, content, ap_id${columns})
       values ($1::int4, $2::int4, 'text', $3${
        state ? ", true" : ""
      }) returning id`,
      idOf(author),
      idOf(reader),
      `message ${state}`,
    );
    await tell(state === "", {
      kind: "private_message",
      private_message_id: id,
    });
  }
  const ctx = withSettings(reader, { show_bot_accounts: false });
  const { items } = await listNotifications(ctx, { limit: 50 });
  t.equal(
    items.map(({ notification }) => notification.id).sort((a, b) => a - b),
    [...shown],
  );
  t.equal((await getUnreadCounts(ctx)).notification_count, shown.size);
  // Who sent a message that its recipient has put away still sees it.
  const sent = await listNotifications(author, { type_: "private_message" });
  t.equal(sent.items.length, 2);
});
