/** Lists of communities, and other servers: told by the official client. */
import type { LemmyHttp } from "lemmy-js-client";
import { MULTI_COMMUNITY_SORTS } from "../../lib/domain/enums.ts";
import { test } from "../harness.ts";
import { codeOf, ok } from "./api_server.ts";
import { letters, stage } from "./stage.ts";

test("a multi-community is made, filled, read, followed and deleted", async (t) => {
  const s = await stage();
  const { alice, bob, admin, anonymous, community_id, post_id } = s;
  const { sql } = s.server.database;
  try {
    const made = await ok(
      bob.createMultiCommunity({ name: "birds", title: "All birds" }),
    );
    const { multi, owner, follow_state } = made.multi_community_view;
    t.equal(
      [multi.name, multi.title, owner.name, follow_state, multi.subscribers],
      ["birds", "All birds", "bob", "accepted", 1],
    );
    t.equal(multi.ap_id, `${s.server.url}/m/birds`);
    t.equal("private_key" in multi, false);
    const id = multi.id;
    const added = await ok(
      bob.createMultiCommunityEntry({ id, community_id }),
    );
    t.equal(added.community_view.community.name, "stage");
    const read = await ok(anonymous.getMultiCommunity({ name: "BIRDS" }));
    t.equal(read.multi_community_view.multi.communities, 1);
    t.equal(read.multi_community_view.follow_state, undefined);
    t.equal(read.communities.map((view) => view.community.name), ["stage"]);
    t.equal(read.communities[0].community_actions, undefined);
    const posts = await ok(anonymous.getPosts({ multi_community_id: id }));
    t.equal(posts.items.map((view) => view.post.id), [post_id]);

    const follow = (follow: boolean, caller = alice) =>
      caller.followMultiCommunity({ multi_community_id: id, follow });
    const followed = await ok(follow(true));
    t.equal(followed.multi_community_view.follow_state, "accepted");
    t.equal(followed.multi_community_view.multi.subscribers, 2);
    await ok(follow(true));
    const mine = await ok(alice.getMyUser());
    t.equal(
      mine.multi_community_follows.map((view) => view.multi.name),
      ["birds"],
    );
    t.equal(
      (await ok(alice.getPosts({ type_: "subscribed" }))).items.length,
      1,
      "alice follows her own community anyway",
    );
    const left = await ok(follow(false));
    t.equal(left.multi_community_view.follow_state, undefined);
    t.equal(left.multi_community_view.multi.subscribers, 1);
    const details = await ok(anonymous.getPersonDetails({ username: "bob" }));
    t.equal(
      details.multi_communities_created.map((view) => view.multi.name),
      ["birds"],
    );

    await ok(admin.createMultiCommunity({ name: "apes", summary: "monkeys" }));
    const names = async (
      filter: Parameters<LemmyHttp["listMultiCommunities"]>[0],
      caller = anonymous,
    ) =>
      (await ok(caller.listMultiCommunities(filter))).items.map((view) =>
        view.multi.name
      );
    t.equal(await names({ sort: "name_asc" }), ["apes", "birds"]);
    t.equal(await names({ sort: "name_desc" }), ["birds", "apes"]);
    t.equal(await names({ sort: "communities" }), ["birds", "apes"]);
    t.equal(await names({ sort: "old", limit: 1 }), ["birds"]);
    for (const sort of MULTI_COMMUNITY_SORTS) {
      const first = await ok(alice.listMultiCommunities({ sort, limit: 1 }));
      const second = await ok(alice.listMultiCommunities({
        sort,
        limit: 1,
        page_cursor: first.next_page,
      }));
      t.equal(
        [...first.items, ...second.items].map((view) => view.multi.name).sort(),
        ["apes", "birds"],
      );
    }
    t.equal(await names({ search_term: "MONK" }), ["apes"]);
    t.equal(await names({ search_term: "monk", search_title_only: true }), []);
    t.equal(await names({ creator_id: owner.id }), ["birds"]);
    t.equal(await names({ type_: "subscribed" }), []);
    t.equal(await names({ type_: "subscribed" }, bob), ["birds"]);
    t.equal((await names({ type_: "local", time_range_seconds: 0 })).length, 2);

    await ok(admin.editSite({ suggested_multi_community_id: id }));
    t.equal(
      (await ok(anonymous.getPosts({ type_: "suggested" }))).items.length,
      1,
    );
    const edited = await ok(
      admin.editMultiCommunity({ id, summary: "feathered", deleted: true }),
    );
    t.equal(
      [
        edited.multi_community_view.multi.summary,
        edited.multi_community_view.multi.deleted,
      ],
      ["feathered", true],
    );
    t.equal(await names({}), ["apes"], "deleted ones are not listed");
    t.equal((await names({}, bob)).length, 2, "but to their owner");
    t.equal(await codeOf(anonymous.getMultiCommunity({ id })), "not_found");
    const back = await ok(bob.editMultiCommunity({ id, deleted: false }));
    t.equal(back.multi_community_view.multi.title, "All birds");
    t.equal(
      await ok(bob.deleteMultiCommunityEntry({ id, community_id })),
      { success: true },
    );
    t.equal((await ok(anonymous.getMultiCommunity({ id }))).communities, []);
    t.equal(
      await codeOf(bob.deleteMultiCommunityEntry({ id, community_id })),
      "success",
      "what is not there is no error",
    );

    const [far] = await sql<[{ id: number }]>`
      with far as (insert into instance (domain) values ('far.example') returning id)
      insert into community (name, ap_id, local, public_key, inbox_url, instance_id)
      select 'far', 'https://far.example/c/far', false, 'key', 'https://far.example/inbox', id
      from far returning id`;
    const entry = { id, community_id: far.id };
    await ok(bob.createMultiCommunityEntry(entry));
    const systemFollows = async () =>
      (await sql<{ follow_state: string }[]>`
        select follow_state from community_actions join local_site on system_account = person_id
        where community_id = ${far.id}`).map((row) => row.follow_state);
    t.equal(await systemFollows(), ["pending"], "the site follows it");
    await ok(bob.deleteMultiCommunityEntry(entry));
    t.equal(await systemFollows(), []);
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("multi-communities are refused with the code of the rule they break", async (t) => {
  const s = await stage();
  const { alice, bob, admin, community_id } = s;
  const { sql } = s.server.database;
  try {
    const { multi_community_view } = await ok(
      bob.createMultiCommunity({ name: "lists" }),
    );
    const { id } = multi_community_view.multi;
    const make = (fields: object) =>
      codeOf(bob.createMultiCommunity({ name: "other", ...fields }));
    t.equal(await make({ name: "LISTS" }), "already_exists");
    t.equal(await make({ name: "darn" }), "slurs");
    t.equal(await make({ name: "with-dash" }), "invalid_name");
    t.equal(await make({ title: "darn it" }), "slurs");
    t.equal(await make({ title: "@at" }), "invalid_display_name");
    t.equal(await make({ title: "" }), "invalid_display_name");
    t.equal(await make({ sidebar: letters(10_001) }), "invalid_body_field");
    t.equal(await make({ sidebar: "https://spam.example" }), "blocked_url");
    t.equal(
      await make({ summary: letters(151) }),
      "site_description_length_overflow",
    );
    t.equal(await make({ summary: "darn" }), "slurs");
    t.equal(
      await codeOf(alice.editMultiCommunity({ id, summary: "mine" })),
      "multi_community_update_wrong_user",
    );
    t.equal(
      await codeOf(bob.editMultiCommunity({ id, title: "" })),
      "invalid_display_name",
    );
    t.equal(
      await codeOf(bob.editMultiCommunity({ id: 999_999 })),
      "not_found",
    );
    t.equal(await codeOf(bob.getMultiCommunity({})), "no_id_given");
    t.equal(
      await codeOf(bob.getMultiCommunity({ name: "nobody" })),
      "not_found",
    );
    t.equal(
      await codeOf(
        bob.followMultiCommunity({ multi_community_id: 999_999, follow: true }),
      ),
      "not_found",
    );
    const enter = (caller: LemmyHttp, community: number, list = id) =>
      codeOf(
        caller.createMultiCommunityEntry({ id: list, community_id: community }),
      );
    t.equal(
      await enter(alice, community_id),
      "multi_community_update_wrong_user",
    );
    t.equal(
      await codeOf(alice.deleteMultiCommunityEntry({ id, community_id })),
      "multi_community_update_wrong_user",
    );
    t.equal(await enter(bob, 999_999), "not_found");
    t.equal(await enter(bob, community_id, 999_999), "not_found");
    t.equal(await enter(admin, community_id), "success", "admins may");
    t.equal(await enter(bob, community_id), "couldnt_create");
    const gone = await ok(alice.createCommunity({ name: "gone" }));
    const goneId = gone.community_view.community.id;
    await ok(alice.deleteCommunity({ community_id: goneId, deleted: true }));
    t.equal(await enter(bob, goneId), "deleted");
    await sql`with many as (
        insert into community (name, ap_id, public_key, inbox_url, instance_id)
        select 'many' || n, 'https://x/c/many' || n, 'key', 'https://x/inbox', 1
        from generate_series(1, 49) n returning id)
      insert into multi_community_entry select ${id}, id from many`;
    const last = await ok(alice.createCommunity({ name: "fifty_first" }));
    t.equal(
      await enter(bob, last.community_view.community.id),
      "multi_community_entry_limit_reached",
    );
    t.equal(
      (await ok(bob.getMultiCommunity({ id }))).communities.length,
      50,
      "all of them are shown",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("servers are blocked or allowed, and listed", async (t) => {
  const s = await stage();
  const { admin, anonymous } = s;
  try {
    const expires_at = Math.floor(Date.now() / 1000) + 3600;
    const block = (instance: string, block = true) =>
      admin.adminBlockInstance({ instance, block, reason: "spam", expires_at });
    const allow = (instance: string, allow = true) =>
      admin.adminAllowInstance({ instance, allow, reason: "friends" });
    const blocked = await ok(block("Bad.Example")) as unknown as {
      instance: { domain: string };
      blocked?: { expires_at: string | null; updated_at: string | null };
      allowed?: object;
    };
    t.equal(blocked.instance.domain, "bad.example");
    t.equal(
      new Date(blocked.blocked!.expires_at!).getTime(),
      expires_at * 1000,
    );
    t.equal([blocked.blocked!.updated_at, blocked.allowed], [null, undefined]);
    t.equal(await codeOf(block("BAD.example")), "couldnt_create");
    t.equal(
      await codeOf(allow("good.example")),
      "cannot_combine_federation_blocklist_and_allowlist",
    );
    t.equal(await codeOf(block("localhost")), "not_found", "this server");
    t.equal(await codeOf(block(" ")), "not_found");
    for (const none of ["https://bad.example/", "@a@bad.example"]) {
      t.equal(await codeOf(block(none)), "invalid_url", none);
    }
    t.equal(await codeOf(block("x".repeat(5000))), "invalid_url");
    t.equal(
      await codeOf(admin.adminBlockInstance({
        instance: "x.example",
        block: true,
        reason: "",
        expires_at: 1,
      })),
      "ban_expiration_in_past",
    );
    await ok(block("worse.example"));
    const domains = async (
      filter: Parameters<LemmyHttp["getFederatedInstances"]>[0],
    ) =>
      (await ok(anonymous.getFederatedInstances(filter))).items.map((view) =>
        view.instance.domain
      );
    t.equal(await domains({ kind: "blocked" }), [
      "worse.example",
      "bad.example",
    ]);
    t.equal(await domains({ kind: "linked" }), []);
    t.equal(await domains({ kind: "all", domain_filter: "BAD" }), [
      "bad.example",
    ]);
    const first = await ok(
      anonymous.getFederatedInstances({ kind: "all", limit: 1 }),
    );
    t.equal(
      await domains({ kind: "all", page_cursor: first.next_page }),
      ["bad.example"],
    );
    await ok(block("bad.example", false));
    await ok(block("worse.example", false));
    t.equal(await codeOf(block("worse.example", false)), "success");
    await ok(allow("good.example"));
    t.equal(await domains({ kind: "allowed" }), ["good.example"]);
    t.equal(
      await codeOf(block("bad.example")),
      "cannot_combine_federation_blocklist_and_allowlist",
    );
    const log = await ok(anonymous.getModlog({}));
    t.equal(
      log.items.map(({ modlog, target_instance }) => [
        modlog.kind,
        modlog.is_revert,
        modlog.reason,
        target_instance?.domain,
      ]),
      [
        ["admin_allow_instance", false, "friends", "good.example"],
        ["admin_block_instance", true, "spam", "worse.example"],
        ["admin_block_instance", true, "spam", "worse.example"],
        ["admin_block_instance", true, "spam", "bad.example"],
        ["admin_block_instance", false, "spam", "worse.example"],
        ["admin_block_instance", false, "spam", "bad.example"],
      ],
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});
