/** Who stands above whom: communities change hands, admins come and go. */
import type { LemmyHttp } from "lemmy-js-client";
import { test } from "../harness.ts";
import { codeOf, idOf, ok, PASSWORD } from "./api_server.ts";
import { modlogKinds, stage } from "./stage.ts";

test("communities change hands, are hidden and removed", async (t) => {
  const s = await stage();
  const { alice, bob, admin, anonymous, community_id } = s;
  try {
    const [aliceId, bobId] = [await idOf(alice), await idOf(bob)];
    const names = (moderators: { moderator: { name: string } }[]) =>
      moderators.map((m) => m.moderator.name);
    const add = (caller: LemmyHttp, person_id: number, added: boolean) =>
      caller.addModToCommunity({ community_id, person_id, added });
    t.equal(names((await ok(add(alice, bobId, true))).moderators), [
      "alice",
      "bob",
    ]);
    t.equal(await codeOf(add(bob, aliceId, false)), "not_higher_mod");
    const moved = await ok(
      alice.transferCommunity({ community_id, person_id: bobId }),
    );
    t.equal(names(moved.moderators), ["bob", "alice"]);
    t.equal(moved.discussion_languages, []);
    t.equal(moved.site, undefined);
    t.equal(names((await ok(add(bob, aliceId, false))).moderators), ["bob"]);
    t.equal(await codeOf(add(bob, bobId, false)), "cannot_leave_mod");
    t.equal((await ok(add(admin, bobId, false))).moderators, []);

    const remove = (removed: boolean) =>
      admin.removeCommunity({ community_id, removed, reason: "empty" });
    t.equal(
      (await ok(remove(true))).community_view.community.removed,
      true,
    );
    t.equal(
      await codeOf(anonymous.getCommunity({ id: community_id })),
      "not_found",
    );
    await ok(remove(false));
    await ok(
      admin.hideCommunity({ community_id, hidden: true, reason: "quiet" }),
    );
    t.equal(
      await codeOf(alice.getCommunity({ id: community_id })),
      "not_found",
    );
    t.equal((await ok(anonymous.getPosts({ type_: "all" }))).items, []);
    t.equal((await ok(admin.getPosts({ type_: "all" }))).items.length, 1);
    await ok(admin.hideCommunity({ community_id, hidden: false, reason: "" }));
    t.equal(await modlogKinds(anonymous, { community_id }), [
      "-admin_remove_community",
      "+admin_remove_community",
      "-admin_remove_community",
      "+admin_remove_community",
      "+mod_add_to_community",
      "+mod_add_to_community",
      "+mod_transfer_community",
      "-mod_add_to_community",
    ]);
    await ok(admin.editCommunity({ community_id, visibility: "private" }));
    t.equal(
      (await modlogKinds(admin, { community_id }))[0],
      "+mod_change_community_visibility",
    );
    t.equal(
      await modlogKinds(bob, { community_id }),
      [],
      "the log of a private community is not public",
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});

test("admins are appointed, outrank one another by age, and leave", async (t) => {
  const s = await stage();
  const { alice, bob, admin } = s;
  try {
    const [aliceId, adminId] = [await idOf(alice), await idOf(admin)];
    const { admins } = await ok(
      admin.addAdmin({ person_id: aliceId, added: true }),
    );
    t.equal(admins.map((view) => view.person.name), ["admin", "alice"]);
    const [entry] = (await ok(bob.getModlog({ type_: "admin_add" }))).items;
    t.equal(
      [entry.modlog.is_revert, entry.target_person?.name],
      [true, "alice"],
      "for this kind true means appointed",
    );
    t.equal(
      await codeOf(alice.addAdmin({ person_id: adminId, added: false })),
      "not_higher_admin",
    );
    t.equal(
      await codeOf(
        alice.banPerson({ person_id: adminId, ban: true, reason: "" }),
      ),
      "not_higher_admin",
    );
    const site = await ok(alice.leaveAdmin());
    t.equal(site.admins.map((view) => view.person.name), ["admin"]);
    t.equal(
      (await ok(s.anonymous.getSite())).admins.length,
      1,
      "everybody sees it at once",
    );
    t.equal(await codeOf(alice.leaveAdmin()), "not_an_admin");
    t.equal(await codeOf(admin.leaveAdmin()), "cannot_leave_admin");
    // An admin who has deleted the account does not keep the site in hand.
    const gone = s.server.client(await s.server.signUp("gone"));
    const appoint = { person_id: await idOf(gone), added: true };
    await ok(admin.addAdmin(appoint));
    await ok(gone.deleteAccount({ password: PASSWORD, delete_content: false }));
    t.equal(await codeOf(admin.leaveAdmin()), "cannot_leave_admin");
    t.equal(await codeOf(admin.addAdmin(appoint)), "not_found");
    const people = await ok(s.anonymous.listPersons({ sort: "old" }));
    t.equal(people.items.map((view) => view.person.name), [
      "admin",
      "alice",
      "bob",
    ]);
    const found = await ok(s.anonymous.listPersons({ search_term: "LIC" }));
    t.equal(found.items.map((view) => view.person.name), ["alice"]);
    const first = await ok(bob.listPersons({ sort: "new", limit: 2 }));
    const second = await ok(
      bob.listPersons({ sort: "new", limit: 2, page_cursor: first.next_page }),
    );
    t.equal(
      [...first.items, ...second.items].map((view) => view.person.name),
      ["bob", "alice", "admin"],
    );
    const members = await ok(
      alice.listPersons({ community_id: s.community_id }),
    );
    t.equal(
      members.items.map((view) => [
        view.person.name,
        view.community_actions?.follow_state,
      ]),
      [["alice", "accepted"]],
    );
    t.equal(
      await codeOf(bob.listPersons({ community_id: s.community_id })),
      "not_a_mod_or_admin",
    );
    for (const sort of ["post_score", "comment_score"] as const) {
      t.equal((await ok(bob.listPersons({ sort }))).items.length, 3);
    }
    const users = await ok(admin.adminListUsers({ sort: "old" }));
    t.equal(users.items.map((view) => view.person.name), [
      "admin",
      "alice",
      "bob",
    ]);
    t.equal(users.items[0].ban_expires_at as unknown, null);
    const page = await ok(admin.adminListUsers({ limit: 2 }));
    const rest = await ok(
      admin.adminListUsers({ limit: 2, page_cursor: page.next_page }),
    );
    t.equal(
      [...page.items, ...rest.items].map((view) => view.person.name),
      ["bob", "alice", "admin"],
    );
    t.equal(s.server.failures, []);
  } finally {
    await s.server.close();
  }
});
