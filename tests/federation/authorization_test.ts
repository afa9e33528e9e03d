/**
 * Who may do what in a community of ours from another server: every action, signed, by every kind
 * of person, with the verdicts that the API has for members.
 */
import { ok, startSite } from "../clients/api_server.ts";
import { test } from "../harness.ts";
import { Neighbour } from "../support/neighbour.ts";
import { until } from "../support/until.ts";

type Json = Record<string, unknown>;

/** A stranger, one who is banned from the community or from the site, and a moderator. */
const ROLES = ["eve", "bob", "sam", "mia"] as const;
type Verdicts = [eve: string, bob: string, sam: string, mia: string];

const OK = "ok";
const NO_MOD = "not_a_mod_or_admin";
const BANNED = "person_is_banned_from_community";
/** What everybody may do who is not banned. */
const MEMBERS: Verdicts = [OK, BANNED, "site_ban", OK];
/** What is for moderators; who is banned is none. */
const MODERATORS: Verdicts = [NO_MOD, NO_MOD, NO_MOD, OK];
const same = (
  verdict: string,
): Verdicts => [verdict, verdict, verdict, verdict];

test("every action of other servers in a community of ours has its verdict", async (t) => {
  const site = await startSite({ env: { LEMMY_TEST_FAST_FEDERATION: "1" } });
  const far = new Neighbour("far", site.url);
  const { admin, database: { sql } } = site;
  try {
    const { community_view: { community } } = await ok(
      admin.createCommunity({ name: "cats", title: "Cats" }),
    );
    const cats = `${site.url}/c/cats`;
    const lou = site.client(await site.signUp("lou"));
    const { post_view: { post } } = await ok(
      lou.createPost({ name: "A cat", community_id: community.id }),
    );
    const { comment_view: { comment } } = await ok(
      lou.createComment({ content: "purr", post_id: post.id }),
    );
    const { post_view: { post: boss } } = await ok(
      admin.createPost({ name: "Rules", community_id: community.id }),
    );
    const persons = Object.fromEntries(
      ROLES.map((name) => [name, far.person(name)]),
    );
    for (const id of Object.values(persons)) {
      await far.deliver(far.activity("Follow", id, `${site.url}/u/admin`));
    }
    await sql`update person set last_refreshed_at = now() + interval '1 hour' where not local`;
    await sql`insert into community_actions (person_id, community_id, received_ban_at)
      select id, ${community.id}, now() from person where name = 'bob'`;
    await sql`insert into community_actions (person_id, community_id, became_moderator_at)
      select id, ${community.id}, now() from person where name = 'mia'`;
    await sql`insert into instance_actions (person_id, instance_id, received_ban_at)
      select p.id, s.instance_id, now() from person p, site s join local_site l on l.site_id = s.id
      where p.name = 'sam'`;

    const mod = (type: string, object: unknown, members: Json = {}) =>
    (
      actor: string,
    ) => far.activity(type, actor, object, cats, members);
    const ACTIONS: [string, (actor: string) => Json, Verdicts][] = [
      [
        "create a post",
        (actor) => far.activity("Create", actor, far.page(actor, cats), cats),
        MEMBERS,
      ],
      [
        "create a comment",
        (actor) =>
          far.activity(
            "Create",
            actor,
            far.note(actor, cats, post.ap_id),
            cats,
          ),
        MEMBERS,
      ],
      ["like", (actor) => far.activity("Like", actor, post.ap_id), MEMBERS],
      [
        "take a vote back",
        (actor) =>
          far.activity("Undo", actor, far.activity("Like", actor, post.ap_id)),
        [OK, BANNED, "site_ban", OK],
      ],
      [
        "post in somebody else's name",
        (actor) =>
          far.activity(
            "Create",
            actor,
            far.page(`${site.url}/u/lou`, cats),
            cats,
          ),
        ["wrong_host", "wrong_host", "site_ban", "wrong_host"],
      ],
      [
        "edit somebody else's post",
        mod("Update", {
          type: "Page",
          id: post.ap_id,
          attributedTo: `${site.url}/u/lou`,
          to: [cats, "as:Public"],
          name: "Changed",
          sensitive: true,
        }),
        [...Array(3).fill("not_a_moderator"), OK] as Verdicts,
      ],
      ["remove a post", mod("Delete", post.ap_id, { summary: "" }), MODERATORS],
      [
        "remove a higher moderator's post",
        mod("Delete", boss.ap_id, { summary: "" }),
        [NO_MOD, NO_MOD, NO_MOD, "not_higher_mod"],
      ],
      [
        "remove a comment",
        mod("Delete", comment.ap_id, { summary: "off topic" }),
        MODERATORS,
      ],
      [
        "delete somebody else's post",
        mod("Delete", post.ap_id),
        ["wrong_host", BANNED, "site_ban", "wrong_host"],
      ],
      ["lock a post", mod("Lock", post.ap_id, { summary: "" }), MODERATORS],
      ["lock a comment", mod("Lock", comment.ap_id), MODERATORS],
      [
        "pin a post",
        mod("Add", post.ap_id, { target: `${cats}/featured` }),
        MODERATORS,
      ],
      [
        "appoint oneself's friend",
        mod("Add", persons.eve, { target: `${cats}/moderators` }),
        MODERATORS,
      ],
      [
        "dismiss the first moderator",
        mod("Remove", `${site.url}/u/admin`, { target: `${cats}/moderators` }),
        [NO_MOD, NO_MOD, NO_MOD, "not_higher_mod"],
      ],
      [
        "ban from the community",
        mod("Block", `${site.url}/u/lou`, { target: cats, summary: "x" }),
        MODERATORS,
      ],
      [
        "ban a higher moderator",
        mod("Block", `${site.url}/u/admin`, { target: cats, summary: "x" }),
        [NO_MOD, NO_MOD, NO_MOD, "not_higher_mod"],
      ],
      [
        "ban from our site",
        mod("Block", `${site.url}/u/lou`, {
          target: `${site.url}/`,
          summary: "x",
        }),
        same(NO_MOD),
      ],
      [
        "edit the community",
        mod("Update", {
          type: "Group",
          id: cats,
          preferredUsername: "cats",
          name: "Dogs",
          inbox: "http://far.localhost/inbox",
          outbox: `${cats}/outbox`,
          publicKey: { id: cats, owner: cats, publicKeyPem: far.publicKey },
          sensitive: false,
          postingRestrictedToMods: false,
        }),
        MODERATORS,
      ],
      [
        "warn",
        mod("Warn", post.ap_id, { to: `${site.url}/u/lou`, summary: "x" }),
        MODERATORS,
      ],
      [
        "report",
        (actor) =>
          far.activity("Flag", actor, post.ap_id, undefined, {
            to: [cats],
            summary: "bad",
            audience: cats,
          }),
        MEMBERS,
      ],
      [
        "delete the community",
        mod("Delete", cats),
        [NO_MOD, NO_MOD, NO_MOD, "not_top_mod"],
      ],
      [
        "remove the community",
        mod("Delete", cats, { summary: "bad" }),
        same("only_local_admin_can_remove_community"),
      ],
      [
        "delete somebody's account",
        (actor) =>
          far.activity("Delete", actor, `${site.url}/u/lou`, undefined, {
            to: ["as:Public"],
            removeData: true,
          }),
        same("not_the_author"),
      ],
      [
        "undo what another server's person did",
        (actor) =>
          far.activity("Undo", actor, {
            type: "Like",
            id: `${site.url}/activities/like/1`,
            actor: `${site.url}/u/lou`,
            object: post.ap_id,
          }),
        same("foreign_undo"),
      ],
      [
        "follow",
        (actor) => far.activity("Follow", actor, cats),
        MEMBERS,
      ],
    ];
    for (const [name, make, verdicts] of ACTIONS) {
      for (const [i, role] of ROLES.entries()) {
        const activity = make(persons[role]);
        const { status, json } = await far.deliver(activity);
        let verdict = String(json.error);
        if (status === 202) {
          const [row] = await until(
            () =>
              sql<{ state: string; reason: string | null }[]>`
                select state, reason from received_activity where ap_id = ${
                String(activity.id)
              }`,
            ([row]) => row?.state !== "waiting",
          );
          verdict = row.state === "applied" ? OK : row.reason!.split(":")[0];
        }
        t.equal(verdict, verdicts[i], `${role}: ${name}`);
        // The next one finds it as it was.
        await sql`update post set removed = false, locked = false`;
        await sql`update comment set removed = false, locked = false`;
        await sql`update community_actions set received_ban_at = null
          from person where person.id = person_id and person.name <> 'bob'`;
        await sql`update community_actions set became_moderator_at = null
          from person where person.id = person_id and person.name = 'eve'`;
      }
    }
    // What is ours stayed ours.
    const [kept] = await sql<
      { same: boolean; title: string; private: boolean }[]
    >`
      select public_key <> ${far.publicKey} and inbox_url like ${
      site.url + "%"
    } as same, title, private_key is not null as private from community where local`;
    t.equal(kept, { same: true, title: "Dogs", private: true });
    t.equal(
      (await sql`select name from post where id = ${post.id}`)[0].name,
      "A cat",
    );
    t.equal(
      (await sql`select from person where name = 'lou' and deleted`).length,
      0,
    );
    t.equal(site.failures, []);
  } finally {
    await far.stop();
    await site.close();
  }
});
