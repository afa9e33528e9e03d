import { type Assertions, test } from "../../harness.ts";
import { makeCommunity } from "../../support/domain.ts";
import {
  banned,
  filtered,
  makePost,
  onSite,
  outcome,
  remoteInstance,
  sharedSite,
  sql,
  withSettings,
} from "./support.ts";
import type { Ctx } from "../../../lib/domain/context.ts";
import { createComment } from "../../../lib/domain/comment/create.ts";
import { createCommunity } from "../../../lib/domain/community/create.ts";
import {
  deleteCommunity,
  editCommunity,
} from "../../../lib/domain/community/edit.ts";
import {
  blockCommunity,
  followCommunity,
} from "../../../lib/domain/community/follow.ts";
import { listCommunities } from "../../../lib/domain/community/list.ts";
import { setCommunityNotifications } from "../../../lib/domain/community/notifications.ts";
import { randomCommunity } from "../../../lib/domain/community/random.ts";
import { getCommunity } from "../../../lib/domain/community/view.ts";
import { COMMUNITY_SORTS } from "../../../lib/domain/enums.ts";
import { communityLanguages } from "../../../lib/domain/language.ts";

const shared = sharedSite();

test("a new community fails with the first rule it breaks", async (t: Assertions) => {
  const site = await shared();
  const ada = await site.signUp("ada");
  await makeCommunity(site.admin, "There");
  const ctx = onSite(filtered(ada), {
    nsfw_content_disallowed: true,
    community_creation_admin_only: true,
  });
  t.equal(
    await outcome(createCommunity(banned(ctx), { name: "x" })),
    "site_ban",
  );
  t.equal(
    await outcome(createCommunity(ctx, { name: "x" })),
    "only_admins_can_create_communities",
  );
  const open = onSite(ctx, { community_creation_admin_only: false });
  const steps: [Partial<Parameters<typeof createCommunity>[1]>, string][] = [
    [{}, "nsfw_not_allowed"],
    [{ nsfw: false }, "slurs"],
    [{ name: "no-name" }, "slurs"],
    [{ title: "@x" }, "blocked_url"],
    [{ sidebar: "x".repeat(10_001) }, "invalid_display_name"],
    [{ title: "  A title " }, "invalid_body_field"],
    [{ sidebar: "text" }, "site_description_length_overflow"],
    [{ summary: "badword" }, "slurs"],
    [{ summary: "fine" }, "invalid_name"],
    [{ name: "tHERE" }, "already_exists"],
    [{ name: "fresh" }, "language_not_allowed"],
  ];
  let input: Parameters<typeof createCommunity>[1] = {
    name: "badword",
    title: "a badword",
    sidebar: "https://blocked.test " + "x".repeat(10_000),
    summary: "x".repeat(151),
    nsfw: true,
    discussion_languages: [9999],
  };
  for (const [repair, code] of steps) {
    input = { ...input, ...repair };
    t.equal(await outcome(createCommunity(open, input)), code, code);
  }
  const rows = await sql(site, "select from community where name = 'fresh'");
  t.equal(rows.length, 0, "nothing is left behind");
  const view = await createCommunity(open, {
    ...input,
    discussion_languages: [37, 37],
  });
  t.equal([view.community.title, view.can_mod], ["A title", true]);
  t.equal(
    [
      view.community_actions?.follow_state,
      view.community_actions?.became_moderator_at !== undefined,
    ],
    ["accepted", true],
  );
  t.equal(await communityLanguages(ada, view.community.id), [37]);
});

test("an edit checks its texts, then who edits, then the languages", async (t: Assertions) => {
  const site = await shared();
  const ben = await site.signUp("ben");
  const cam = await site.signUp("cam");
  const community_id = await makeCommunity(ben, "edited", { summary: "s" });
  const ctx = filtered(cam);
  const edit = (
    input: Omit<Parameters<typeof editCommunity>[1], "community_id">,
    who = ctx,
  ) => outcome(editCommunity(who, { community_id, ...input }));
  t.equal(await edit({ title: "badword" }), "slurs");
  t.equal(await edit({ title: "@title" }), "invalid_display_name");
  t.equal(
    await edit({ summary: "x".repeat(151) }),
    "site_description_length_overflow",
  );
  t.equal(await edit({ sidebar: "blocked.test" }), "blocked_url");
  t.equal(await edit({ discussion_languages: [9999] }), "not_a_mod_or_admin");
  t.equal(
    await edit({ discussion_languages: [9999] }, ben),
    "language_not_allowed",
  );
  t.equal(
    await outcome(editCommunity(ben, { community_id: 999_999 })),
    "not_found",
  );
  const changed = await editCommunity(ben, {
    community_id,
    title: "A title",
    summary: "",
    visibility: "unlisted",
    discussion_languages: [32],
  });
  t.equal(
    [
      changed.community.title,
      changed.community.summary,
      changed.community.visibility,
    ],
    ["A title", undefined, "unlisted"],
  );
  t.equal(await communityLanguages(ben, community_id), [32]);
  await editCommunity(ben, { community_id, discussion_languages: [] });
  t.equal((await communityLanguages(ben, community_id)).length, 184);
  t.equal(
    (await editCommunity(site.admin, { community_id })).community.title,
    "A title",
  );
  await sql(
    site,
    `insert into community_actions (person_id, community_id, received_ban_at, became_moderator_at)
     values ($1::int4, $2::int4, now(), now())`,
    cam.viewer!.person.id,
    community_id,
  );
  t.equal(await edit({}), "person_is_banned_from_community");
});

test("only the first moderator deletes, and deleted communities can be left", async (t: Assertions) => {
  const site = await shared();
  const dee = await site.signUp("dee");
  const community_id = await makeCommunity(dee, "leaving");
  const eno = await site.signUp("eno");
  await followCommunity(eno, { community_id, follow: true });
  t.equal(
    await outcome(deleteCommunity(eno, { community_id, deleted: true })),
    "not_a_mod_or_admin",
  );
  t.equal(
    await outcome(deleteCommunity(site.admin, { community_id, deleted: true })),
    "not_top_mod",
  );
  const gone = await deleteCommunity(dee, { community_id, deleted: true });
  t.equal(gone.community.deleted, true);
  t.equal(
    await outcome(deleteCommunity(dee, { community_id, deleted: true })),
    "ok",
  );
  t.equal(await outcome(editCommunity(dee, { community_id })), "deleted");
  t.equal(
    await outcome(followCommunity(eno, { community_id, follow: true })),
    "deleted",
  );
  t.equal(
    await outcome(followCommunity(eno, { community_id, follow: false })),
    "not_found",
  );
  t.equal(
    await outcome(blockCommunity(eno, { community_id, block: true })),
    "not_found",
  );
  const actions = async () =>
    (await sql(
      site,
      `select follow_state, blocked_at is not null as blocked from community_actions
       where person_id = $1::int4 and community_id = $2::int4`,
      eno.viewer!.person.id,
      community_id,
    ))[0];
  t.equal(await actions(), { follow_state: null, blocked: true });
  await outcome(blockCommunity(eno, { community_id, block: false }));
  t.equal(await actions(), undefined);
  for (
    const action of [
      () => followCommunity(eno, { community_id: 999_999, follow: true }),
      () => followCommunity(eno, { community_id: 999_999, follow: false }),
      () => blockCommunity(eno, { community_id: 999_999, block: true }),
      () =>
        setCommunityNotifications(eno, { community_id: 999_999, mode: "mute" }),
    ]
  ) {
    t.equal(await outcome(action()), "not_found");
  }
  t.equal(await outcome(getCommunity(eno, {})), "no_id_given");
  t.equal(
    (await getCommunity(eno, { id: 999_999, name: "THERE" })).community_view
      .community.name,
    "There",
    "the name wins",
  );
});

test("follows keep, ask, wait and are forgotten", async (t: Assertions) => {
  const site = await shared();
  const fio = await site.signUp("fio");
  const remote = await remoteInstance(site, "follow.test");
  const me = fio.viewer!.person.id;
  const closed = await makeCommunity(site.admin, "onrequest", {
    visibility: "private",
  });
  const state = async (ctx: Ctx, community_id: number) =>
    (await followCommunity(ctx, { community_id, follow: true }))
      .community_actions?.follow_state;
  t.equal(await state(fio, closed), "approval_required");
  await sql(
    site,
    `update community_actions set follow_state = 'denied', follow_approver_id = $2::int4
     where person_id = $1::int4`,
    me,
    site.admin.viewer!.person.id,
  );
  t.equal(await state(fio, closed), "approval_required", "one may ask again");
  const [{ follow_approver_id }] = await sql(
    site,
    "select follow_approver_id from community_actions where person_id = $1::int4",
    me,
  );
  t.equal(follow_approver_id, null);
  await sql(
    site,
    "update community_actions set follow_state = 'accepted' where person_id = $1::int4",
    me,
  );
  t.equal(await state(fio, closed), "accepted", "accepted stays accepted");
  t.equal(await state(fio, remote.community), "pending");
  const left = await followCommunity(fio, {
    community_id: closed,
    follow: false,
  });
  t.equal(left.community_actions, undefined);
  await setCommunityNotifications(fio, {
    community_id: closed,
    mode: "all_posts",
  });
  t.equal(
    (await getCommunity(fio, { id: closed })).community_view.community_actions,
    { notifications: "all_posts" },
    "notifications of a local community do not follow it",
  );
  await followCommunity(fio, {
    community_id: remote.community,
    follow: false,
  });
  await setCommunityNotifications(fio, {
    community_id: remote.community,
    mode: "all_posts",
  });
  t.equal(
    (await getCommunity(fio, { id: remote.community })).community_view
      .community_actions?.follow_state,
    "pending",
    "those of a remote one do",
  );
});

test("what is written in remote communities waits only where an echo can come", async (t: Assertions) => {
  const site = await shared();
  const { community } = await remoteInstance(site, "echo.test");
  const pending = async () =>
    (await sql(
      site,
      "select federation_pending from post where community_id = $1::int4 order by id",
      community,
    )).map((row) => row.federation_pending);
  const post_id = await makePost(site.admin, community);
  t.equal(await pending(), [false], "nobody here receives its activities yet");
  const { comment } = await createComment(site.admin, {
    content: "c",
    post_id,
  });
  t.equal(comment.federation_pending, true, "now a post from here is in it");
  await makePost(site.admin, community);
  t.equal(await pending(), [false, true]);
});

test("the list of communities filters by viewer, kind, NSFW and words", async (t: Assertions) => {
  const site = await shared();
  const gem = await site.signUp("gem");
  await remoteInstance(site, "list.test");
  const adult = await makeCommunity(site.admin, "adultlist", { nsfw: true });
  await makeCommunity(gem, "gems_100x", { sidebar: "shiny 100% stones" });
  const names = async (
    ctx: Ctx,
    filter: Parameters<typeof listCommunities>[1] = {},
  ) =>
    (await listCommunities(ctx, { limit: 50, sort: "name_asc", ...filter }))
      .items.map((item) => item.community.name);
  const has = async (name: string, ctx: Ctx, filter = {}) =>
    (await names(ctx, filter)).includes(name);
  t.equal(await has("elsewhere", gem), true);
  t.equal(await has("elsewhere", gem, { type_: "local" }), false);
  t.equal(await names(gem, { type_: "moderator_view" }), ["gems_100x"]);
  t.equal(await names(gem, { type_: "subscribed" }), ["gems_100x"]);
  t.equal(await names(await site.anonymous(), { type_: "subscribed" }), []);
  t.equal(await has("adultlist", gem), false);
  t.equal(await has("adultlist", gem, { show_nsfw: true }), true);
  t.equal(await has("adultlist", withSettings(gem, { show_nsfw: true })), true);
  t.equal(
    await has("adultlist", withSettings(gem, { show_nsfw: true }), {
      show_nsfw: false,
    }),
    true,
    "either of the two is enough",
  );
  t.equal(await names(gem, { search_term: "100%" }), ["gems_100x"]);
  t.equal(
    await names(gem, { search_term: "100%", search_title_only: true }),
    [],
  );
  t.equal(await names(gem, { search_term: "shiny stones" }), ["gems_100x"]);
  t.equal(await names(gem, { search_term: "gems%100" }), []);
  await sql(
    site,
    "update community set published_at = now() - interval '2 days' where name = 'gems_100x'",
  );
  t.equal(await has("gems_100x", gem, { time_range_seconds: 86_400 }), false);
  t.equal(await has("gems_100x", gem, { time_range_seconds: 0 }), true);
  for (const sort of COMMUNITY_SORTS) {
    const all = await names(gem, { sort });
    const first = await listCommunities(gem, { sort, limit: 2 });
    const rest = await listCommunities(gem, {
      sort,
      limit: 50,
      page_cursor: first.next_page,
    });
    t.equal(
      [...first.items, ...rest.items].map((item) => item.community.name),
      all,
      sort,
    );
    t.equal(
      (await listCommunities(gem, {
        sort,
        limit: 2,
        page_cursor: rest.prev_page,
      })).items,
      first.items,
      `${sort}: back`,
    );
  }
  const random = new Set<number>();
  for (let i = 0; i < 20; i++) {
    const { community } = await randomCommunity(gem, { type_: "local" });
    t.ok(community.local && !community.nsfw);
    random.add(community.id);
  }
  t.ok(random.size > 1 && !random.has(adult));
});
